"""gatepost.upstream.probe: says what a relay offers, or at which stage it fails and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.upstream import probe
from gatepost.upstream.connect import Stage
from kit.certificates import Authority
from kit.loopback import closed_port
from kit.relays import settings_for
from kit.smtp_sink import Close, Say, Sink, Step

HOST = "gate.example.com"


async def test_a_good_relay_is_described(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p")
    login = {"auth": "own", "username": "u", "password_file": tmp_path / "password"}
    async with Sink(tls=authority.server().context(), login=("u", "p")) as sink:
        relay = settings_for(sink.port, host="localhost", tls="starttls", ca_file=authority.file, **login)
        found = await probe(relay, HOST)
    assert found.failed is None
    assert found.tls_version == "TLSv1.3"
    assert dict(found.offers)["auth"] == "PLAIN LOGIN"
    assert found.size_limit == 52_428_800
    assert not any(command.startswith(b"MAIL") for command in sink.commands)
    assert sink.commands[-1] == b"QUIT"


async def test_a_relay_in_clear_without_limit(sink: Sink) -> None:
    sink.extensions = ("SIZE",)
    found = await probe(settings_for(sink.port), HOST)
    assert (found.tls_version, found.size_limit, found.offers) == ("", None, (("size", ""),))


async def test_a_relay_that_is_not_there() -> None:
    with closed_port() as port:
        found = await probe(settings_for(port), HOST)
    assert found.failed is Stage.CONNECT
    assert "refused" in found.why.lower() or "connect" in found.why.lower()


async def test_a_relay_without_starttls(sink: Sink) -> None:
    found = await probe(settings_for(sink.port, tls="starttls"), HOST)
    assert found.failed is Stage.TLS
    assert "STARTTLS" in found.why


async def test_a_relay_with_an_unknown_authority(authority: Authority) -> None:
    async with Sink(tls=authority.server().context()) as sink:
        found = await probe(settings_for(sink.port, tls="starttls", host="localhost"), HOST)
    assert found.failed is Stage.TLS
    assert "certificate" in found.why.lower()


@pytest.mark.parametrize("step", [Step.GREETING, Step.EHLO])
async def test_a_relay_that_says_no(step: Step, sink: Sink) -> None:
    sink.script |= {step: Close(last="554 5.3.2 Not you"), Step.HELO: Say("554 5.3.2 Not you")}
    found = await probe(settings_for(sink.port), HOST)
    assert found.failed in (Stage.CONNECT, Stage.HELLO)


async def test_a_wrong_password(sink: Sink, tmp_path: Path) -> None:
    sink.login = ("u", "p")
    (tmp_path / "password").write_text("wrong")
    login = {"auth": "own", "username": "u", "password_file": tmp_path / "password"}
    found = await probe(settings_for(sink.port, **login), HOST)
    assert found.failed is Stage.LOGIN
    assert found.reply is not None
    assert found.reply.code == 535

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from gatepost.cli.checkups import relays
from gatepost.cli.checkups.found import State
from gatepost.config import Config
from gatepost.config.schema import Inbound, Relay, RelayTls, Route
from gatepost.upstream import Probe
from kit.certificates import Authority
from kit.smtp_sink import Sink


def test_every_relay_is_examined_by_its_name() -> None:
    relay = Relay(host="a.example")
    route = Route(sender_domains=("x.example", "y.example"), relay=Relay(host="b.example", port=465))
    names = [name for name, _ in relays.relays_of(Config(relay=relay, routes=(route,)))]
    assert names == ["relay a.example:587", "relay b.example:465 of x.example, y.example"]


async def test_a_name_without_address_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    async def unknown(*arguments: object, **options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown, raising=False)
    (found,) = await relays.relay("relay x:25", Relay(host="x.invalid"), Config())
    assert (found.state, found.found) == (State.PROBLEM, "no address: Name or service not known")


async def test_a_certificate_that_does_not_hold_is_a_problem(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    async with Sink(tls=authority.server().context()) as sink:
        trusted = Relay(host="localhost", port=sink.port, ca_file=authority.file)
        good = await relays.relay("relay", trusted, Config())
        bad = await relays.relay("relay", trusted.model_copy(update={"ca_file": None}), Config())
    assert [each.state for each in good] == [State.OK, State.OK]
    assert good[1].found.startswith("TLSv1.")
    assert (bad[1].state, bad[1].found.startswith("tls: ")) == (State.PROBLEM, True)


async def test_a_missing_file_is_a_problem(tmp_path: Path) -> None:
    relay = Relay(host="localhost", ca_file=tmp_path / "none.pem")
    found = await relays.relay("relay", relay, Config())
    assert [each.state for each in found] == [State.OK, State.PROBLEM]


@pytest.mark.parametrize(
    ("tls", "verify", "words"),
    [
        (RelayTls.NONE, True, "mail goes over the network in clear"),
        (RelayTls.STARTTLS, False, "its certificate is not checked"),
    ],
)
def test_loose_ways_over_a_network_are_warned_of(tls: RelayTls, verify: bool, words: str) -> None:
    relay = Relay(host="mail.example.com", tls=tls, verify=verify)
    probed = Probe(None, "", None, "", (("8bitmime", ""),), None)
    found = list(relays._judged("relay", relay, Config(), probed))
    assert [(each.state, each.found) for each in found[1:]] == [(State.WARNING, words)]


def test_the_sellers_own_mailbox_is_tried_where_mail_for_it_is_taken() -> None:
    mailbox = Relay(host="mail.example.com", port=25)
    taken = Inbound(enabled=True, recipients=("desk@shop.example",), relay=mailbox)
    assert list(relays.relays_of(Config(inbound=taken))) == [("mailbox mail.example.com:25", mailbox)]
    assert list(relays.relays_of(Config(inbound=taken.model_copy(update={"enabled": False})))) == []

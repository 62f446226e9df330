"""gatepost.upstream.connect: TLS as configured or not at all, one login, every failure a TryLater."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from gatepost.errors import ConfigError, Refused, TryLater
from gatepost.upstream import login_at_relay
from gatepost.upstream.connect import tls_context
from kit.certificates import Authority
from kit.loopback import closed_port
from kit.messages import BUYER, SELLER, message
from kit.outgoing import of_size
from kit.ports import until
from kit.relays import OnData, RelayTo, settings_for
from kit.smtp_sink import (
    Behaviour,
    Close,
    Drip,
    Flood,
    Raw,
    Say,
    Silence,
    Sink,
    Step,
)

SECRETS = (BUYER.encode(), SELLER.encode(), b"AUTH", b"MAIL")


@pytest.fixture
def password_file(tmp_path: Path) -> Path:
    file = tmp_path / "password"
    file.write_text("s3cret\n")
    return file


async def test_nobody_listens(relay_to: RelayTo, sink: Sink, on_data: OnData) -> None:
    await sink.stop()
    relay = relay_to(sink)
    with pytest.raises(TryLater) as later:
        await relay.relay(message(), on_data=on_data)
    assert str(later.value) == "the relay could not be reached"  # nothing of the inside for senders


@pytest.mark.parametrize("step", [Step.GREETING, Step.EHLO])
@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(Close(), id="closes"),
        pytest.param(Close(reset=True), id="resets"),
        pytest.param(Close(last="554 5.3.2 No service"), id="554"),
        pytest.param(Close(last="421 4.3.2 Busy"), id="421"),
        pytest.param(Silence(), id="silence"),
        pytest.param(Drip(0.05), id="an octet now and then"),
        pytest.param(Flood(), id="endless reply"),
        pytest.param(Flood(b"2" * 8192), id="endless line"),
        pytest.param(Say("SSH-2.0-OpenSSH_9.6"), id="another protocol"),
    ],
)
async def test_a_relay_that_does_not_get_ready_is_try_later(
    step: Step, behaviour: Behaviour, sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script |= {step: behaviour, Step.HELO: behaviour}
    with pytest.raises(TryLater):
        await relay_to(sink, connect_seconds=0.3).relay(message(), on_data=on_data)
    assert not sink.received


async def test_a_relay_that_knows_no_ehlo_is_greeted_with_helo(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.EHLO] = Say("502 5.5.2 What")
    await relay_to(sink).relay(message(), on_data=on_data)
    assert sink.commands[1:3] == [b"HELO gate.example.com", b"MAIL FROM:<help@shop.example>"]


async def test_a_second_reply_to_ehlo_is_never_taken_for_another(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.EHLO] = [Raw(b"250 2.0.0 Once more\r\n", usual_first=True)]
    sink.script[Step.DOT] = Say("550 5.7.1 No")
    with pytest.raises((Refused, TryLater)):
        await relay_to(sink).relay(message(), on_data=on_data)


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
async def test_mail_goes_out_over_verified_tls(
    tls: str, authority: Authority, relay_to: RelayTo, on_data: OnData
) -> None:
    context = authority.server().context()
    async with Sink(tls=context, implicit=tls == "implicit") as sink:
        relay = relay_to(sink, host="localhost", tls=tls, ca_file=authority.file)
        for _ in range(3):
            await relay.relay(message(), on_data=on_data)
        assert [received.tls for received in sink.received] == [True] * 3
        assert sink.connections == 1
        await relay.close()
        await until(lambda: not sink.open)
    assert sink.commands[-1] == b"QUIT"


async def test_a_large_mail_arrives_whole_over_tls(
    authority: Authority, relay_to: RelayTo, on_data: OnData
) -> None:
    raw = of_size(3_000_000)
    async with Sink(tls=authority.server().context()) as sink:
        relay = relay_to(sink, host="localhost", tls="starttls", ca_file=authority.file)
        await relay.relay(message(raw=raw), on_data=on_data)
        assert sink.received[0].raw.endswith(raw)


async def test_an_ipv6_address_may_stand_in_brackets(relay_to: RelayTo, sink: Sink, on_data: OnData) -> None:
    await relay_to(sink, host="[127.0.0.1]").relay(message(), on_data=on_data)
    assert sink.received


async def test_a_stripped_starttls_sends_nothing(
    sink: Sink, authority: Authority, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.keep_octets = True
    relay = relay_to(sink, host="localhost", tls="starttls", ca_file=authority.file)
    with pytest.raises(TryLater):
        await relay.relay(message(), on_data=on_data)
    assert bytes(sink.octets) == b"EHLO gate.example.com\r\n"


@pytest.mark.parametrize("says", ["454 4.7.0 Not now", "501 5.5.4 No", "250 Ok"])
async def test_a_refused_starttls_sends_nothing(
    says: str, authority: Authority, relay_to: RelayTo, on_data: OnData
) -> None:
    async with Sink(tls=authority.server().context(), login=("u", "p")) as sink:
        sink.keep_octets, sink.script[Step.STARTTLS] = True, Say(says)
        relay = relay_to(sink, host="localhost", tls="starttls", ca_file=authority.file)
        with pytest.raises(TryLater):
            await relay.relay(message(), on_data=on_data)
        assert not any(secret in sink.octets for secret in SECRETS)


async def test_octets_injected_before_tls_are_not_used(
    authority: Authority, relay_to: RelayTo, on_data: OnData
) -> None:
    async with Sink(tls=authority.server().context()) as sink:
        fake = b"220 2.0.0 Go\r\n250-sink.test\r\n250 PIPELINING\r\n250 Ok\r\n250 Ok\r\n"
        sink.script[Step.STARTTLS] = Raw(fake)
        sink.extensions_in_tls = ()
        relay = relay_to(sink, host="localhost", tls="starttls", ca_file=authority.file)
        await relay.relay(message(), on_data=on_data)
        assert sink.commands.count(b"EHLO gate.example.com") == 2
        assert sink.received[0].mail_parameters == ()  # what was offered before TLS is forgotten


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("flaw", ["name", "authority", "expired"])
async def test_a_bad_certificate_sends_nothing(
    tls: str, flaw: str, authority: Authority, relay_to: RelayTo, on_data: OnData, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    issuer = Authority(tmp_path / "other") if flaw == "authority" else authority
    names = ("elsewhere.test",) if flaw == "name" else ()
    certificate = issuer.server(*names, expired=flaw == "expired")
    async with Sink(tls=certificate.context(), implicit=tls == "implicit") as sink:
        sink.keep_octets = True
        relay = relay_to(sink, host="localhost", tls=tls, ca_file=authority.file)
        with pytest.raises(TryLater):
            await relay.relay(message(), on_data=on_data)
        assert not any(secret in sink.octets for secret in SECRETS)


async def test_a_bad_certificate_is_good_enough_when_told_so(
    authority: Authority, relay_to: RelayTo, on_data: OnData
) -> None:
    async with Sink(tls=authority.server("elsewhere.test", expired=True).context()) as sink:
        await relay_to(sink, tls="starttls", verify=False).relay(message(), on_data=on_data)
        assert sink.received[0].tls


async def test_a_relay_that_stalls_in_the_handshake_is_try_later(
    sink: Sink, authority: Authority, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.GREETING] = Silence()
    relay = relay_to(sink, host="localhost", tls="implicit", ca_file=authority.file, connect_seconds=0.2)
    with pytest.raises(TryLater):
        await relay.relay(message(), on_data=on_data)


async def test_trouble_in_tls_is_in_step_too(
    authority: Authority, relay_to: RelayTo, on_data: OnData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepost.upstream.pool._PAUSES", (0.0,))
    async with Sink(tls=authority.server().context()) as sink:
        relay = relay_to(sink, host="localhost", tls="starttls", ca_file=authority.file)
        sink.script[Step.MAIL] = [Say("250 Ok\r\n250 Ok\r\n250 Ok\r\n250 Ok")]
        with pytest.raises(TryLater):
            await relay.relay(message(), on_data=on_data)
        await relay.relay(message(), on_data=on_data)
        sink.drop()
        await relay.relay(message(), on_data=on_data)
        assert len(sink.received) == 2


async def test_the_gateways_own_login_is_read_when_it_is_used(
    sink: Sink, relay_to: RelayTo, on_data: OnData, password_file: Path
) -> None:
    sink.login = ("gate", "s3cret")
    relay = relay_to(sink, auth="own", username="gate", password_file=password_file)
    await relay.relay(message(), on_data=on_data)
    sink.login = ("gate", "changed")
    sink.drop()
    password_file.write_text("changed")
    await relay.relay(message(), on_data=on_data)
    assert [received.login for received in sink.received] == ["gate", "gate"]


@pytest.mark.parametrize(
    ("offered", "mechanism"),
    [
        ("AUTH LOGIN PLAIN", b"AUTH PLAIN"),
        ("AUTH LOGIN", b"AUTH LOGIN"),
        ("AUTH=LOGIN", b"AUTH LOGIN"),
    ],
)
async def test_the_plainest_offered_login_is_used(
    offered: str, mechanism: bytes, sink: Sink, relay_to: RelayTo, on_data: OnData, password_file: Path
) -> None:
    sink.login = ("gate", "s3cret")
    sink.logins = offered
    relay = relay_to(sink, auth="own", username="gate", password_file=password_file)
    await relay.relay(message(), on_data=on_data)
    assert sink.commands[1].startswith(mechanism)


async def test_a_wrong_own_password_is_tried_once_and_is_try_later(
    sink: Sink, relay_to: RelayTo, on_data: OnData, password_file: Path
) -> None:
    sink.login = ("gate", "other")
    relay = relay_to(sink, auth="own", username="gate", password_file=password_file)
    with pytest.raises(TryLater):
        await relay.relay(message(), on_data=on_data)
    assert sum(command.startswith(b"AUTH") for command in sink.commands) == 1
    assert b"s3cret" not in relay.status().last_failure.encode()


async def test_a_missing_password_file_is_try_later(
    sink: Sink, relay_to: RelayTo, on_data: OnData, tmp_path: Path
) -> None:
    relay = relay_to(sink, auth="own", username="gate", password_file=tmp_path / "none")
    with pytest.raises(TryLater):
        await relay.relay(message(), on_data=on_data)


async def test_a_relay_without_a_login_is_try_later_where_one_is_wanted(
    sink: Sink, relay_to: RelayTo, on_data: OnData, password_file: Path
) -> None:
    relay = relay_to(sink, auth="own", username="gate", password_file=password_file)
    with pytest.raises(TryLater):
        await relay.relay(message(), on_data=on_data)


@pytest.mark.parametrize(("password", "right"), [("s3cret", True), ("wrong", False)])
async def test_the_relay_is_asked_for_a_clients_login(password: str, right: bool, sink: Sink) -> None:
    sink.login = ("ann", "s3cret")
    relay = settings_for(sink.port, auth="client")
    assert await login_at_relay(relay, "ann", password, hostname="gate.example.com") is right
    await until(lambda: not sink.open)


@pytest.mark.parametrize("says", ["454 4.7.0 Not now", "421 4.7.0 Too many"])
async def test_a_login_the_relay_puts_off_is_try_later(says: str, sink: Sink) -> None:
    sink.login, sink.script[Step.AUTH] = ("ann", "s3cret"), Say(says)
    with pytest.raises(TryLater):
        await login_at_relay(settings_for(sink.port), "ann", "s3cret", hostname="gate.example.com")


async def test_a_login_that_can_not_be_asked_is_try_later() -> None:
    with closed_port() as port, pytest.raises(TryLater):
        await login_at_relay(settings_for(port), "ann", "s3cret", hostname="gate.example.com")


async def test_cancelling_a_connect_leaves_no_connection(sink: Sink, relay_to: RelayTo) -> None:
    sink.script[Step.EHLO] = Silence()
    relay = relay_to(sink)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(relay.relay(message(), on_data=OnData()))
        await until(lambda: sink.commands == [b"EHLO gate.example.com"])
        task.cancel()
    await until(lambda: not sink.open)


def test_a_ca_file_that_is_none_is_a_config_error(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("not a certificate")
    for name in ("ca.pem", "missing.pem"):
        with pytest.raises(ConfigError, match=name):
            tls_context(tmp_path / name, verify=True)


def test_old_tls_is_not_spoken() -> None:
    assert tls_context(None, verify=False).minimum_version.name == "TLSv1_2"

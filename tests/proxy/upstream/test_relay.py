"""gatepost.upstream.relay: the same envelope and the same octets, below one Received line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from gatepost.errors import InDoubt, Refused, TryLater
from gatepost.model import Envelope, Recipient
from gatepost.upstream.sign import Key, Signer
from gatepost.upstream.trace import received_line
from kit.keys import dns_of, pem_of
from kit.messages import message
from kit.outgoing import mail
from kit.ports import StillClock
from kit.relays import OnData, RelayTo
from kit.smtp_sink import EXTENSIONS, Close, Say, Sink, Step

_PAST = datetime(2024, 1, 1, tzinfo=UTC)  # a signature of the future is none

ODD = {
    "dots": b"A: b\r\n\r\n.\r\n..\r\n.x\r\n\r\n.\r\n",
    "a dot first": b".\r\nA: b\r\n\r\n",
    "no header": b"It is on its way.\r\n",
    "no body": b"A: b\r\n",
    "empty": b"",
    "NUL and 8-bit": b"A: b\r\n\r\n\x00\xff\xfe\r\n",
    "a line of 100,000": b"A: b\r\n\r\n" + b"x" * 100_000 + b"\r\n",
    "line ends of other worlds": "A: b\r\n\r\n\x0b\x0c\x1c\x85\u2028x\r\n".encode(),
    "commands": b"A: b\r\n\r\nRSET\r\nQUIT\r\nMAIL FROM:<x@y>\r\n",
}


@pytest.mark.parametrize("raw", ODD.values(), ids=ODD)
async def test_every_octet_arrives_as_it_was_judged(
    raw: bytes, sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sent = message(raw=raw)
    await relay_to(sink).relay(sent, on_data=on_data)
    assert sink.received[0].raw == received_line(sent, "gate.example.com") + raw
    assert len(sink.received) == 1


async def test_the_envelope_arrives_as_it_was_given(sink: Sink, relay_to: RelayTo, on_data: OnData) -> None:
    recipients = (
        Recipient("B@C.test", notify="FAILURE", orcpt="rfc822;B@C.test"),
        Recipient("a,b@c.test"),
        Recipient('"q.r"@c.test'),
        Recipient("B@C.test"),
    )
    envelope = Envelope("Help+x@Shop.Example", recipients, body="8BITMIME", ret="HDRS", envid="QQ+3D1")
    await relay_to(sink).relay(replace(message(), envelope=envelope), on_data=on_data)
    received = sink.received[0]
    assert received.mail_from == "Help+x@Shop.Example"
    assert received.mail_parameters[1:] == ("BODY=8BITMIME", "RET=HDRS", "ENVID=QQ+3D1")
    assert received.rcpt_tos == ("B@C.test", "a,b@c.test", '"q.r"@c.test', "B@C.test")
    assert received.rcpt_parameters == (("NOTIFY=FAILURE", "ORCPT=rfc822;B@C.test"), (), (), ())


async def test_the_null_sender_stays_null(sink: Sink, relay_to: RelayTo, on_data: OnData) -> None:
    await relay_to(sink).relay(message(sender=""), on_data=on_data)
    assert sink.received[0].mail_from == ""
    assert any(command.startswith(b"MAIL FROM:<> ") for command in sink.commands)


async def test_an_international_mail_goes_out_as_one(sink: Sink, relay_to: RelayTo, on_data: OnData) -> None:
    sent = message(raw=mail("Grüße", subject="Größe"), sender="grüße@shop.example", to=("ü@c.test",))
    sent = replace(sent, envelope=replace(sent.envelope, smtputf8=True, body="8BITMIME"))
    await relay_to(sink).relay(sent, on_data=on_data)
    received = sink.received[0]
    assert (received.mail_from, received.rcpt_tos) == ("grüße@shop.example", ("ü@c.test",))
    assert received.mail_parameters[1:] == ("BODY=8BITMIME", "SMTPUTF8")
    assert b" with UTF8SMTP id " in received.raw


@pytest.mark.parametrize("missing", ["8BITMIME", "SMTPUTF8"])
async def test_what_the_relay_can_not_carry_is_refused_and_the_next_mail_goes(
    missing: str, sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.extensions = tuple(word for word in EXTENSIONS if word != missing)
    sent = message(raw=mail("Grüße")) if missing == "8BITMIME" else message(to=("ü@c.test",))
    relay = relay_to(sink)
    with pytest.raises(Refused):
        await relay.relay(sent, on_data=on_data)
    await relay.relay(message(), on_data=on_data)
    assert (sink.connections, len(sink.received)) == (1, 1)


async def test_a_bare_line_end_never_reaches_the_relay(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    with pytest.raises(Refused):
        await relay_to(sink).relay(message(raw=b"A: b\r\n\r\nx\n.\nMAIL FROM:<x@y>\r\n"), on_data=on_data)
    assert (sink.connections, on_data.calls) == (0, 0)


async def test_a_signature_of_the_client_still_verifies(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    key = Key("shop.example", "s1", rsa.generate_private_key(65537, 2048))
    raw = mail("Line one  ", "", ".dot", "\tTab", headers=("X-Odd:   spaced   ",))
    strictest = (b"simple", b"simple")  # every blank counts
    signed = dkim.sign(raw, b"s1", b"shop.example", pem_of(key), canonicalize=strictest) + raw
    assert dkim.verify(signed, dnsfunc=dns_of(key))
    await relay_to(sink).relay(message(raw=signed), on_data=on_data)
    assert dkim.verify(sink.received[0].raw, dnsfunc=dns_of(key))


async def test_our_signature_stands_below_our_received_line_and_verifies(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    key = Key("shop.example", "s1", rsa.generate_private_key(65537, 2048))
    raw = mail(".", "..", "x" * 500, "")
    await relay_to(sink, Signer([key], StillClock(_PAST))).relay(message(raw=raw), on_data=on_data)
    arrived = sink.received[0].raw
    assert arrived.startswith(b"Received: ")
    assert arrived.endswith(raw)
    assert arrived.count(b"DKIM-Signature:") == 1
    assert dkim.verify(arrived, dnsfunc=dns_of(key))


async def test_a_mail_that_can_not_be_signed_does_not_go_out(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    broken: Any = None  # a key whose arithmetic fails
    signer = Signer([Key("shop.example", "s1", broken)], StillClock())
    with pytest.raises(TryLater):
        await relay_to(sink, signer).relay(message(), on_data=on_data)
    assert sink.connections == 0


async def test_status_tells_what_happened(sink: Sink, relay_to: RelayTo, on_data: OnData) -> None:
    relay = relay_to(sink)
    sink.script[Step.DOT] = [Say("250 Ok"), Say("550 No"), Close(takes=True)]
    await relay.relay(message(), on_data=on_data)
    for _ in range(2):
        with pytest.raises((Refused, InDoubt)):
            await relay.relay(message(), on_data=on_data)
    status = relay.status()
    assert (status.accepted, status.refused, status.failed) == (1, 1, 1)
    assert status.last_failure
    assert status.last_failed_at == StillClock().now()

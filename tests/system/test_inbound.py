"""Mail that arrives for the seller, through a real gateway: signed, marked or held, passed on, acted on."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import dkim

from kit.arrivals import ALIAS, AMAZON, ORDER, RECORD, SHOP, arriving, signed
from kit.dns import NameServer, name_server
from kit.gateway import Gateway, merged
from kit.smtp_sink import Say, Sink, Step

BOX = "amazon@shop.example"
NEVER = "Your account is temporarily restricted from sending proactive messages."


@asynccontextmanager
async def receiving(
    folder: Path, sink: Sink, server: NameServer, **inbound: Any
) -> AsyncIterator[tuple[Gateway, int]]:
    """A gateway that takes mail for BOX, and the port where it does; `sink` gets what goes either way."""
    settings = {
        "enabled": True,
        "listeners": [{"address": "127.0.0.1:0"}],
        "recipients": [BOX],
        "own_addresses": [SHOP],
        "relay": {"host": "127.0.0.1", "port": sink.port, "tls": "none"},
        "name_server": server.address,
        "dns_seconds": 2,
    }
    config = {"inbound": merged(settings, inbound), "site": {"enabled": False}}
    async with Gateway(folder, relay=sink.port, config=config) as gateway:
        (told,) = gateway.told("inbound.started")
        yield gateway, int(told["smtp"][0].rpartition(":")[2])


async def deliver(port: int, raw: bytes, *, to: str = BOX, sender: str = "x@bounces.amazon.com") -> str:
    """Deliver one mail as a mail server does; the reply to its end, or to what failed."""

    def talk() -> str:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            client.ehlo("mail.example")
            try:
                client.mail(sender)
                code, text = client.rcpt(to)
                if code == 250:
                    code, text = client.data(raw)
            except smtplib.SMTPResponseException as error:
                return f"{error.smtp_code} {error.smtp_error!r}"
            return f"{code} {text.decode()}"

    return await asyncio.to_thread(talk)


def now_dated(raw: bytes) -> bytes:
    from email.utils import formatdate

    return raw.replace(b"Mon, 23 Nov 2026 08:30:00 +0000", formatdate().encode())


def lines_of(raw: bytes, name: bytes) -> list[bytes]:
    head = raw.partition(b"\r\n\r\n")[0]
    return [line.partition(b": ")[2] for line in head.split(b"\r\n") if line.lower().startswith(name.lower())]


async def test_a_genuine_mail_goes_on_with_its_signature_whole(tmp_path: Path) -> None:
    async with Sink() as sink, name_server("amazon.com") as server:
        async with receiving(tmp_path, sink, server) as (_, port):
            forged = b"X-Gatepost-Inbound: genuine\r\n" + signed(arriving())
            assert (await deliver(port, forged)).startswith("250")
        (got,) = sink.received
        assert got.rcpt_tos == (BOX,)
        assert lines_of(got.raw, b"X-Gatepost-Inbound") == [b"genuine (dkim amazon.com)"]
        assert dkim.verify(got.raw, dnsfunc=lambda name, timeout=5: RECORD)


async def test_nobody_elses_mail_is_taken(tmp_path: Path) -> None:
    async with Sink() as sink, name_server("amazon.com") as server:
        async with receiving(tmp_path, sink, server) as (_, port):
            for to in (
                "someone@elsewhere.example",
                ALIAS,
                "amazon%shop.example@elsewhere.example",
                "other@shop.example",
            ):
                assert (await deliver(port, arriving(), to=to)).startswith("550 5.1.1")
        assert sink.received == []


async def test_suspicious_mail_is_held_with_its_reasons_and_released_to_the_mailbox(tmp_path: Path) -> None:
    async with Sink() as sink, name_server("amazon.com") as server:
        async with receiving(tmp_path, sink, server, suspicious="hold") as (gateway, port):
            raw = arriving("Amazon <help@amazon-support.example>", "Log in: https://evil.example/")
            answer = await deliver(port, raw)
            assert answer.startswith("250 2.0.0 Held")
            assert sink.received == []
            (held,) = await gateway.json("quarantine", "list")
            assert {each["rule"] for each in held["findings"]} == {"a2-sender", "a3-link"}
            assert {each["category"] for each in held["findings"]} == {"suspicious-inbound"}
            status, out, error = await gateway.run("quarantine", "release", held["id"])
            assert status == 0, out + error
        (got,) = sink.received
        assert got.rcpt_tos == (BOX,)
        assert lines_of(got.raw, b"X-Gatepost-Inbound") == [b"suspicious"]
        assert got.raw.endswith(raw.partition(b"\r\n\r\n")[2])


async def test_an_answer_to_a_genuine_mail_passes_although_the_buyer_opted_out(tmp_path: Path) -> None:
    thanks = (
        f"From: {SHOP}\r\nTo: {ALIAS}\r\nSubject: Order {ORDER}\r\n{{}}\r\nThank you for your purchase.\r\n"
    )
    async with Sink() as sink, name_server("amazon.com") as server:
        async with receiving(tmp_path, sink, server) as (gateway, port):
            text = f"The buyer {ALIAS} has opted out of unsolicited messages, order {ORDER}."
            notice = signed(now_dated(arriving(AMAZON, text, id="<n1@amazon.com>")))
            assert (await deliver(port, notice)).startswith("250")
            await asyncio.wait_for(_until(lambda: bool(gateway.told("inbound.told"))), 30)
            (told,) = gateway.told("inbound.told")
            assert (told["kind"], told["done"]) == ("opt-out", "put the buyer on the stop list")
            assert (await deliver(port, signed(arriving()))).startswith("250")
            proactive, answer = (
                thanks.format("").encode(),
                thanks.format("References: <q1@amazon.com>\r\n").encode(),
            )
            assert "Held" in await deliver(gateway.port, proactive, to=ALIAS, sender=SHOP)
            assert "Held" not in await deliver(gateway.port, answer, to=ALIAS, sender=SHOP)
        assert [mail.rcpt_tos for mail in sink.received] == [(BOX,), (BOX,), (ALIAS,)]


async def test_a_proved_restriction_trips_the_breaker_and_a_person_resets_it(tmp_path: Path) -> None:
    confirmation = (
        f"From: {SHOP}\r\nTo: {ALIAS}\r\nSubject: Order {ORDER}\r\nMessage-ID: <{{}}@shop.example>\r\n\r\n"
        "Thank you for your message. The lamp is made of brass.\r\n"
    )
    head = f"From: {SHOP}\r\nTo: {ALIAS}\r\nSubject: Order {ORDER}\r\n\r\n"
    news = f"{head}The lamp is made of brass.\r\n".encode()
    async with (
        Sink() as sink,
        name_server("amazon.com") as server,
        receiving(tmp_path, sink, server) as (gateway, port),
    ):
        forged = now_dated(arriving(AMAZON, NEVER, id="<f@amazon.com>"))
        assert (await deliver(port, forged)).startswith("250")
        assert "Held" not in await deliver(gateway.port, news, to=ALIAS, sender=SHOP)
        await deliver(port, signed(now_dated(arriving(AMAZON, NEVER, id="<r@amazon.com>"))))
        (state,) = await gateway.json("inbound", "breaker")
        assert (state["tripped"], state["by"]) == (True, "Amazon")
        again = news.replace(b"brass", b"steel")
        assert "Held" in await deliver(gateway.port, again, to=ALIAS, sender=SHOP)
        assert "Held" not in await deliver(
            gateway.port, confirmation.format(1).encode(), to=ALIAS, sender=SHOP
        )
        status, _, _ = await gateway.run("inbound", "reset")
        assert status == 2
        status, _, error = await gateway.run("inbound", "reset", "--reason", "Amazon lifted it")
        assert status == 0, error
        await deliver(port, signed(now_dated(arriving(AMAZON, NEVER, id="<r@amazon.com>"))))
        (state,) = await gateway.json("inbound", "breaker")
        assert state["tripped"] is False
        assert len(gateway.told("breaker.tripped")) == 1


async def test_a_mailbox_that_is_down_or_says_no_later_loses_nothing(tmp_path: Path) -> None:
    async with Sink() as sink, name_server("amazon.com") as server:
        async with receiving(tmp_path, sink, server) as (gateway, port):
            sink.script[Step.RCPT] = Say("451 4.3.0 later")
            raw = signed(arriving())
            assert (await deliver(port, raw)).startswith("250 2.0.0 Stored")
            sink.script[Step.RCPT] = Say("550 5.7.1 no")
            await asyncio.wait_for(_until(lambda: len(gateway.told("upstream.refused")) >= 1), 30)
            while not (held := await gateway.json("quarantine", "list")):
                await asyncio.sleep(0.05)
            del sink.script[Step.RCPT]
            assert (await gateway.run("quarantine", "release", held[0]["id"]))[0] == 0
            await asyncio.wait_for(_until(lambda: len(sink.received) == 1), 30)
            await gateway.stop()
        assert [mail.rcpt_tos for mail in sink.received] == [(BOX,)]  # and no report to a stranger


async def test_what_was_stored_survives_a_kill_and_goes_to_the_mailbox_alone(tmp_path: Path) -> None:
    async with Sink() as outward, Sink() as mailbox, name_server("amazon.com") as server:
        settings = {"relay": {"host": "127.0.0.1", "port": mailbox.port, "tls": "none"}}
        async with receiving(tmp_path, outward, server, **settings) as (gateway, port):
            mailbox.script[Step.RCPT] = Say("451 4.3.0 later")
            assert (await deliver(port, signed(arriving()))).startswith("250 2.0.0 Stored")
            await gateway.kill()
            del mailbox.script[Step.RCPT]
            await gateway.start()
            await asyncio.wait_for(_until(lambda: len(mailbox.received) == 1), 60)
        assert mailbox.received[0].rcpt_tos == (BOX,)
        assert lines_of(mailbox.received[0].raw, b"X-Gatepost-Inbound") == [b"genuine (dkim amazon.com)"]
        assert outward.received == []


async def test_a_silent_dns_is_said_in_time_and_is_no_proof(tmp_path: Path) -> None:
    async with Sink() as sink, name_server("amazon.com") as server:
        server.silent = True
        async with receiving(tmp_path, sink, server, dns_seconds=0.3) as (_, port):
            assert (await deliver(port, signed(arriving()))).startswith("250")
        (got,) = sink.received
        assert lines_of(got.raw, b"X-Gatepost-Inbound") == [b"suspicious"]
        assert lines_of(got.raw, b"X-Gatepost-Reason")[0].startswith(b"a2-unchecked")


async def _until(condition: Any) -> None:
    while not condition():
        await asyncio.sleep(0.02)

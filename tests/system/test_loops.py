"""Mail that comes back, and reports on reports: both end."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kit.gateway import Gateway
from kit.loopback import free_port
from kit.messages import SELLER
from kit.smtp_sink import Say, Sink, Step
from kit.submit import mail, submit


async def test_a_mail_that_its_own_relay_sends_back_is_refused_at_its_third_pass(tmp_path: Path) -> None:
    port = free_port()
    config = {"smtp": {"listeners": [{"address": f"127.0.0.1:{port}"}]}}
    async with Gateway(tmp_path, relay=port, config=config) as gateway:
        code, text = await submit(port, mail(to="friend@example.org"), to=["friend@example.org"])
        assert (code, text[:5]) == (554, "5.4.6")
        assert len(gateway.told("message.looped")) == 1


async def test_fifty_hops_are_a_loop_and_forty_are_a_way(tmp_path: Path) -> None:
    hop = "Received: from a.example by b.example with ESMTP id x; Mon, 23 Nov 2026 09:00:00 +0000\r\n"
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port) as gateway:
        assert (await submit(gateway.port, mail(id="1", headers=hop * 40)))[0] == 250
        code, text = await submit(gateway.port, mail(id="2", headers=hop * 60))
        assert (code, text[:5], len(sink.received)) == (554, "5.4.6", 1)


async def test_a_report_that_can_not_be_delivered_makes_no_other(tmp_path: Path) -> None:
    async with Sink() as sink:
        sink.script[Step.MAIL] = [Say("451 4.3.0 not now")]
        async with Gateway(tmp_path, relay=sink.port) as gateway:
            assert (await submit(gateway.port, mail()))[1].startswith("2.0.0 Stored")
            sink.script[Step.DOT] = Say("554 5.7.1 no, and no report either")
            await settled(gateway, 2)
        assert [line.split()[1] for line in sink.commands if line.startswith(b"MAIL")] == [
            f"FROM:<{SELLER}>".encode(),  # put off
            f"FROM:<{SELLER}>".encode(),  # refused
            b"FROM:<>",  # the report, refused too
        ]
        assert sink.received == []


async def test_a_mail_from_nobody_that_bounces_is_reported_to_nobody(tmp_path: Path) -> None:
    async with Sink() as sink:
        sink.script[Step.MAIL] = [Say("451 4.3.0 not now"), Say("554 5.7.1 never")]
        async with Gateway(tmp_path, relay=sink.port) as gateway:
            assert (await submit(gateway.port, mail(), sender=""))[1].startswith("2.0.0 Stored")
            await settled(gateway, 1)
        assert sink.received == []


async def settled(gateway: Gateway, retries: int) -> None:
    """Wait until so many attempts have ended and nothing waits any more; then a moment longer."""
    async with asyncio.timeout(30):
        while len(gateway.told("message.retried")) < retries:
            await asyncio.sleep(0.02)
    await asyncio.sleep(0.6)  # three rounds of the delivery, in which nothing may happen
    assert len(gateway.told("message.retried")) == retries
    assert await gateway.json("quarantine", "list", "--state", "spooled") == []

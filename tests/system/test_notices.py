"""Notices of a real gateway: the sender of a held mail is told, a link decides, a webhook is called."""

from __future__ import annotations

import asyncio
import json
import re
from email import message_from_bytes
from pathlib import Path

import httpx

from kit.gateway import Gateway
from kit.listener import listening
from kit.smtp_sink import Received, Sink
from kit.submit import mail, submit

OFFER = "Thank you for order 112-1234567-1234567. Get 20% off your next order in our shop.\r\n"
REVIEWER = "rita@shop.example"


async def arrived(sink: Sink, count: int) -> list[Received]:
    async with asyncio.timeout(30):
        while len(sink.received) < count:
            await asyncio.sleep(0.02)
    return list(sink.received)


def words(received: Received) -> str:
    payload = message_from_bytes(received.raw).get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode()


async def test_a_held_mail_is_told_to_its_sender_and_decided_by_the_reviewers_link(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("a shared secret")
    async with listening() as heard, Sink() as sink:
        hook = {
            "name": "chat",
            "url": heard.url,
            "secret_file": str(tmp_path / "secret"),
            "allow_private": True,
        }
        notices = {
            "enabled": True,
            "reviewers": [REVIEWER],
            "alarm_hours": [48],
            "digest_at": [],
            "round_seconds": 0.1,
            "webhooks": [hook],
        }
        async with Gateway(tmp_path, relay=sink.port, config={"notices": notices}) as gateway:
            code, text = await submit(gateway.port, mail(OFFER))
            told = {one.rcpt_tos: one for one in await arrived(sink, 2)}
            await asyncio.wait_for(heard.arrived.wait(), 30)
            link = re.search(r"http://\S+/link/\S+", words(told[(REVIEWER,)]))
            assert link is not None
            async with httpx.AsyncClient() as client:
                shown = await client.get(link[0])
                own = {"sec-fetch-site": "same-origin", "origin": gateway.site}
                done = await client.post(link[0], data={"do": "release"}, headers=own)
            released = (await arrived(sink, 3))[2]

    assert (code, "Held for review" in text) == (250, True)
    assert {one.mail_from for one in told.values()} == {""}
    assert "20% off" in words(told[("help@shop.example",)])
    assert json.loads(heard.requests[0][1])["event"] in ("message.held", "queue.alarm")
    assert (shown.status_code, done.status_code) == (200, 200)
    assert released.raw.endswith(OFFER.encode())


async def test_a_rejection_is_told_once_by_notice_or_by_report(tmp_path: Path) -> None:
    async with Sink() as sink:
        notices = {"enabled": True, "sender": ["rejected"], "round_seconds": 0.1}
        async with Gateway(tmp_path, relay=sink.port, config={"notices": notices}) as gateway:
            await submit(gateway.port, mail(OFFER))
            (held,) = await gateway.json("quarantine", "list")
            await gateway.run("quarantine", "reject", held["id"], "--note", "too pushy")
            (told,) = await arrived(sink, 1)
            decided = await gateway.json("quarantine", "list", "--state", "spooled")

    assert "too pushy" in words(told)
    assert decided == []
    assert len(sink.received) == 1

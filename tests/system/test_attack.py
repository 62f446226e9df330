"""A real gateway under every attack: each meets its bound, its reply and its event; so does the memory."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable
from pathlib import Path

from gatepost.loglines import MINUTE_SECONDS
from kit.attacks import CASES, TRUSTED, Case, Memory, Target
from kit.certificates import Authority
from kit.gateway import Gateway
from kit.smtp_client import connected
from kit.smtp_sink import Sink
from kit.submit import mail, submit

MOST_BYTES = 3 << 29
"""What a gateway and its child may take at the worst moment, with the limits as shipped (docs/attacks.md)."""
LONGEST_SECONDS = 15.0  # until another client is greeted; the test's own clients hold it up, too


async def test_every_attack_meets_its_bound_its_reply_and_its_event(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    broken: list[str] = []
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port, config=settings(tmp_path)) as gateway:
        sink.keep_mail = False
        target, memory = Target(gateway.smtp[0][1], gateway.smtp[1][1]), Memory(gateway.process.pid)
        for case in CASES:
            before, sent = memory.forget(), sink.count
            reply, slowest = await watched(case, target)
            peak = memory.peak_bytes()
            tell(
                f"attack {case.name:24} before={before >> 20} peak={peak >> 20} MiB "
                f"slowest_greeting={slowest * 1000:.0f} ms"
            )
            broken += wrong(case, reply, peak, slowest)
            if not await told(gateway, case.event) and not await told_anew(gateway, case, target):
                broken.append(f"{case.name}: {case.event} was not logged")
            gateway.events.clear()
            if case.name not in PASSES and sink.count > sent:
                broken.append(f"{case.name}: it went out")
            if (code := (await submit(gateway.port, mail(id=case.name.replace(" ", "-"))))[0]) != 250:
                broken.append(f"{case.name}: after it a good mail got {code}")
    assert broken == []


PASSES = {"600 MiB of mail at once"}  # mails to nobody's buyer: those for which there is room go out


def wrong(case: Case, reply: str, peak: int, slowest: float) -> list[str]:
    """What is not as it must be. Who sends on after the gateway hung up may lose its last reply (RST)."""
    lost = not reply and case.event == "session.ended"
    found = [] if lost or re.match(case.reply, reply) else [f"{case.name}: {reply!r}"]
    if peak > MOST_BYTES:
        found.append(f"{case.name}: {peak >> 20} MiB")
    if slowest > LONGEST_SECONDS:
        found.append(f"{case.name}: another client waited {slowest:.1f} s for its greeting")
    return found


def settings(folder: Path) -> dict[str, object]:
    """The limits as shipped; only what has to be waited for is short."""
    server = Authority(folder).server()
    certificate = {"certificate": str(server.certificate), "key": str(server.key)}
    plain: dict[str, object] = {"address": "127.0.0.1:0"}
    return {
        "smtp": {
            "listeners": [plain, plain | certificate | {"tls": "starttls", "auth_without_tls": True}],
            "trusted_networks": [f"{TRUSTED}/32"],
            "times": {"command_seconds": 3, "write_seconds": 2},
            "auth": {"delay_seconds": 0},
        },
        "policy": {"judge_seconds": 45},  # on a busy machine a child may take its time to start
        "site": {"enabled": False},
    }


async def watched(case: Case, target: Target) -> tuple[str, float]:
    """Attack, while another client comes again and again; the reply, and its longest wait for a greeting."""
    slowest, over = 0.0, asyncio.Event()

    async def come() -> None:
        nonlocal slowest
        while not over.is_set():
            start = time.monotonic()
            async with connected(target.plain, source="127.0.0.9") as client:
                await client.hear()
            slowest = max(slowest, time.monotonic() - start)
            await asyncio.sleep(0.25)

    async with asyncio.TaskGroup() as group:
        group.create_task(come())
        try:
            reply = await case.attack(target)
        finally:
            over.set()
    return reply, slowest


async def told(gateway: Gateway, event: str, seconds: float = 6.0, **fields: str) -> bool:
    """Whether the log tells of `event`, with these fields, within some seconds."""
    for _ in range(int(seconds / 0.02)):
        if any(fields.items() <= each.items() for each in gateway.told(event)):
            return True
        await asyncio.sleep(0.02)
    return False


async def told_anew(gateway: Gateway, case: Case, target: Target) -> bool:
    """Whether the log tells of an attack that is made again once the lines of a minute were used up.

    What strangers cause is logged sixty times a minute and kind; how many lines of it the attacks before have
    used depends on the machine.
    """
    if not await told(gateway, "lines.left_out", MINUTE_SECONDS + 30, kind=case.event):
        return False
    await watched(case, target)
    return await told(gateway, case.event)

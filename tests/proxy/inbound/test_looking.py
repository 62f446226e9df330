"""Looking at mails away from the loop: in threads, and in a process of its own."""

from __future__ import annotations

import asyncio
import threading

import pytest

from gatepost.errors import JudgeError
from gatepost.inbound.look import Looked, Rules, look
from gatepost.inbound.looking import MOST_WAITING, Looking
from kit.arrivals import AMAZON, arriving, signed
from kit.dns import name_server

PLAIN = Rules(checked=False)


async def test_a_heavy_mail_is_looked_at_in_a_process_to_the_same_end() -> None:
    raw = signed(arriving(AMAZON, "The buyer has opted out of unsolicited messages.", html="<p>Hello</p>"))
    async with name_server("amazon.com") as server:
        rules = Rules(server=server.address)
        light, heavy = (Looking(rules, seconds=60, heavy_bytes=size) for size in (1 << 20, 10))
        try:
            assert await heavy.look(raw) == await light.look(raw)
            assert (await heavy.look(raw)).proof.authentic
        finally:
            await light.close()
            await heavy.close()


async def test_what_takes_too_long_is_not_looked_at() -> None:
    may_end = threading.Event()

    def slowly(raw: bytes, rules: Rules) -> Looked:
        may_end.wait(10)
        return look(raw, rules)

    looking = Looking(PLAIN, seconds=0.05, heavy_bytes=1 << 20, by=slowly)
    with pytest.raises(JudgeError, match="longer than"):
        await looking.look(arriving())
    may_end.set()
    await looking.close()


async def test_a_failure_is_told_as_one() -> None:
    def badly(raw: bytes, rules: Rules) -> Looked:
        raise RecursionError

    looking = Looking(PLAIN, seconds=5, heavy_bytes=1 << 20, by=badly)
    with pytest.raises(JudgeError, match="RecursionError"):
        await looking.look(arriving())
    await looking.close()


async def test_no_more_wait_than_may() -> None:
    may_end = threading.Event()

    def slowly(raw: bytes, rules: Rules) -> Looked:
        may_end.wait(10)
        return look(raw, rules)

    looking = Looking(PLAIN, seconds=20, heavy_bytes=1 << 20, by=slowly)
    waiting = [asyncio.ensure_future(looking.look(arriving())) for _ in range(MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(JudgeError, match="too many"):
        await looking.look(arriving())
    may_end.set()
    assert all([(await each).subject for each in waiting])
    assert (await looking.look(arriving())).subject  # whose turn is over makes room
    await looking.close()


async def test_only_a_usual_mail_is_looked_at_in_a_thread() -> None:
    seen: list[bytes] = []

    def noting(raw: bytes, rules: Rules) -> Looked:
        seen.append(raw)
        return look(raw, rules)

    raw = arriving()
    for size in (len(raw) - 1, len(raw)):
        looking = Looking(PLAIN, seconds=60, heavy_bytes=size, by=noting)
        assert (await looking.look(raw)).subject
        await looking.close()
    assert seen == [raw]

"""TXT records, asked of a name server on loopback."""

from __future__ import annotations

import asyncio

import pytest

from gatepost.inbound.lookups import MOST, Lookups, Unanswered
from kit.arrivals import RECORD
from kit.dns import NameServer, name_server

NAME = b"s1._domainkey.amazon.com."


async def ask(server: NameServer, name: bytes = NAME, *, seconds: float = 5.0) -> bytes | None:
    return await asyncio.to_thread(Lookups(seconds, server=server.address), name, 5.0)


async def test_a_record_in_pieces_comes_back_whole() -> None:
    async with name_server("amazon.com") as server:
        assert await ask(server) == RECORD


async def test_a_name_that_is_not_there_is_an_answer() -> None:
    async with name_server("amazon.com") as server:
        assert await ask(server, b"s1._domainkey.elsewhere.example.") is None


async def test_a_name_that_can_not_be_is_not_asked_for() -> None:
    async with name_server("amazon.com") as server:
        assert await ask(server, b"a" * 70 + b".example") is None
        assert await ask(server, "s1.\u00e4.example".encode()) is None
        assert server.asked == []


async def test_a_silent_server_ends_with_the_deadline() -> None:
    async with name_server("amazon.com") as server:
        server.silent = True
        with pytest.raises(Unanswered):
            await ask(server, seconds=0.2)


async def test_a_server_that_fails_is_no_answer() -> None:
    async with name_server("amazon.com") as server:
        server.broken = True
        with pytest.raises(Unanswered):
            await ask(server)


async def test_one_mail_asks_for_one_name_once_and_for_few_names() -> None:
    async with name_server("amazon.com") as server:
        lookups = Lookups(30, server=server.address)
        await asyncio.to_thread(lookups, NAME, 5.0)
        await asyncio.to_thread(lookups, NAME, 5.0)
        assert len(server.asked) == 1
        for number in range(MOST - 1):
            await asyncio.to_thread(lookups, b"s%d._domainkey.amazon.com." % (number + 2), 5.0)
        with pytest.raises(Unanswered):
            await asyncio.to_thread(lookups, b"one-more.amazon.com.", 5.0)


async def test_no_time_left_is_no_answer() -> None:
    async with name_server("amazon.com") as server:
        now = [0.0]
        lookups = Lookups(5, server=server.address, now=lambda: now[0])
        now[0] = 6.0
        with pytest.raises(Unanswered, match="no time left"):
            await asyncio.to_thread(lookups, NAME, 5.0)

"""Deadlines, slow clients and endless ones, over real connections."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from pathlib import Path
from typing import Any

import pytest
import uvloop

from kit.certificates import Authority
from kit.intake import begin_data, greeted, running
from kit.ports import until
from kit.smtp_client import Client, connected


async def test_who_says_nothing_is_told_and_closed() -> None:
    async with running(times={"command_seconds": 0.05}) as house, greeted(house, hello=False) as client:
        assert (await client.hear()).text == "421 4.4.2 Timeout; closing the connection"
        assert await client.is_closed()


async def test_who_stalls_in_a_mail_is_told_and_closed() -> None:
    async with running(times={"command_seconds": 0.5}) as house:
        async with greeted(house) as client:
            await begin_data(client)
            await client.pour(b"Subject: x\r\n")
            assert (await client.hear()).code == 421
        await until(lambda: house.intake.in_flight_bytes == 0)
    assert house.messages == []


async def test_every_octet_of_a_mail_earns_time() -> None:
    times = {"command_seconds": 0.5, "data_bytes_per_second": 500}
    async with running(times=times) as house, greeted(house) as client:
        await begin_data(client)
        await client.pour(b"x" * 2000 + b"\r\n")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.8):
                await client.hear()
        client.send(b".\r\n")
        assert (await client.hear()).code == 250


async def test_a_mail_has_so_much_time_in_all() -> None:
    times = {"data_bytes_per_second": 1, "data_seconds": 0.3}
    async with running(times=times) as house, greeted(house) as client:
        await begin_data(client)
        await client.pour(b"x" * 2000 + b"\r\n")
        assert (await client.hear()).code == 421


async def test_a_pause_between_two_commands_starts_the_time_anew() -> None:
    async with running(times={"command_seconds": 0.6}) as house, greeted(house) as client:
        began = time.monotonic()
        while time.monotonic() - began < 0.9:
            assert (await client.ask("NOOP")).code == 250
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.2):
                    await client.hear()


async def test_an_endless_mail_ends_at_the_limit_and_a_mebibyte() -> None:
    limits = {"message_bytes": 100_000, "line_bytes": 1000}
    async with running(limits=limits) as house:
        async with greeted(house) as client:
            await begin_data(client)
            with contextlib.suppress(ConnectionError):
                for _ in range(300):
                    await client.pour(b"x" * 65_536)
            codes = [reply.code for reply in await client.everything()]
            assert codes in ([552], [])  # what was still under way may have broken the connection
            client.reset()
        await until(lambda: house.intake.connections + house.intake.in_flight_bytes == 0)
        assert house.messages == []


def test_a_handshake_that_is_there_before_the_gateway_looks_is_answered_on_uvloop(tmp_path: Path) -> None:
    parts: dict[str, Any] = {"listener": {"tls": "implicit"}, "certificate": Authority(tmp_path).server()}

    async def scene() -> bytes:
        async with running(**parts) as house:
            with socket.create_connection(("127.0.0.1", house.port)) as client:
                client.sendall(_client_hello())
                client.setblocking(False)
                async with asyncio.timeout(5):
                    return await asyncio.get_running_loop().sock_recv(client, 1)

    assert uvloop.run(scene()) == b"\x16"  # a handshake record


def test_a_client_that_is_gone_when_it_is_answered_is_no_fault_of_ours_on_uvloop(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async def scene() -> None:
        async with running() as house:
            house.may_answer.clear()
            async with greeted(house) as client:
                await begin_data(client)
                client.send(b"x\r\n.\r\n")
                await house.began.wait()
                client.reset()
            await until(lambda: not house.intake.connections)
            house.may_answer.set()
            await until(lambda: house.answered == 1)

    uvloop.run(scene())
    assert "RuntimeError" not in "".join(capsys.readouterr())


async def test_an_endless_command_line_ends_the_connection() -> None:
    async with running() as house, greeted(house) as client:
        with pytest.raises((ConnectionError, EOFError)):
            await _pour_for_ever(client)
        await until(lambda: house.intake.connections == 0)


async def _pour_for_ever(client: Client) -> None:
    for _ in range(1000):
        await client.pour(b"x" * 65_536)
    await client.hear()


async def _chatter(client: Client, other: Client) -> None:
    for _ in range(10_000):
        await client.pour(b"HELP\r\n" * 10_000)
        assert (await other.ask("NOOP")).code == 250


async def test_a_long_command_line_is_refused_once_wherever_it_is_cut() -> None:
    async with running() as house, greeted(house) as client:
        await client.pour(b"NOOP " + b"x" * 70_000 + b"\r")
        await client.pour(b"\nNOOP\r\n")
        assert [(await client.hear()).code, (await client.hear()).code] == [500, 250]


async def test_who_never_reads_is_cut_off_and_others_are_served() -> None:
    limits = {"junk_commands": 10_000_000, "errors": 10_000_000}
    async with running(limits=limits, times={"write_seconds": 0.1}) as house, greeted(house) as other:
        async with greeted(house) as client:
            client.stop_reading()
            with pytest.raises(ConnectionError):
                await _chatter(client, other)
        await until(lambda: house.intake.connections == 1)


async def test_what_a_client_sends_during_an_answer_waits_within_bounds() -> None:
    async with running(times={"write_seconds": 0.5}) as house, greeted(house) as client:
        house.may_answer.clear()
        await begin_data(client)
        client.send(b"x\r\n.\r\n")
        await house.began.wait()
        client.send(b"NOOP\r\n" * 4_000_000)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await client.pour(b"")
        (connection,) = house.intake._open
        assert len(connection._input) <= 65_536 + 262_144
        house.may_answer.set()
        codes = [reply.code for reply in await client.everything()]
        assert codes == [250] * 101 + [421]


async def test_octet_by_octet_is_as_good_as_any() -> None:
    async with running() as house, connected(house.port) as client:
        session = b"EHLO x\r\nMAIL FROM:<>\r\nRCPT TO:<b@example.org>\r\nDATA\r\nx\r\n..\r\n.\r\nQUIT\r\n"
        for octet in session:
            await client.pour(bytes([octet]))
            await asyncio.sleep(0)
        codes = [reply.code for reply in await client.everything()]
    assert (codes, house.raw) == ([220, 250, 250, 250, 354, 250, 221], [b"x\r\n.\r\n"])


async def test_a_mail_of_a_million_empty_lines_neither_stalls_nor_swells() -> None:
    async with running() as house, greeted(house) as client, greeted(house) as other:
        await begin_data(client)
        longest = 0.0
        for _ in range(20):
            await client.pour(b"\r\n" * 50_000)
            began = time.monotonic()
            assert (await other.ask("NOOP")).code == 250
            longest = max(longest, time.monotonic() - began)
        client.send(b".\r\n")
        assert (await client.hear()).code == 250
    assert len(house.messages[0].raw) == 2_000_000
    assert longest < 1


def _client_hello() -> bytes:
    """The first octets of a client that begins TLS."""
    context, out = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), ssl.MemoryBIO()
    session = context.wrap_bio(ssl.MemoryBIO(), out, server_hostname="gate.example")
    with contextlib.suppress(ssl.SSLWantReadError):
        session.do_handshake()
    return out.read()

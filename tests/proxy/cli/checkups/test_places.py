from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from gatepost.cli.checkups import places
from gatepost.cli.checkups.found import State


@asynccontextmanager
async def speaker(words: bytes) -> AsyncIterator[str]:
    gone = asyncio.Event()

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(words)
        await reader.read()  # until the other side has gone
        writer.close()
        await writer.wait_closed()
        gone.set()

    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    async with server, asyncio.timeout(10):
        yield "{}:{}".format(*server.sockets[0].getsockname())
        await gone.wait()


async def test_a_free_port_is_well() -> None:
    (found,) = await places.listener("127.0.0.1:0")
    assert (found.state, found.found) == (State.OK, "free")


async def test_the_running_gateway_is_recognised() -> None:
    async with speaker(b"220 mail.example ESMTP Gatepost\r\n") as address:
        (found,) = await places.listener(address)
    assert (found.state, found.found) == (State.OK, "the gateway listens")


async def test_the_running_site_is_recognised() -> None:
    async with speaker(b"HTTP/1.1 200 OK\r\n\r\n") as address:
        (found,) = await places.site(address)
    assert found.state is State.OK


@pytest.mark.parametrize("words", [b"220 other ESMTP\r\n", b""])
async def test_another_program_on_the_port_is_a_problem(
    words: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(places, "SECONDS", 0.05)
    async with speaker(words) as address:
        (found,) = await places.listener(address)
    assert (found.state, found.found) == (State.PROBLEM, "another program listens there")


async def test_an_address_of_another_machine_is_a_problem() -> None:
    (found,) = await places.listener("192.0.2.1:2525")
    assert (found.state, found.mend) == (State.PROBLEM, "choose an address of this machine")


async def test_a_port_that_only_root_may_have_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: socket.socket, place: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    (found,) = await places.listener("127.0.0.1:25")
    assert (found.state, "gatepost.socket" in found.mend) == (State.WARNING, True)


@pytest.mark.parametrize("name", ["vm", "no-such-name.invalid"])
async def test_a_name_that_nobody_can_look_up_is_a_warning(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unknown(*arguments: object, **options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", unknown, raising=False)
    (found,) = await places.hostname(name)
    assert found.state is State.WARNING

"""The gateway as systemd runs it: sockets passed in, readiness told, the watchdog fed, a clean stop."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.loopback import free_port
from kit.mtas import listening
from kit.peers import require

SECONDS = 30


@pytest.fixture
def manager(tmp_path: Path) -> socket.socket:
    """The service manager's end of NOTIFY_SOCKET."""
    end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    end.bind(str(tmp_path / "notify"))
    end.setblocking(False)
    return end


@pytest.fixture
async def started(tmp_path: Path, manager: socket.socket) -> AsyncIterator[tuple[int, socket.socket]]:
    """A gateway whose port systemd-socket-activate opened, and the manager that hears of it."""
    activate, port = require("systemd-socket-activate"), free_port()
    file = tmp_path / "gatepost.yaml"
    file.write_text(
        f"smtp: {{listeners: [{{address: '127.0.0.1:0'}}]}}\nsite: {{enabled: false}}\n"
        f"store: {{path: {tmp_path / 'gatepost.db'}}}\n"
    )
    process = await asyncio.create_subprocess_exec(
        *(activate, "--fdname=smtp", "-l", f"127.0.0.1:{port}"),
        *("-E", f"NOTIFY_SOCKET={tmp_path / 'notify'}", "-E", "WATCHDOG_USEC=400000", "-E", "PATH"),
        *(sys.executable, "-m", "gatepost", "serve", "--config", str(file)),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        env={"PATH": os.environ["PATH"]},
    )
    await listening(port)
    yield port, manager
    if process.returncode is None:
        process.terminate()
    async with asyncio.timeout(SECONDS):
        assert await process.wait() == 0
    assert b"STOPPING=1" in await heard(manager, b"STOPPING=1")
    manager.close()


async def heard(manager: socket.socket, wanted: bytes) -> bytes:
    """Everything told until `wanted` is."""
    said = b""
    async with asyncio.timeout(SECONDS):
        while wanted not in said:
            said += await asyncio.get_running_loop().sock_recv(manager, 4_096) + b"\n"
    return said


@pytest.mark.peer
async def test_it_serves_the_passed_socket_and_says_so(started: tuple[int, socket.socket]) -> None:
    port, manager = started
    assert b"READY=1" in await heard(manager, b"READY=1")
    await listening(port)


@pytest.mark.peer
async def test_it_feeds_the_watchdog(started: tuple[int, socket.socket]) -> None:
    _, manager = started
    assert (await heard(manager, b"WATCHDOG=1\n")).index(b"READY=1") >= 0
    await heard(manager, b"WATCHDOG=1")

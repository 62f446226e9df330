"""Where the gateway listens, and under which name."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket

from gatepost.cli.checkups.found import Finding, ok, problem, warning
from gatepost.config.address import split

SECONDS = 3.0
"""For whoever holds a port to speak."""
ANY = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - where to knock for what listens everywhere
GATEWAY, SITE = b"ESMTP Gatepost", b"HTTP/1.1 200"


async def listener(address: str) -> list[Finding]:
    """Whether the gateway can listen there, or does."""
    return [await _place(f"listener {address}", address, b"", GATEWAY)]


async def site(address: str) -> list[Finding]:
    """Whether the review site can be served there, or is."""
    request = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    return [await _place(f"site {address}", address, request, SITE)]


async def _place(name: str, address: str, knock: bytes, sign: bytes) -> Finding:
    host, port = split(address)
    trouble = await asyncio.to_thread(_bind, host, port)
    if not trouble:
        return ok(name, "free")
    if trouble == errno.EADDRINUSE:
        if sign in await _greeting(ANY.get(host, host), port, knock):
            return ok(name, "the gateway listens")
        return problem(name, "another program listens there", "stop it, or choose another address")
    if trouble == errno.EACCES:
        mend = "let systemd open it (gatepost.socket), or choose a port from 1024"
        return warning(name, "this user may not listen there", mend)
    return problem(name, f"can't listen there: {_words(trouble)}", "choose an address of this machine")


def _bind(host: str, port: int) -> int:
    """0 when it could be bound, else what the system said."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(place)
            trial.listen(1)
    except OSError as error:
        return error.errno or errno.EINVAL
    return 0


def _words(trouble: int) -> str:
    return "no such name" if trouble < 0 else errno.errorcode.get(trouble, str(trouble))


async def _greeting(host: str, port: int, knock: bytes) -> bytes:
    try:
        async with asyncio.timeout(SECONDS):
            reader, writer = await asyncio.open_connection(host, port)
            try:
                writer.write(knock)
                return await reader.read(200)
            finally:
                writer.close()
                with contextlib.suppress(OSError):
                    await writer.wait_closed()
    except (OSError, TimeoutError):
        return b""


async def hostname(configured: str) -> list[Finding]:
    """Whether the name in the greeting is one that others can look up."""
    name = configured or await asyncio.to_thread(socket.gethostname)
    mend = "set smtp.hostname to a full name that the DNS knows"
    if "." not in name:
        return [warning("hostname", f"{name!r} is no full name", mend)]
    try:
        await asyncio.get_running_loop().getaddrinfo(name, None)
    except OSError:
        return [warning("hostname", f"the DNS does not know {name}", mend)]
    return [ok("hostname", name)]

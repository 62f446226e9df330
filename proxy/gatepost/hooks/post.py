"""One HTTP POST, bounded in time and size, to an address that was looked at before it is connected to.

No redirect is followed and no proxy is asked. Of the answer only the status is read.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

LONGEST_LINE = 8_192
MOST_INTERIM = 5


class HookFailed(Exception):
    """The call was not taken; the text says why, and holds nothing secret."""


async def post(
    url: str, body: bytes, headers: Mapping[str, str], *, seconds: float, allow_private: bool = False
) -> int:
    """POST `body` and return the status of the answer. Raises HookFailed when there is none in time."""
    parts = urlsplit(url)
    try:
        async with asyncio.timeout(seconds):
            return await _post(parts, body, headers, allow_private=allow_private)
    except TimeoutError:
        raise HookFailed(f"no answer within {seconds:g} s") from None
    except (OSError, EOFError, ssl.SSLError, ValueError) as error:
        raise HookFailed(f"{type(error).__name__}: {error}") from error


async def _post(parts: SplitResult, body: bytes, headers: Mapping[str, str], *, allow_private: bool) -> int:
    host, secure = parts.hostname or "", parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    address = await _address(host, port, allow_private=allow_private)
    tls = ssl.create_default_context() if secure else None
    reader, writer = await asyncio.open_connection(
        address, port, ssl=tls, server_hostname=host if secure else None, limit=LONGEST_LINE
    )
    try:
        writer.write(_request(parts, body, headers))
        await writer.drain()
        return await _status(reader)
    finally:
        writer.close()
        with suppress(OSError, ssl.SSLError):
            await writer.wait_closed()


async def _address(host: str, port: int, *, allow_private: bool) -> str:
    """The address that `host` leads to. A name of the outside must not lead inside unless that is allowed."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=0, proto=6)
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        if allow_private or _is_public(address):
            return address
    raise HookFailed("its name leads to a private address: see allow_private")


def _is_public(address: str) -> bool:
    parsed = ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return mapped.is_global and not mapped.is_multicast


def _request(parts: SplitResult, body: bytes, headers: Mapping[str, str]) -> bytes:
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host = parts.netloc.rpartition("@")[2]
    lines = [
        f"POST {path} HTTP/1.1",
        f"Host: {host}",
        "User-Agent: gatepost",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        "Connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    head = "\r\n".join(lines)
    if not head.replace("\r\n", "").isprintable() or " " in path:
        raise HookFailed("its address holds what HTTP can't carry")
    return f"{head}\r\n\r\n".encode("ascii") + body


async def _status(reader: asyncio.StreamReader) -> int:
    for _ in range(MOST_INTERIM):
        line = await reader.readline()
        words = line.split(None, 2)
        if len(words) < 2 or not words[0].startswith(b"HTTP/1.") or not words[1].isdigit():
            raise HookFailed("the answer is no HTTP")
        status = int(words[1])
        if status >= 200:
            return status
        while (await reader.readline()).strip():  # the fields of an interim answer (RFC 9110 §15.2)
            continue
    raise HookFailed("too many interim answers")

"""A raw SMTP client that says exactly what a test wants, octet for octet, and reads whole replies."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

SECONDS = 10


@dataclass(frozen=True, slots=True)
class Heard:
    """One reply: its code and its lines without CRLF."""

    code: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """All lines, as one string."""
        return "\n".join(self.lines)

    @property
    def words(self) -> tuple[str, ...]:
        """The lines without code and sign."""
        return tuple(line[4:] for line in self.lines)


class Client:
    """One connection. Every wait ends after ten seconds, with an error."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def send(self, *pieces: bytes | str) -> None:
        """Send octets as they are; text is UTF-8."""
        for piece in pieces:
            self._writer.write(piece.encode() if isinstance(piece, str) else piece)

    async def pour(self, octets: bytes) -> None:
        """Send octets and wait until the other side has taken most of them."""
        self._writer.write(octets)
        async with asyncio.timeout(SECONDS):
            await self._writer.drain()

    async def hear(self) -> Heard:
        """The next reply; raises EOFError when the connection ends first."""
        lines: list[str] = []
        while not lines or lines[-1][3:4] == "-":
            async with asyncio.timeout(SECONDS):
                line = await self._reader.readline()
            if not line.endswith(b"\r\n"):
                raise EOFError(line)
            lines.append(line[:-2].decode("ascii"))
        return Heard(int(lines[-1][:3]), tuple(lines))

    async def ask(self, command: bytes | str) -> Heard:
        """Send a command line and hear its reply."""
        self.send(command, b"\r\n")
        return await self.hear()

    async def tell(self, *commands: bytes | str) -> list[int]:
        """Send command lines one after the other, each after the reply to the one before; the codes."""
        return [(await self.ask(command)).code for command in commands]

    async def everything(self) -> list[Heard]:
        """All replies until the connection ends."""
        replies = []
        while True:
            try:
                replies.append(await self.hear())
            except (EOFError, ConnectionError):
                return replies

    async def is_closed(self) -> bool:
        """Whether the other side ends the connection without another word."""
        try:
            async with asyncio.timeout(SECONDS):
                return await self._reader.read(1) == b""
        except ConnectionError:
            return True

    def half_close(self) -> None:
        """Send nothing more, but still listen."""
        self._writer.write_eof()

    def stop_reading(self) -> None:
        """Let replies pile up."""
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]

    def reset(self) -> None:
        """Break the connection off with a TCP reset."""
        sock = self._writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._writer.transport.abort()

    async def start_tls(self, context: ssl.SSLContext) -> None:
        """Begin TLS now."""
        async with asyncio.timeout(SECONDS):
            await self._writer.start_tls(context, server_hostname="localhost")

    async def close(self) -> None:
        """End the connection."""
        self._writer.close()
        try:
            async with asyncio.timeout(SECONDS):
                await self._writer.wait_closed()
        except (ConnectionError, ssl.SSLError):
            return


@asynccontextmanager
async def connected(
    port: int, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1", source: str | None = None
) -> AsyncIterator[Client]:
    """A connection to a server on this machine, from the loopback address `source`."""
    name = "localhost" if tls else None
    local = (source, 0) if source else None
    async with asyncio.timeout(SECONDS):
        reader, writer = await asyncio.open_connection(
            host, port, ssl=tls, server_hostname=name, local_addr=local
        )
    client = Client(reader, writer)
    try:
        yield client
    finally:
        await client.close()

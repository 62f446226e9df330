"""A small HTTP server on loopback that answers as it is told, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass
class Heard:
    """What came in; `answers` are sent in turn, the last for ever."""

    answers: list[bytes]
    port: int = 0
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook?x=1"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        first, *fields = head.strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in fields)}
        body = await reader.readexactly(int(headers["content-length"]))
        self.requests.append(({"": first, **headers}, body))
        self.arrived.set()
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer:
            writer.write(answer)
            await writer.drain()
        else:
            await reader.read()  # says nothing until the other side has had enough
        writer.close()


OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@asynccontextmanager
async def listening(*answers: bytes) -> AsyncIterator[Heard]:
    """Such a server on a free port."""
    heard = Heard(list(answers) or [OK])
    server = await asyncio.start_server(heard.serve, "127.0.0.1", 0)
    heard.port = server.sockets[0].getsockname()[1]
    try:
        yield heard
    finally:
        server.close()

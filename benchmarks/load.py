"""A closed-loop SMTP load: `connections` at once, `kept` messages on each, one command at a time."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from mails import BUYER, SELLER, TOKEN


@dataclass
class Load:
    """What to send where, and what came of it: seconds a message, the first timed from the connect."""

    port: int
    mail: bytes
    connections: int
    kept: int
    messages: int
    first_number: int
    recipient: str = BUYER
    seconds: list[float] = field(default_factory=list)
    wall: float = 0.0

    async def run(self) -> None:
        """Send all messages; any answer but 2xx ends the benchmark."""
        body = self.mail.replace(b"\r\n.", b"\r\n..") + b".\r\n"
        self._parts = body.split(TOKEN)
        self._numbers = iter(range(self.first_number, self.first_number + self.messages))
        start = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for _ in range(self.connections):
                group.create_task(self._client())
        self.wall = time.perf_counter() - start

    async def _client(self) -> None:
        number = next(self._numbers, None)
        while number is not None:
            number = await self._session(number)

    async def _session(self, number: int | None) -> int | None:
        start = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 20)

        async def ask(words: bytes, code: bytes = b"250") -> None:
            if words:
                writer.write(words)
            line = await reader.readline()
            while line[3:4] == b"-":
                line = await reader.readline()
            assert line.startswith(code), line

        await ask(b"", b"220")
        await ask(b"EHLO bench\r\n")
        for _ in range(self.kept):
            if number is None:
                break
            await ask(b"MAIL FROM:<%s>\r\n" % SELLER.encode())
            await ask(b"RCPT TO:<%s>\r\n" % self.recipient.encode())
            await ask(b"DATA\r\n", b"354")
            await ask((b"%012d" % number).join(self._parts))
            self.seconds.append(time.perf_counter() - start)
            start = time.perf_counter()
            number = next(self._numbers, None)
        await ask(b"QUIT\r\n", b"221")
        writer.close()
        return number

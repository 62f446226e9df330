"""A relay that takes everything, as cheaply as Python can: run as a process, prints its port."""

from __future__ import annotations

import asyncio
import sys
from typing import cast


class Take(asyncio.Protocol):
    """One connection: answers each line, and each body when its end is there."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's is one by shape only
        self.buffer, self.in_data = b"", False
        self.transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        out = []
        while True:
            if self.in_data:
                end = self.buffer.find(b"\r\n.\r\n")
                if end < 0:
                    break
                self.buffer, self.in_data = self.buffer[end + 5 :], False
                out.append(b"250 2.0.0 Ok: queued as 1\r\n")
                continue
            end = self.buffer.find(b"\r\n")
            if end < 0:
                break
            line, self.buffer = self.buffer[:end], self.buffer[end + 2 :]
            out.append(self.answer(line[:4].upper()))
        if out:
            self.transport.write(b"".join(out))

    def answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 SIZE 100000000\r\n"
        if verb == b"DATA":
            self.in_data = True
            return b"354 go\r\n"
        return b"221 2.0.0 bye\r\n" if verb == b"QUIT" else b"250 2.0.0 Ok\r\n"


async def main() -> None:
    server = await asyncio.get_running_loop().create_server(Take, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main())

"""The bare pass-through to compare with: aiosmtpd as it is, aiosmtplib over a pool, nothing read or kept."""

from __future__ import annotations

import asyncio
import functools
import sys
from typing import Any

import aiosmtplib
from aiosmtpd.smtp import SMTP


class PassOn:
    """Hands each message to a pooled connection and returns the relay's answer."""

    def __init__(self, port: int, size: int = 20) -> None:
        self.port, self.free, self.left = port, [], size
        self.places = asyncio.Semaphore(size)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        async with self.places:
            client = self.free.pop() if self.free else await self.connect()
            try:
                _, text = await client.sendmail(envelope.mail_from, envelope.rcpt_tos, envelope.content)
            except BaseException:
                client.close()
                raise
            self.free.append(client)
        return f"250 {text}"

    async def connect(self) -> aiosmtplib.SMTP:
        client = aiosmtplib.SMTP(
            hostname="127.0.0.1", port=self.port, start_tls=False, local_hostname="bench"
        )
        await client.connect()
        await client.ehlo()
        return client


async def main(port: int) -> None:
    handler = PassOn(port)
    factory = functools.partial(SMTP, handler, hostname="bench", enable_SMTPUTF8=True)
    server = await asyncio.get_running_loop().create_server(factory, "127.0.0.1", 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    import uvloop

    uvloop.run(main(int(sys.argv[1])))

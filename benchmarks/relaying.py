"""What giving a mail to the relay costs, against aiosmtplib's `sendmail` in the same run.

Both over one kept connection to the same sink. Processor time is this process's own, the lowest of the
rounds. Absolute figures are this machine's; the ratios are the result.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import aiosmtplib

from gatepost import events
from gatepost.config import schema
from gatepost.model import Envelope, Message, MessageId, Recipient, Session
from gatepost.upstream import Relay

HERE = Path(__file__).parent
AT = datetime(2026, 11, 23, tzinfo=UTC)
LINE = b"A line of a usual mail, neither short nor long, as they come.\r\n"
CASES = (("4 KB", 4_096, 1_000), ("100 KB", 102_400, 300))
ROUNDS = 5


class StillClock:
    def now(self) -> datetime:
        return AT


def message(size: int) -> Message:
    raw = b"From: a@shop.example\r\nTo: b@c.test\r\nSubject: x\r\n\r\n" + LINE * (size // len(LINE))
    envelope = Envelope("a@shop.example", (Recipient("b@c.test"),))
    return Message(MessageId("m1"), AT, Session("192.0.2.7", "desk.example", "ESMTP"), envelope, raw)


async def on_data() -> None:
    pass


async def cpu_us(send: Callable[[], Awaitable[object]], count: int) -> float:
    started = time.process_time()
    for _ in range(count):
        await send()
    return (time.process_time() - started) / count * 1e6


async def main(port: int) -> None:
    events.set_up("error")
    settings = schema.Relay.model_validate(
        {"host": "127.0.0.1", "port": port, "tls": "none", "messages_per_connection": 10**9}
    )
    relay = Relay(settings, "bench.example", StillClock())
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="bench")
    await client.connect()
    for name, size, count in CASES:
        sent = message(size)
        ways = (
            partial(relay.relay, sent, on_data=on_data),
            partial(client.sendmail, "a@shop.example", ["b@c.test"], sent.raw),
        )
        rounds = [[await cpu_us(way, count) for way in ways] for _ in range(ROUNDS)]
        ours, theirs = (min(figures) for figures in zip(*rounds, strict=True))
        print(f"{name:7} {ours:7.0f} us of sendmail's {theirs:7.0f} us: {ours / theirs:.2f}")
    await client.quit()
    await relay.close()


if __name__ == "__main__":
    with subprocess.Popen([sys.executable, HERE / "sink.py"], stdout=subprocess.PIPE) as sink:
        assert sink.stdout is not None
        asyncio.run(main(int(sink.stdout.readline())))
        sink.kill()

"""What the store costs: durable writes a second and processor time a write, at 1, 20 and 100 at once.

One message is two writes: `open` and `settle`; `review` adds a claim and the bytes of the mail. With
`--processes 2` so many processes share one database. `--raw` sets the size of the mail. With `--url` the
database is a PostgreSQL server's.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from gatepost.config.schema import Store as Settings
from gatepost.model import (
    Answer,
    AnswerKind,
    Entry,
    Envelope,
    MessageId,
    MessageState,
    OrderId,
    Recipient,
    RelayReply,
    Session,
)
from gatepost.ports import Settled
from gatepost.store import Home, Store, home_of

OK = RelayReply(250, "2.0.0", "Ok: queued as 4X1Y2Z")
BUYER = "abcdefghij12345@marketplace.amazon.com"


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - a benchmark runs in real time


def entry_of(id: str, order: str, raw: bytes) -> Entry:
    return Entry(
        id=MessageId(id),
        received_at=WallClock().now(),
        state=MessageState.ATTEMPTING,
        session=Session("192.0.2.7", "desk.example", "ESMTPSA", "agent"),
        envelope=Envelope("help@shop.example", (Recipient(BUYER),)),
        subject=f"Your order {order}",
        sender="help@shop.example",
        size_bytes=len(raw),
        fingerprint=f"f-{id}",
        buyers=(BUYER,),
        action="relay",
        edition="amazon-2018-10",
        digest="d" * 64,
        purpose="customer-service",
        language="en",
        order_ids=(OrderId(order),),
    )


async def one(store: Store, id: str, raw: bytes, *, review: bool) -> float:
    order = f"112-{id}"
    began = time.perf_counter()
    claims = (OrderId(order),) if review else ()
    await store.journal.open(entry_of(id, order, raw), raw=raw if review else None, claims=claims)
    took = time.perf_counter() - began
    answer = Answer(AnswerKind.RELAYED, MessageId(id), relay=OK)
    await store.journal.settle(MessageId(id), Settled(MessageState.RELAYED, answer))
    return took


async def rounds(store: Store, prefix: str, at_once: int, raw: bytes, *, review: bool) -> tuple[float, ...]:
    count = 300 if at_once == 1 else 4_000
    numbers = iter(range(count))
    waits: list[float] = []

    async def worker(numbers: Iterator[int]) -> None:
        for number in numbers:
            waits.append(await one(store, f"{prefix}-{at_once}-{number}", raw, review=review))

    wall, processor = time.perf_counter(), time.process_time()
    await asyncio.gather(*(worker(numbers) for _ in range(at_once)))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    waits.sort()
    return 2 * count / wall, processor / count / 2 * 1e6, statistics.median(waits), waits[-len(waits) // 100]


async def run(place: str, prefix: str, raw: bytes) -> None:
    home: Home | Path = Path(place)
    if place.startswith("postgresql:"):
        home = home_of(Settings(database_url=place, busy_seconds=30))
    async with await Store.open(home, clock=WallClock(), busy_seconds=30) as store:
        for kind in ("plain", "review"):
            for at_once in (1, 20, 100):
                rate, processor, middle, worst = await rounds(
                    store, f"{prefix}{kind}", at_once, raw, review=kind == "review"
                )
                print(
                    f"{prefix} {kind:6} {at_once:3} at once: {rate:7.0f} writes/s,"
                    f" {processor:4.0f} us processor a write,"
                    f" open p50 {middle * 1e3:6.2f} ms, p99 {worst * 1e3:6.2f} ms",
                    flush=True,
                )


def work(place: str, prefix: str, raw: bytes) -> None:
    asyncio.run(run(place, prefix, raw))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--raw", type=int, default=4096, help="bytes of a mail")
    parser.add_argument("--folder", type=Path, help="where to make the database")
    parser.add_argument("--url", default="", help="an empty PostgreSQL database in its place")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        place, raw = options.url or str(Path(folder) / "bench.db"), b"x" * options.raw
        if options.processes == 1:
            return work(place, "a", raw)
        starter = multiprocessing.get_context("spawn")
        workers = [
            starter.Process(target=work, args=(place, chr(97 + number), raw))
            for number in range(options.processes)
        ]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()


if __name__ == "__main__":
    main()

"""What importing an order report costs: time, processor time, peak memory, size on disk; then one lookup.

The report is made here, row by row, with a million orders of invented buyers. Each step runs in a process of
its own, so that its peak memory is its own. `--rows` sets the length, `--url` a PostgreSQL server.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from gatepost.config.schema import Store as Settings
from gatepost.daemon.importing import import_file
from gatepost.model import OrderId
from gatepost.store import Home, Store, home_of

COLUMNS = (
    "order-id", "order-item-id", "purchase-date", "promise-date", "buyer-email", "sku", "product-name",
    "quantity-purchased", "quantity-shipped", "recipient-name", "ship-address-1", "ship-city",
    "ship-postal-code", "ship-country", "currency", "item-price",
)  # fmt: skip
FIRST = date(2026, 9, 1)

Cost = tuple[float, float, float, str]
"""Seconds, processor seconds, peak memory in MB, and a word on it."""


class WallClock:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - this is the Clock


def order_of(number: int) -> str:
    mixed = number * 7_368_787 % 10**9  # not in the order of the report
    return f"{302 + number % 5}-{mixed // 1000:07d}-{mixed % 1000 * 9973 % 10**7:07d}"


def row(number: int) -> str:
    day = FIRST + timedelta(days=number * 60 // 1_000_000 % 60)
    return (
        f"{order_of(number)}\t{10**13 + number:014d}\t{day}T08:15:00+00:00\t{day + timedelta(days=3)}\t"
        f"b{number:014d}@marketplace.amazon.de\tLAMP-{number % 900}\tMessinglampe Modell {number % 900}\t"
        f"{1 + number % 3}\t0\tErika Muster {number}\tHauptstraße {number % 200}\tMünchen\t"
        f"{80000 + number % 999}\tDE\tEUR\t{19 + number % 80}.90\r\n"
    )


def write(path: Path, rows: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write("\t".join(COLUMNS) + "\r\n")
        stream.writelines(row(number) for number in range(rows))


async def with_store(home: Home, work: Callable[[Store], object]) -> None:
    async with await Store.open(home, clock=WallClock()) as store:
        await work(store)  # type: ignore[misc] # all of them are coroutines


def importing(home: Home, file: Path, told: multiprocessing.Queue[Cost]) -> None:
    began, words = time.perf_counter(), ""

    async def work(store: Store) -> None:
        nonlocal words
        done = await import_file(store.orders, file, by="benchmark")
        words = f"{done.rows} rows" if not done.before else "imported before"

    asyncio.run(with_store(home, work))
    told.put((time.perf_counter() - began, processor_seconds(), peak_mb(), words))


def looking(home: Home, rows: int, told: multiprocessing.Queue[Cost]) -> None:
    spent = 0.0

    async def work(store: Store) -> None:
        nonlocal spent
        await store.orders.known([OrderId(order_of(0))])
        began = time.perf_counter()
        for number in range(0, rows, max(1, rows // 1_000)):
            known = await store.orders.known([OrderId(order_of(number))])
            assert known.orders, number
        spent = (time.perf_counter() - began) / 1_000

    asyncio.run(with_store(home, work))
    told.put((spent, processor_seconds(), peak_mb(), "for each of 1000 lookups"))


def processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "linux" else 1 << 20)


def measured(step: Callable[..., None], *what: object) -> Cost:
    context = multiprocessing.get_context("spawn")
    told: multiprocessing.Queue[Cost] = context.Queue()
    process = context.Process(target=step, args=(*what, told))
    process.start()
    result = told.get()
    process.join()
    return result


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--url", default="")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = home_of(Settings(path=Path(folder, "gatepost.db"), database_url=given.url))
        first, small = Path(folder, "orders.txt"), Path(folder, "small.txt")
        write(first, given.rows)
        write(small, 1)
        print(f"report: {first.stat().st_size / 1e6:.0f} MB, {given.rows} rows")
        _, _, idle, _ = measured(importing, home, small)
        steps = (("import", importing, first), ("the same again", importing, first))
        print(f"{'step':<16} {'seconds':>8} {'cpu s':>8} {'peak MB':>8}   (idle: {idle:.0f} MB)")
        for name, step, what in steps:
            seconds, used, peak, words = measured(step, home, what)
            print(f"{name:<16} {seconds:8.1f} {used:8.1f} {peak:8.0f}   {words}")
        seconds, used, peak, words = measured(looking, home, given.rows)
        print(f"{'one order':<16} {seconds * 1000:6.2f}ms {'':>8} {peak:8.0f}   {words}")
        if not given.url:
            size = sum(file.stat().st_size for file in Path(folder).glob("gatepost.db*"))
            print(f"database: {size / 1e6:.0f} MB, {size / given.rows:.0f} bytes a row")


if __name__ == "__main__":
    main()

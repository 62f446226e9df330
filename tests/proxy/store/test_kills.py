"""Processes that write are killed at random instants; what they had told must be true afterwards."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import cast

import pytest

from gatepost.errors import StoreError
from gatepost.model import ClaimState, MessageId, MessageState, OrderId
from gatepost.ports import Opened, Taken
from gatepost.store import FileHome, Home, Store
from gatepost.store.serverhome import ServerHome
from kit import busy_store
from kit.ports import StillClock
from kit.stores import open_store, opened

TESTS = str(Path(busy_store.__file__).parents[1])


def start(place: Path | str, name: str, *, limit: int | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "kit.busy_store", str(place), name]
    if limit is not None:  # no file may grow beyond so many 512-octet blocks
        command = ["sh", "-c", f'ulimit -f {limit}; trap "" XFSZ; exec "$@"', "sh", *command]
    environment = os.environ | {"PYTHONPATH": TESTS}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def kill_after(processes: list[subprocess.Popen[str]], seconds: float) -> list[str]:
    """What they had said when they were killed, so long after each had begun to write."""
    first = [process.stdout.readline() for process in processes if process.stdout]
    time.sleep(seconds)
    for process in processes:
        process.kill()
    # Not communicate(): it reads past what readline() has already taken into its buffer.
    rest = [process.stdout.read() for process in processes if process.stdout]
    for process in processes:
        process.communicate(timeout=60)
    said = [one + other for one, other in zip(first, rest, strict=True)]
    return [line for each in said for line in each.split("\n")[:-1]]  # the last may be cut off


async def check(home: Home, told: list[str]) -> None:
    assert home.examine().sound
    relayed: Counter[str] = Counter()
    async with await open_store(home, StillClock()) as store:
        if isinstance(home, ServerHome):  # the time that the dead are waited for
            others = "UPDATE nodes SET lease_until = 0 WHERE name <> :me"
            await store.db.write(lambda tx: tx.change(others, {"me": store.owners.me}))
        await store.spool.recover(StillClock().now())
        for line in told:
            what, id, *orders = line.split()
            entry = await store.quarantine.show(an_id(id))
            assert entry.state.value == what, line
            assert entry.has_raw == (what == "held")
            relayed.update(orders)
        for order, count in relayed.items():
            assert count == 1, f"{order} was asked {count} times"
            claim = await store.ledger.find(OrderId(order))
            assert claim is not None
            assert claim.state is ClaimState.CONFIRMED
        counts = await store.search.count_states()
        assert counts[MessageState.ATTEMPTING] == counts[MessageState.SENDING] == 0
        await raw_fits(store)


async def raw_fits(store: Store) -> None:
    sql = (
        "SELECT count(*) AS n FROM messages LEFT JOIN raw ON raw.message_id = messages.id "
        "WHERE has_raw <> CASE WHEN raw.message_id IS NULL THEN 0 ELSE 1 END"
    )
    assert (await store.db.read(lambda tx: tx.execute(sql)))[0]["n"] == 0


def an_id(id: str) -> MessageId:
    return MessageId(id)


@pytest.mark.parametrize("seed", range(2))
async def test_nothing_told_is_lost_by_kills(home: Home, seed: int) -> None:
    chance = random.Random(seed)
    told: list[str] = []
    for kill in range(6 if isinstance(home, FileHome) else 3):
        place = home.path if isinstance(home, FileHome) else cast(ServerHome, home)._url
        pair = [start(place, f"{side}{kill}") for side in "ab"]
        told += await asyncio.to_thread(kill_after, pair, chance.uniform(0, 0.2))
    assert told
    await check(home, told)


async def test_two_hundred_requests_from_two_processes_are_one(home: Home, clock: StillClock) -> None:
    order = OrderId("112-1234567-1234567")
    async with await open_store(home, clock) as one, await open_store(home, clock) as other:
        outcomes = await asyncio.gather(
            *(opened((one, other)[n % 2], f"m{n}", orders=[order]) for n in range(200))
        )
    assert Counter(map(type, outcomes)) == {Opened: 1, Taken: 199}


async def test_when_no_file_can_grow_what_was_told_is_kept_and_the_rest_refused(path: Path) -> None:
    async with await open_store(path, StillClock()):
        pass
    process = start(path, "full", limit=1024)
    out, error = await asyncio.to_thread(process.communicate, timeout=60)
    assert process.returncode == 1
    assert StoreError.__name__ in error or "EngineError" in error
    told = out.splitlines()
    assert told
    await check(FileHome(path), told)

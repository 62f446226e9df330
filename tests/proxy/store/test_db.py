from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gatepost.errors import StateError, StoreError
from gatepost.store import db as module
from gatepost.store.db import Database, Undo, nobody_knows
from gatepost.store.engine import Engine, EngineError, Fault, Tx
from gatepost.store.filehome import FileHome
from gatepost.store.sqlite import SqliteEngine, fill_reserve, prepare_file, reserve_of

TABLE = "CREATE TABLE numbers (n INTEGER PRIMARY KEY, bytes BYTEA)"
LATE = 20
"""Seconds after which a test gives up."""


class Watched:
    """The real engine, counting its commits and failing on demand."""

    def __init__(self, engine: SqliteEngine) -> None:
        self._engine = engine
        self.commits = 0
        self.refusals: list[Exception] = []
        self.hold = threading.Event()
        self.hold.set()
        self.hold_commit = threading.Event()
        self.hold_commit.set()
        self.reopened = 0

    def begin(self) -> Tx:
        self.hold.wait(LATE)
        return self._engine.begin()

    def commit(self) -> None:
        self.hold_commit.wait(LATE)
        if self.refusals:
            raise self.refusals.pop(0)
        self._engine.commit()
        self.commits += 1

    def rollback(self) -> None:
        self._engine.rollback()

    def set_point(self) -> None:
        self._engine.set_point()

    def keep_point(self) -> None:
        self._engine.keep_point()

    def undo_point(self) -> bool:
        return self._engine.undo_point()

    def give_way(self) -> bool:
        return self._engine.give_way()

    def reopen(self) -> None:
        self.reopened += 1
        self._engine.reopen()

    def close(self) -> None:
        self._engine.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "test.db"
    prepare_file(file, busy_seconds=1)
    with outside(file) as connection:
        connection.execute(TABLE)
    return file


@contextmanager
def outside(path: Path) -> Iterator[sqlite3.Connection]:
    """Another program's connection."""
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        yield connection
    finally:
        connection.close()


@pytest.fixture
async def watched(path: Path) -> Watched:
    return Watched(SqliteEngine(path))


@pytest.fixture
async def database(path: Path, watched: Watched) -> AsyncIterator[Database]:
    engine: Engine = watched
    opened = Database(FileHome(path), busy_seconds=2, engine=engine)
    yield opened
    watched.hold.set()
    watched.hold_commit.set()
    await opened.close()


def add(number: int) -> Callable[[Tx], int]:
    def job(tx: Tx) -> int:
        tx.change("INSERT INTO numbers (n) VALUES (:n)", {"n": number})
        return number

    return job


def numbers_in(path: Path) -> list[int]:
    with outside(path) as connection:
        return [row[0] for row in connection.execute("SELECT n FROM numbers ORDER BY n")]


async def test_a_result_is_given_only_for_what_another_program_can_see(
    database: Database, path: Path
) -> None:
    assert await database.write(add(1)) == 1
    assert numbers_in(path) == [1]


async def test_what_waits_is_committed_together(database: Database, watched: Watched) -> None:
    watched.hold.clear()
    writes = [asyncio.ensure_future(database.write(add(number))) for number in range(100)]
    await asyncio.sleep(0)
    watched.hold.set()
    await asyncio.gather(*writes)
    assert watched.commits <= 2


async def test_one_job_s_failure_is_its_own(database: Database, path: Path) -> None:
    def failing(tx: Tx) -> None:
        add(7)(tx)
        raise ValueError("no")

    outcomes = await asyncio.gather(
        database.write(add(1)), database.write(failing), database.write(add(2)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [int, ValueError, int]
    assert numbers_in(path) == [1, 2]


async def test_a_duplicate_key_is_the_job_s_own_failure(database: Database, path: Path) -> None:
    outcomes = await asyncio.gather(
        database.write(add(1)), database.write(add(1)), database.write(add(2)), return_exceptions=True
    )
    assert [type(outcome) for outcome in outcomes] == [int, StateError, int]
    assert numbers_in(path) == [1, 2]


@pytest.mark.parametrize(
    "value", ["\ud800", 1 << 70], ids=["half a surrogate pair", "a number beyond 64 bits"]
)
async def test_a_value_that_no_database_takes_is_refused(database: Database, value: str | int) -> None:
    with pytest.raises(StoreError, match="not a value"):
        await database.write(lambda tx: tx.execute("SELECT :n", {"n": value}))


async def test_a_job_can_undo_and_still_answer(database: Database, path: Path) -> None:
    def undoing(tx: Tx) -> str:
        add(1)(tx)
        raise Undo("taken")

    assert await database.write(undoing) == "taken"
    assert numbers_in(path) == []


async def test_when_the_commit_fails_all_are_told_and_nothing_is_kept(
    database: Database, watched: Watched, path: Path
) -> None:
    watched.refusals = [EngineError(Fault.DISK)]
    with pytest.raises(StoreError, match="the disk failed"):
        await database.write(add(1))
    assert watched.reopened == 1
    assert database.recent_fault() is Fault.DISK
    await database.write(add(2))
    assert numbers_in(path) == [2]
    assert database.recent_fault() is None


async def test_urgent_jobs_use_the_space_set_aside_for_a_full_disk(
    database: Database, watched: Watched, path: Path
) -> None:
    fill_reserve(path)
    watched.hold.clear()
    watched.refusals = [EngineError(Fault.FULL)]
    usual = asyncio.ensure_future(database.write(add(1)))
    urgent = asyncio.ensure_future(database.write(add(2), urgent=True))
    await asyncio.sleep(0)
    watched.hold.set()
    outcomes = await asyncio.gather(usual, urgent, return_exceptions=True)
    # The two may have met in one batch or not; the urgent one is kept in any case.
    assert outcomes[1] == 2
    assert 2 in numbers_in(path)


async def test_without_a_reserve_an_urgent_job_is_refused_too(
    database: Database, watched: Watched, path: Path
) -> None:
    assert not reserve_of(path).exists()
    watched.refusals = [EngineError(Fault.FULL)]
    with pytest.raises(StoreError, match="the disk is full"):
        await database.write(add(1), urgent=True)


async def test_a_full_disk_under_one_job_fails_the_batch_and_then_recovers(
    database: Database, path: Path
) -> None:
    def limit(tx: Tx) -> None:
        pages = tx.execute("PRAGMA page_count")[0]["page_count"]
        tx.execute(f"PRAGMA max_page_count = {pages + 20}")

    def large(tx: Tx) -> None:
        tx.change("INSERT INTO numbers (n, bytes) VALUES (99, :bytes)", {"bytes": b"x" * 1_000_000})

    await database.write(limit)
    with pytest.raises(StoreError, match="the disk is full"):
        await database.write(large)
    assert database.recent_fault() is Fault.FULL
    await database.write(add(1))
    assert numbers_in(path) == [1]


async def test_a_short_lock_from_outside_is_waited_for(database: Database, path: Path) -> None:
    with outside(path) as other:
        other.execute("BEGIN EXCLUSIVE")
        writing = asyncio.ensure_future(database.write(add(1)))
        done, _ = await asyncio.wait({writing}, timeout=0.3)
        assert not done
        other.execute("COMMIT")
        assert await writing == 1


async def test_a_long_lock_from_outside_is_an_error_in_time(path: Path) -> None:
    database = Database(FileHome(path), busy_seconds=0.2)
    with outside(path) as other:
        other.execute("BEGIN EXCLUSIVE")
        async with asyncio.timeout(LATE):
            with pytest.raises(StoreError, match="locked"):
                await database.write(add(1))
        assert await database.read(lambda tx: len(tx.execute("SELECT n FROM numbers"))) == 0
        other.execute("COMMIT")
    await database.write(add(2))
    await database.close()
    assert numbers_in(path) == [2]


async def test_beyond_its_bound_the_queue_refuses(
    database: Database, watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "QUEUE_LIMIT", 3)
    watched.hold.clear()
    writes = [asyncio.ensure_future(database.write(add(number))) for number in range(20)]
    await asyncio.sleep(0)
    watched.hold.set()
    outcomes = await asyncio.gather(*writes, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, EngineError)]
    assert {error.fault for error in refused} == {Fault.BUSY}
    assert 3 <= len(outcomes) - len(refused) <= 5


async def test_a_job_whose_caller_left_before_it_began_is_not_run(
    database: Database, watched: Watched, path: Path
) -> None:
    watched.hold.clear()
    first = asyncio.ensure_future(database.write(add(1)))
    leaving = asyncio.ensure_future(database.write(add(2)))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.sleep(0)
    watched.hold.set()
    await first
    await database.write(add(3))
    assert numbers_in(path) == [1, 3]


async def test_a_disk_that_hangs_is_an_error_in_time(path: Path, watched: Watched) -> None:
    database = Database(FileHome(path), busy_seconds=0.05, engine=watched)
    watched.hold.clear()
    async with asyncio.timeout(LATE):
        with pytest.raises(StoreError, match="did not answer") as caught:
            await database.write(add(1))
    assert nobody_knows(caught.value)
    watched.hold.set()
    await database.write(add(2))
    await database.close()
    assert numbers_in(path) == [2]


async def test_the_writer_survives_what_nobody_foresaw(
    database: Database, watched: Watched, path: Path
) -> None:
    watched.refusals = [RuntimeError("a bug")]
    with pytest.raises(StoreError, match="RuntimeError"):
        await database.write(add(1))
    await database.write(add(2))
    assert numbers_in(path) == [2]


async def test_several_loops_write_through_one_database(database: Database, path: Path) -> None:
    def elsewhere(number: int) -> int:
        written: int = asyncio.run(database.write(add(number)))
        return written

    outcomes = await asyncio.gather(*(asyncio.to_thread(elsewhere, number) for number in range(8)))
    assert outcomes == list(range(8))
    assert numbers_in(path) == list(range(8))


async def test_a_vanished_file_is_an_error_not_a_void(database: Database, path: Path) -> None:
    path.unlink()
    with pytest.raises(StoreError, match="gone"):
        await database.write(add(1))
    path.write_bytes(b"")
    with pytest.raises(StoreError, match="another file"):
        await database.write(add(1))


async def test_a_read_sees_what_was_written_before_it(database: Database) -> None:
    await database.write(add(1))
    rows = await database.read(lambda tx: tx.execute("SELECT n FROM numbers"))
    assert [row["n"] for row in rows] == [1]


async def test_a_read_can_not_write(database: Database) -> None:
    with pytest.raises(StoreError, match="read-only"):
        await database.read(add(1))


async def test_a_read_that_runs_too_long_is_ended(database: Database) -> None:
    endless = "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c"
    async with asyncio.timeout(LATE):
        with pytest.raises(StoreError, match="too long"):
            await database.read(lambda tx: tx.execute(endless), seconds=0.05)
    assert await database.read(lambda tx: len(tx.execute("SELECT n FROM numbers"))) == 0


async def test_a_long_work_is_done_in_parts_that_others_come_between(database: Database, path: Path) -> None:
    await asyncio.gather(*(database.write(add(number)) for number in range(5)))
    seen: list[list[int]] = []

    def two(tx: Tx) -> int:
        seen.append(numbers_in(path))  # what is committed already
        return tx.change("DELETE FROM numbers WHERE n IN (SELECT n FROM numbers ORDER BY n LIMIT 2)")

    assert await database.write_until_none(two) == 5
    assert seen == [[0, 1, 2, 3, 4], [2, 3, 4], [4], []]


async def test_parts_that_were_done_stay_done_when_a_later_one_fails(database: Database, path: Path) -> None:
    await asyncio.gather(*(database.write(add(number)) for number in range(5)))

    def one(tx: Tx) -> int:
        if numbers_in(path) == [3, 4]:
            raise StateError("enough")
        return tx.change("DELETE FROM numbers WHERE n = (SELECT min(n) FROM numbers)")

    with pytest.raises(StateError):
        await database.write_until_none(one)
    assert numbers_in(path) == [3, 4]


async def test_what_is_posted_is_written_behind_what_waits(database: Database, path: Path) -> None:
    database.post(add(1))
    await database.write(add(2))
    assert numbers_in(path) == [1, 2]


async def test_closing_finishes_what_waits(database: Database, watched: Watched, path: Path) -> None:
    watched.hold.clear()
    writes = [asyncio.ensure_future(database.write(add(number))) for number in range(5)]
    await asyncio.sleep(0)
    watched.hold.set()
    await database.close()
    assert await asyncio.gather(*writes) == list(range(5))
    assert numbers_in(path) == list(range(5))


async def test_a_closed_database_refuses(database: Database) -> None:
    await database.close()
    with pytest.raises(StoreError, match="closed"):
        await database.write(add(1))


async def test_a_database_that_is_only_read_refuses_to_write(path: Path) -> None:
    database = Database(FileHome(path), busy_seconds=1, read_only=True)
    assert await database.read(lambda tx: len(tx.execute("SELECT n FROM numbers"))) == 0
    with pytest.raises(StoreError, match="read-only"):
        await database.write(add(1))
    await database.close()


async def test_settling_the_log_empties_it_and_fills_the_reserve(database: Database, path: Path) -> None:
    await database.write(add(1))
    log = path.with_name(path.name + "-wal")
    assert log.stat().st_size > 0
    await database.settle_log()
    assert log.stat().st_size == 0
    assert reserve_of(path).exists()

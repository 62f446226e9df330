"""The one writer: jobs from any loop queue up, and whatever waits is committed together.

Group commit without a timer: while one batch is synced to the disk the next one gathers. A caller gets its
result only after COMMIT has returned, so what it was told survives (docs/decisions/0002-one-writer.md).
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from gatepost.store.engine import Engine, EngineError, Fault, Tx
from gatepost.store.sqlite import SqliteEngine, SqliteTx, connect, faults, fill_reserve, with_deadline

T = TypeVar("T")

QUEUE_LIMIT = 10_000
BATCH_LIMIT = 256
READERS = 2
READ_SECONDS = 5.0
FAULT_SECONDS = 3.0
_LASTING = frozenset(
    {Fault.FULL, Fault.READ_ONLY, Fault.DAMAGED, Fault.MISSING, Fault.DISK, Fault.OTHER, Fault.LOCKED}
)
_DOUBTFUL = frozenset({Fault.DISK, Fault.DAMAGED, Fault.OTHER})  # what a connection holds may be wrong
_PAUSES = (0.0005, 0.005)  # seconds between two tries for the lock, at least and at most


class Undo(Exception):
    """Raised by a job to undo all it wrote and still hand back `value`."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


def nobody_knows(error: BaseException) -> bool:
    """Whether a write that ended so may have been committed, or be committed yet."""
    return not isinstance(error, EngineError) or error.fault is Fault.STUCK


@dataclass(slots=True, eq=False)
class _Job(Generic[T]):
    work: Callable[[Tx], T]
    expires: float  # monotonic
    urgent: bool
    loop: asyncio.AbstractEventLoop | None = None
    future: asyncio.Future[T] | None = None
    result: Any = None  # of type T once it ran, or what Undo handed back
    error: BaseException | None = None

    def given_up(self) -> bool:
        return self.future is not None and self.future.done()


class Database:
    """Writes through one thread, reads through a few. Usable from several loops and threads at once."""

    def __init__(
        self, path: Path, *, busy_seconds: float, engine: Engine | None = None, read_only: bool = False
    ) -> None:
        self.path = path
        self._busy = busy_seconds
        self._queue: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._closed = read_only
        self._read_only = read_only
        self._local = threading.local()
        self._fault: tuple[Fault | None, float] = (None, 0.0)
        self._connections: list[Any] = []
        self._readers = ThreadPoolExecutor(READERS, "store-read")
        self._writer: threading.Thread | None = None
        if not read_only:
            self._engine = engine or SqliteEngine(path)
            self._writer = threading.Thread(target=self._work, name="store-write", daemon=True)
            self._writer.start()

    async def write(self, work: Callable[[Tx], T], *, urgent: bool = False) -> T:
        """Run `work` in the writer's transaction and return its result once that is durable.

        An exception undoes this job alone. `urgent` jobs may use the space set aside for a full disk.
        Raises StoreError when the lock was not had in time, too much waits or the disk refuses: then nothing
        of the job is kept. Only when the disk itself hangs (Fault.STUCK), or the caller is cancelled, may a
        job that has begun still be committed.
        """
        job = self._enqueue(work, urgent)
        job.loop = loop = asyncio.get_running_loop()
        job.future = loop.create_future()
        limit = loop.call_later(self._busy * 2, _give_up, job.future)
        self._queue.put(job)
        try:
            return await job.future
        finally:
            limit.cancel()

    def post(self, work: Callable[[Tx], object]) -> None:
        """Queue `work` behind what waits, without waiting for its end. Its failure is not reported."""
        with contextlib.suppress(EngineError):
            self._queue.put(self._enqueue(work, urgent=True))

    def _enqueue(self, work: Callable[[Tx], T], urgent: bool) -> _Job[T]:
        if self._closed:
            raise EngineError(Fault.READ_ONLY if self._read_only else Fault.CLOSED)
        if self._queue.qsize() >= QUEUE_LIMIT:
            raise EngineError(Fault.BUSY)
        return _Job(work, time.monotonic() + self._busy, urgent)

    async def read(self, work: Callable[[Tx], T], *, seconds: float = READ_SECONDS) -> T:
        """Run `work` on a connection that only reads, in another thread.

        Sees all that was committed before the call. Raises StoreError when it runs past `seconds`.
        """
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(
                seconds + self._busy * 2
            ):  # SQLite can't end a read that the disk holds up
                return await loop.run_in_executor(self._readers, self._read, work, seconds)
        except TimeoutError as error:
            raise EngineError(Fault.STUCK) from error

    def _read(self, work: Callable[[Tx], T], seconds: float) -> T:
        connection = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = connect(self.path, read_only=True)
            self._connections.append(connection)
        with_deadline(connection, seconds)
        try:
            with faults():
                connection.execute("BEGIN")  # one state of the database for all that the job reads
                return work(SqliteTx(connection))
        except EngineError as error:
            if error.fault in _DOUBTFUL:
                self._local.connection = None
            raise
        finally:
            with contextlib.suppress(sqlite3.Error):
                connection.rollback()

    def recent_fault(self) -> Fault | None:
        """The lasting fault that a write met in the last seconds, unless a later write went well."""
        fault, at = self._fault
        return fault if fault in _LASTING and time.monotonic() - at < FAULT_SECONDS else None

    async def settle_log(self) -> None:
        """Bring the log into the file and empty it, so that what was deleted is gone; fill the reserve.

        Does what it can: a reader at work keeps its part of the log until it is done.
        """
        if not self._closed:
            await asyncio.get_running_loop().run_in_executor(self._readers, self._settle_log)

    def _settle_log(self) -> None:
        fill_reserve(self.path)
        with contextlib.closing(connect(self.path)) as connection, contextlib.suppress(EngineError), faults():
            connection.execute(f"PRAGMA busy_timeout = {int(self._busy * 1000)}")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def close(self) -> None:
        """Finish what waits, then close the connections. Later writes raise StoreError."""
        await asyncio.get_running_loop().run_in_executor(None, self.close_now)

    def close_now(self) -> None:
        """As `close`, for callers without a loop; blocks until the last batch is durable."""
        self._closed = True
        if self._writer is not None and self._writer.is_alive():
            self._queue.put(None)
            self._writer.join(self._busy * 2)
        self._readers.shutdown(wait=True, cancel_futures=True)
        for connection in self._connections:
            connection.close()

    # --- the writer's thread ---------------------------------------------------------------------

    def _work(self) -> None:
        going = True
        while going:
            job = self._queue.get()
            if job is None:
                break
            batch = [job]
            try:
                tx = self._begin(batch)
                if tx is not None:
                    going = self._gather(batch)
                    self._commit_all(tx, batch)
            except Exception as error:  # whatever it is, the writer must live on: every sender waits for it
                _fail(batch, EngineError(Fault.OTHER, type(error).__name__))
                self._mend(EngineError(Fault.OTHER))
            _hand_back(batch)
        self._drop_the_rest()
        self._engine.close()

    def _begin(self, batch: list[_Job[Any]]) -> Tx | None:
        """Get the write lock before the batch's deadline, or give the batch its error."""
        until = max(job.expires for job in batch)
        pause = _PAUSES[0]
        while True:
            try:
                return self._engine.begin()
            except EngineError as error:
                if error.fault is not Fault.LOCKED or time.monotonic() >= until:
                    _fail(batch, error)
                    self._mend(error)
                    return None
            # Not in step with the other processes that wait: who sleeps the same sleeps in vain.
            time.sleep(pause * (0.5 + random.random()))  # noqa: S311 - spreads load, guards nothing
            pause = min(pause * 1.5, _PAUSES[1])

    def _gather(self, batch: list[_Job[Any]]) -> bool:
        """Add what else waits; False when the store is closing."""
        while len(batch) < BATCH_LIMIT:
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return True
            if job is None:
                return False
            batch.append(job)
        return True

    def _commit_all(self, tx: Tx, batch: list[_Job[Any]]) -> None:
        error = self._attempt(tx, batch)
        if error is None:
            return
        self._mend(error)
        urgent = [job for job in batch if job.urgent]
        if error.fault is Fault.FULL and urgent and self._give_way():
            again = self._begin(urgent)
            if again is not None:
                self._retry(again, urgent)

    def _retry(self, tx: Tx, batch: list[_Job[Any]]) -> None:
        for job in batch:
            job.error = None
        error = self._attempt(tx, batch)
        if error is not None:
            self._mend(error)

    def _attempt(self, tx: Tx, batch: list[_Job[Any]]) -> EngineError | None:
        """Run the jobs and commit. On a fault of the database every job has it as its error."""
        try:
            for job in batch:
                self._run(tx, job)
            self._engine.commit()
            self._fault = (None, 0.0)
        except EngineError as error:
            with contextlib.suppress(EngineError):
                self._engine.rollback()
            _fail(batch, error)
            return error
        return None

    def _run(self, tx: Tx, job: _Job[Any]) -> None:
        if job.given_up():
            return
        self._engine.set_point()
        try:
            job.result = job.work(tx)
        except EngineError:
            raise  # the database itself: nothing of the batch is safe
        except Undo as undo:
            job.result = undo.value
        except Exception as error:  # the job's own failure goes to whoever asked for it
            job.error = error
        else:
            self._engine.keep_point()
            return
        if not self._engine.undo_point():
            raise EngineError(Fault.OTHER, "the transaction was rolled back")

    def _give_way(self) -> bool:
        try:
            return self._engine.give_way()
        except EngineError:
            return False

    def _mend(self, error: EngineError) -> None:
        """Remember a fault; after one that leaves the connection doubtful, go on with a new one."""
        self._fault = (error.fault, time.monotonic())
        if error.fault in _DOUBTFUL:
            with contextlib.suppress(EngineError):
                self._engine.reopen()

    def _drop_the_rest(self) -> None:
        rest: list[_Job[Any]] = []
        with contextlib.suppress(queue.Empty):
            while True:
                job = self._queue.get_nowait()
                if job is not None:
                    rest.append(job)
        _fail(rest, EngineError(Fault.CLOSED))
        _hand_back(rest)


def _give_up(future: asyncio.Future[Any]) -> None:
    if not future.done():
        future.set_exception(EngineError(Fault.STUCK))


def _fail(batch: Iterable[_Job[Any]], error: EngineError) -> None:
    for job in batch:
        job.error = error


def _hand_back(batch: Iterable[_Job[Any]]) -> None:
    """Wake each loop once for all of its callers."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Job[Any]]] = {}
    for job in batch:
        if job.loop is not None:
            by_loop.setdefault(job.loop, []).append(job)
    for loop, jobs in by_loop.items():
        with contextlib.suppress(RuntimeError):  # that loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_deliver, jobs)


def _deliver(jobs: list[_Job[Any]]) -> None:
    for job in jobs:
        if job.future is None or job.future.done():
            continue
        if job.error is not None:
            job.future.set_exception(job.error)
        else:
            job.future.set_result(job.result)

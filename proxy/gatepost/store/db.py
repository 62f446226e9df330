"""The one writer: jobs from any loop queue up, and whatever waits is committed together.

Group commit without a timer: while one batch is synced to the disk the next one gathers. A caller gets its
result only after COMMIT has returned, so what it was told survives (docs/decisions/0002-one-writer.md).
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from gatepost.store.engine import Engine, EngineError, Fault, Reader, Tx
from gatepost.store.home import Home

T = TypeVar("T")

QUEUE_LIMIT = 10_000
BATCH_LIMIT = 256
READERS = 2
READ_SECONDS = 5.0
FAULT_SECONDS = 3.0
_LASTING = frozenset(
    {
        Fault.FULL,
        Fault.READ_ONLY,
        Fault.DAMAGED,
        Fault.MISSING,
        Fault.DISK,
        Fault.OTHER,
        Fault.LOCKED,
        Fault.AWAY,
    }
)
_DOUBTFUL = frozenset({Fault.DISK, Fault.DAMAGED, Fault.OTHER})  # what a connection holds may be wrong
_PAUSES = {Fault.LOCKED: (0.0005, 0.005), Fault.AWAY: (0.02, 0.5)}
"""Seconds between two tries to begin, at least and at most, after faults that pass."""
_UNKNOWN = frozenset({Fault.STUCK, Fault.DOUBT})
_NEVER = frozenset({Fault.CLOSED})
_AGAIN_SECONDS = 0.5
"""After which a posted job that failed with the database is tried again."""


class Undo(Exception):
    """Raised by a job to undo all it wrote and still hand back `value`."""

    def __init__(self, value: object) -> None:
        super().__init__()
        self.value = value


def nobody_knows(error: BaseException) -> bool:
    """Whether a write that ended so may have been committed, or be committed yet."""
    return not isinstance(error, EngineError) or error.fault in _UNKNOWN


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
        self, home: Home, *, busy_seconds: float, engine: Engine | None = None, read_only: bool = False
    ) -> None:
        self.home = home
        self._busy = busy_seconds
        self._queue: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._closed = read_only
        self._read_only = read_only
        self._local = threading.local()
        self._fault: tuple[Fault | None, float] = (None, 0.0)
        self._open_readers: list[Reader] = []
        self._again: deque[tuple[float, _Job[Any]]] = deque(maxlen=QUEUE_LIMIT)
        self._readers = ThreadPoolExecutor(READERS, "store-read")
        self._writer: threading.Thread | None = None
        if not read_only:
            self._engine = engine or home.engine(busy_seconds=busy_seconds)
            self._writer = threading.Thread(target=self._work, name="store-write", daemon=True)
            self._writer.start()

    async def write(self, work: Callable[[Tx], T], *, urgent: bool = False) -> T:
        """Run `work` in the writer's transaction and return its result once that is durable.

        An exception undoes this job alone. `urgent` jobs may use the space set aside for a full disk.
        Raises StoreError when the lock was not had in time, too much waits or the disk refuses: then nothing
        of the job is kept. Only when the disk itself hangs (Fault.STUCK), a server is lost in the very commit
        (Fault.DOUBT) or the caller is cancelled may a job that has begun be committed all the same.
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

    async def write_until_none(self, work: Callable[[Tx], int], *, urgent: bool = False) -> int:
        """Run `work`, that does a bounded part, until it says that none was left; the sum of what it did.

        Each part is a transaction of its own: others write in between, and what was done stays done.
        """
        total = 0
        while done := await self.write(work, urgent=urgent):
            total += done
        return total

    def post(self, work: Callable[[Tx], object]) -> None:
        """Queue `work` behind what waits, without waiting for its end. Its own failure is not reported.

        When the database fails it is tried again until it works, or the store is closed.
        """
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
        try:
            return self._read_once(work, seconds)
        except EngineError as error:  # a connection may have ended under it: reading twice does no harm
            if error.fault is not Fault.AWAY:
                raise
        return self._read_once(work, seconds)

    def _read_once(self, work: Callable[[Tx], T], seconds: float) -> T:
        reader: Reader | None = getattr(self._local, "reader", None)
        if reader is None:
            reader = self._local.reader = self.home.reader()
            self._open_readers.append(reader)
        try:
            return work(reader.begin(seconds))
        except EngineError as error:
            if error.fault in _DOUBTFUL:
                self._local.reader = None
                self._open_readers.remove(reader)
                reader.close()
            raise
        finally:
            reader.end()

    def recent_fault(self) -> Fault | None:
        """The lasting fault that a write met in the last seconds, unless a later write went well."""
        fault, at = self._fault
        return fault if fault in _LASTING and time.monotonic() - at < FAULT_SECONDS else None

    async def settle_log(self, *, thoroughly: bool = False) -> None:
        """Make what was deleted be gone, as far as the database lets us; set its reserves aside anew."""
        if not self._closed:
            work = partial(self.home.tidy, busy_seconds=self._busy, thoroughly=thoroughly)
            await asyncio.get_running_loop().run_in_executor(self._readers, work)

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
        for reader in self._open_readers:
            reader.close()

    # --- the writer's thread ---------------------------------------------------------------------

    def _work(self) -> None:
        going = True
        while going:
            job = self._next()
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
            self._keep_posted(batch)
            _hand_back(batch)
        self._drop_the_rest()
        self._engine.close()

    def _next(self) -> _Job[Any] | None:
        """The next job that waits, or a posted one whose time to be tried again has come."""
        while True:
            wait = max(0.0, self._again[0][0] - time.monotonic()) if self._again else None
            if wait == 0:
                return self._once_more()
            with contextlib.suppress(queue.Empty):
                job = self._queue.get(timeout=wait)
                if job is None or not job.given_up():
                    return job

    def _once_more(self) -> _Job[Any]:
        job = self._again.popleft()[1]
        job.error, job.expires = None, time.monotonic() + self._busy
        return job

    def _keep_posted(self, batch: Iterable[_Job[Any]]) -> None:
        """Nobody waits for a posted job, so nobody would try it again but we."""
        at = time.monotonic() + _AGAIN_SECONDS
        for job in batch:
            if job.future is None and isinstance(job.error, EngineError) and job.error.fault not in _NEVER:
                self._again.append((at, job))

    def _begin(self, batch: list[_Job[Any]]) -> Tx | None:
        """Get the write lock before the batch's deadline, or give the batch its error."""
        until = max(job.expires for job in batch)
        pause = 0.0
        while True:
            try:
                return self._engine.begin()
            except EngineError as error:
                if error.fault not in _PAUSES or time.monotonic() >= until:
                    _fail(batch, error)
                    self._mend(error)
                    return None
                least, most = _PAUSES[error.fault]
                if error.fault is Fault.AWAY:  # not a moment's wait: say so to whoever asks
                    self._fault = (error.fault, time.monotonic())
            # Not in step with the other processes that wait: who sleeps the same sleeps in vain.
            pause = min(max(pause * 1.5, least), most)
            time.sleep(pause * (0.5 + random.random()))  # noqa: S311 - spreads load, guards nothing

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
        match error.fault:
            case Fault.FULL:
                urgent = [job for job in batch if job.urgent]
                if urgent and self._give_way():
                    self._retry(urgent)
            case Fault.AWAY:  # before the commit: nothing of it is kept, all of it can be done again
                self._retry(batch)
            case Fault.CONFLICT:  # alone each has less that another could want at the same time
                for job in batch:
                    self._retry([job])
            case _:
                pass

    def _retry(self, batch: list[_Job[Any]]) -> None:
        """Try a batch once more, and as often as it meets another gateway until its time is over."""
        while True:
            for job in batch:
                job.error = None
            tx = self._begin(batch)
            error = None if tx is None else self._attempt(tx, batch)
            if error is None:
                return
            self._mend(error)
            if error.fault is not Fault.CONFLICT or time.monotonic() >= max(job.expires for job in batch):
                return

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

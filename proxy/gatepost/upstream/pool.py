"""A bounded set of connections to one relay, kept between mails.

A connection is one user's at a time. It is kept only when it is provably in step, and only so long; a
relay that can't be reached is left alone for a moment, so that its return is no stampede.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from gatepost.config.schema import Relay
from gatepost.errors import TryLater
from gatepost.upstream.connect import Unreachable
from gatepost.upstream.line import Broken, Line

MOST_WAITING = 1_000
"""Mails that wait for a connection; one more is told to try later at once."""

LONGEST_LIFE_SECONDS = 600.0
"""Of a connection: a relay behind a load balancer is found anew after it."""

_PAUSES = (0.05, 0.25, 0.5, 1.0, 2.0, 4.0)
"""Seconds in which a relay that failed gets no new connection, after so many failures in a row."""

_CLOSING_SECONDS = 1.5

Connect = Callable[[], Awaitable[Line]]


@dataclass(frozen=True, slots=True)
class PoolStatus:
    """What a pool holds now."""

    busy: int
    idle: int
    waiting: int
    failures: int  # of new connections, in a row


class Pool:
    """The connections to one relay; all users of one process share it."""

    def __init__(self, settings: Relay) -> None:
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.connections)
        self._idle: deque[Line] = deque()  # the one used last is at the right
        self._busy = self._waiting = self._failures = 0
        self._not_before = 0.0
        self._sweeper: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def status(self) -> PoolStatus:
        """What the pool holds now."""
        return PoolStatus(self._busy, len(self._idle), self._waiting, self._failures)

    def lease(self, key: str, connect: Connect) -> Lease:
        """A connection for one mail, of those kept under `key` or a new one: `async with` it."""
        return Lease(self, key, connect)

    async def close(self) -> None:
        """Say goodbye on all idle connections; those in use follow as they come back."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        leaving = list(self._idle)
        self._idle.clear()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSING_SECONDS):
                for line in leaving:
                    line.leave()
                for line in leaving:
                    await line.gone.wait()

    async def take(self, key: str, connect: Connect) -> Line:
        """Get a connection. Raises TryLater when none is free in time, Unreachable when none can be made."""
        await self._slot()
        self._busy += 1
        try:
            return self._kept(key) or await self.fresh(connect)
        except BaseException:
            self._release()
            raise

    async def fresh(self, connect: Connect) -> Line:
        """A new connection for someone who has a slot."""
        loop = asyncio.get_running_loop()
        if loop.time() < self._not_before:
            raise TryLater("the relay could not be reached a moment ago")
        if self._idle and self._busy + len(self._idle) > self._settings.connections:
            self._idle.popleft().leave()  # another login's: the bound holds for all of them
        try:
            return await connect()
        except Unreachable as error:
            if not error.personal:
                self.note_failure()
            raise

    def note_failure(self) -> None:
        """Leave the relay alone for a moment: a new connection to it failed, or broke at its first mail."""
        now = asyncio.get_running_loop().time()
        if now >= self._not_before:  # of many at once, one counts
            self._not_before = now + _PAUSES[min(self._failures, len(_PAUSES) - 1)]
            self._failures += 1

    def give_back(self, line: Line) -> None:
        """End the use of a connection: kept if it is in step and young enough."""
        self._release()
        now = asyncio.get_running_loop().time()
        if not line.usable:
            line.abort()
            return
        self._failures = 0
        if self._closed or self._is_spent(line, now):
            line.leave()
        else:
            line.idle_since, line.kept = now, True
            self._idle.append(line)
            if self._sweeper is None:
                self._sweep()

    async def _slot(self) -> None:
        if self._closed:
            raise TryLater("the gateway is stopping")
        if not self._slots.locked():
            await self._slots.acquire()
            return
        if self._waiting >= MOST_WAITING:
            raise TryLater("too many mails wait for the relay")
        self._waiting += 1
        try:
            async with asyncio.timeout(self._settings.connect_seconds):
                await self._slots.acquire()
        except TimeoutError:
            raise TryLater("no connection to the relay is free") from None
        finally:
            self._waiting -= 1

    def _release(self) -> None:
        self._busy -= 1
        self._slots.release()

    def _kept(self, key: str) -> Line | None:
        now = asyncio.get_running_loop().time()
        for at in range(len(self._idle) - 1, -1, -1):
            line = self._idle[at]
            if line.key != key and line.usable:
                continue
            del self._idle[at]
            if not line.usable:
                line.abort()
            elif self._is_spent(line, now) or now - line.idle_since > self._settings.idle_seconds:
                line.leave()
            else:
                return line
        return None

    def _is_spent(self, line: Line, now: float) -> bool:
        too_old = now - line.opened_at > LONGEST_LIFE_SECONDS
        return too_old or line.messages >= self._settings.messages_per_connection

    def _sweep(self) -> None:
        """Let go what has been idle too long; look again while anything is idle."""
        loop = asyncio.get_running_loop()
        self._sweeper = None
        seconds = self._settings.idle_seconds
        while self._idle and loop.time() - self._idle[0].idle_since >= seconds:
            self._idle.popleft().leave()
        if self._idle:
            self._sweeper = loop.call_at(self._idle[0].idle_since + seconds, self._sweep)


class Lease:
    """The use of one connection for one mail."""

    def __init__(self, pool: Pool, key: str, connect: Connect) -> None:
        self._pool, self._key, self._connect = pool, key, connect
        self._line: Line | None = None

    @property
    def line(self) -> Line:
        """The connection; there is one inside `async with`."""
        if self._line is None:
            raise RuntimeError("no connection is leased")
        return self._line

    async def renew(self) -> Line:
        """A new connection in place of one that turned out to be stale."""
        self.line.abort()
        self._line = await self._pool.fresh(self._connect)
        return self._line

    async def __aenter__(self) -> Self:
        self._line = await self._pool.take(self._key, self._connect)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.give_back(self.line)
        if isinstance(error, Broken):
            self._pool.note_failure()

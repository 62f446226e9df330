"""Work that must outlive whoever asked for it: supervised tasks that are never lost and never silent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class Tasks:
    """A bounded set of running tasks. A failure is reported, a stop waits for them all.

    Cancelling whoever waits for a task does not cancel the task.
    """

    def __init__(self, on_failure: Callable[[str, BaseException], None], limit: int = 10_000) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._on_failure, self._limit = on_failure, limit

    def __len__(self) -> int:
        return len(self._running)

    @property
    def full(self) -> bool:
        """Whether no further task is taken."""
        return len(self._running) >= self._limit

    def start(self, work: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Start `work` now; wait for the result with `asyncio.shield` if it must go on without you."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._on_failure(task.get_name(), error)

    async def drain(self, seconds: float) -> int:
        """Wait until all have ended, at most `seconds`; cancel the rest and return how many were cut off."""
        if not self._running:
            return 0
        _, late = await asyncio.wait(self._running, timeout=seconds)
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=5)
        return len(late)

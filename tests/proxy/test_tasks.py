from __future__ import annotations

import asyncio

import pytest

from gatepost.tasks import Tasks


class Failures:
    def __init__(self) -> None:
        self.seen: list[tuple[str, str]] = []

    def __call__(self, name: str, error: BaseException) -> None:
        self.seen.append((name, str(error)))


async def test_a_result_comes_back() -> None:
    async def work() -> int:
        return 7

    tasks = Tasks(Failures())
    assert await tasks.start(work(), "seven") == 7
    await tasks.drain(1)
    assert len(tasks) == 0


async def test_a_failure_is_reported_by_name_even_when_nobody_waits() -> None:
    async def work() -> None:
        raise ValueError("no")

    failures = Failures()
    tasks = Tasks(failures)
    tasks.start(work(), "broken")
    assert await tasks.drain(1) == 0
    assert failures.seen == [("broken", "no")]


async def test_whoever_waits_can_leave_and_the_work_goes_on() -> None:
    go, done = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        await go.wait()
        done.set()

    tasks = Tasks(Failures())
    waiter = asyncio.ensure_future(asyncio.shield(tasks.start(work(), "slow")))
    await asyncio.sleep(0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    go.set()
    await tasks.drain(1)
    assert done.is_set()


async def test_a_stop_cuts_off_what_does_not_end() -> None:
    failures = Failures()
    tasks = Tasks(failures)
    endless = tasks.start(asyncio.Event().wait(), "endless")
    assert await tasks.drain(0.01) == 1
    assert endless.cancelled()
    assert failures.seen == []


async def test_the_number_of_tasks_has_a_bound_to_ask_for() -> None:
    tasks = Tasks(Failures(), limit=1)
    assert not tasks.full
    tasks.start(asyncio.Event().wait(), "one")
    assert tasks.full
    await tasks.drain(0)
    assert not tasks.full

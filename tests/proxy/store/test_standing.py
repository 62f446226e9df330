from __future__ import annotations

from datetime import timedelta

from gatepost.ports import Standing
from gatepost.store import Store
from gatepost.store.standing import SqlStandings
from kit.arrivals import ALIAS
from kit.ports import StillClock


async def test_a_thread_of_long_ago_is_told_no_more(store: Store, clock: StillClock) -> None:
    standings = SqlStandings(store.threads, store.breaker, timedelta(days=30))
    await store.threads.remember(["q1@amazon.com"], ALIAS)
    clock.pass_by(days=30)
    assert (await standings.standing(["q1@amazon.com"], [ALIAS])).answers
    clock.pass_by(seconds=1)
    assert not (await standings.standing(["q1@amazon.com"], [ALIAS])).answers


async def test_the_thread_and_the_breaker_are_told_together(store: Store) -> None:
    standings = SqlStandings(store.threads, store.breaker, timedelta(days=30))
    assert await standings.standing(["q1@amazon.com"], [ALIAS]) == Standing()
    await store.threads.remember(["q1@amazon.com"], ALIAS)
    await store.breaker.trip(by="amazon", reason="restricted by Amazon")
    told = await standings.standing(["q1@amazon.com"], [ALIAS])
    assert told == Standing(answers=True, restricted="since 2026-11-23: restricted by Amazon")

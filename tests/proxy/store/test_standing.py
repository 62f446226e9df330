from __future__ import annotations

from datetime import timedelta

from gatepost.ports import Standing
from gatepost.store import Store
from gatepost.store.standing import SqlStandings
from kit.arrivals import ALIAS


async def test_the_thread_and_the_breaker_are_told_together(store: Store) -> None:
    standings = SqlStandings(store.threads, store.breaker, timedelta(days=30))
    assert await standings.standing(["q1@amazon.com"], [ALIAS]) == Standing()
    await store.threads.remember(["q1@amazon.com"], ALIAS)
    await store.breaker.trip(by="amazon", reason="restricted by Amazon")
    told = await standings.standing(["q1@amazon.com"], [ALIAS])
    assert told == Standing(answers=True, restricted="since 2026-11-23: restricted by Amazon")

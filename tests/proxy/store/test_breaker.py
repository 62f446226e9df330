from __future__ import annotations

import pytest

from gatepost.errors import StateError
from gatepost.store import Home, Store
from kit.ports import StillClock
from kit.stores import open_store


async def test_it_stays_tripped_with_its_first_reason_until_a_person_resets_it(store: Store) -> None:
    assert await store.breaker.tripped() is None
    assert await store.breaker.trip(by="amazon", reason="restricted")
    assert not await store.breaker.trip(by="ann", reason="again")
    tripped = await store.breaker.tripped()
    assert tripped is not None
    assert (tripped.by, tripped.reason) == ("amazon", "restricted")
    await store.breaker.reset(by="ann", reason="Amazon lifted it")
    assert await store.breaker.tripped() is None
    deeds = [(deed.what, deed.by, deed.details["reason"]) for deed in await store.audit.list()]
    assert deeds == [
        ("breaker.reset", "ann", "Amazon lifted it"),
        ("breaker.tripped", "amazon", "restricted"),
    ]


async def test_a_reset_needs_a_reason_and_a_breaker_that_is_tripped(store: Store) -> None:
    with pytest.raises(StateError, match="not tripped"):
        await store.breaker.reset(by="ann", reason="because")
    await store.breaker.trip(by="amazon", reason="restricted")
    with pytest.raises(StateError, match="say why"):
        await store.breaker.reset(by="ann", reason=" ")
    assert await store.breaker.tripped() is not None


async def test_another_process_hears_of_it_within_seconds(
    home: Home, store: Store, clock: StillClock
) -> None:
    async with await open_store(home, clock) as other:
        assert await other.breaker.tripped() is None
        await store.breaker.trip(by="amazon", reason="restricted")
        assert await other.breaker.tripped(fresh=True) is not None
        await store.breaker.reset(by="ann", reason="over")
        clock.pass_by(seconds=2)
        assert await other.breaker.tripped() is None

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.directory import Wanted
from gatepost.model import ClaimState, Entry, MessageState, OrderId, Session
from gatepost.store import Store
from gatepost.store.listing import _key
from kit.messages import ORDER, RAW, finding
from kit.ports import StillClock
from kit.stores import an_entry, relayed


async def arrive(store: Store, clock: StillClock, id: str, **changes: object) -> Entry:
    entry = replace(
        an_entry(id, MessageState.HELD, findings=[finding()]),
        received_at=clock.now(),
        **changes,  # type: ignore[arg-type]  # fields by name
    )
    await store.journal.open(entry, raw=RAW)
    return entry


async def walk(store: Store, wanted: Wanted, limit: int = 2) -> list[str]:
    ids: list[str] = []
    after = ""
    while True:
        part = await store.listing.messages(wanted, limit=limit, after=after)
        ids += [entry.id for entry in part.entries]
        if not (after := part.next):
            return ids


async def test_pages_hold_every_row_once_though_times_are_the_same(store: Store, clock: StillClock) -> None:
    for number in range(7):
        clock.pass_by(seconds=number % 2)
        await arrive(store, clock, f"m{number}")

    assert sorted(await walk(store, Wanted())) == [f"m{number}" for number in range(7)]
    assert await walk(store, Wanted()) == await walk(store, Wanted(), limit=50)


async def test_the_most_urgent_come_first_and_those_without_a_deadline_last(
    store: Store, clock: StillClock
) -> None:
    now = clock.now()
    for id, hours in (("a", 5), ("b", 1), ("c", None), ("d", 3)):
        await arrive(store, clock, id, deadline_at=now + timedelta(hours=hours) if hours else None)

    assert await walk(store, Wanted(urgent_first=True)) == ["b", "d", "a", "c"]


async def test_a_row_that_comes_meanwhile_shifts_nothing(store: Store, clock: StillClock) -> None:
    for number in range(4):
        clock.pass_by(seconds=1)
        await arrive(store, clock, f"m{number}")
    first = await store.listing.messages(Wanted(), limit=2, after="")
    clock.pass_by(seconds=1)
    await arrive(store, clock, "late")
    second = await store.listing.messages(Wanted(), limit=2, after=first.next)

    assert [entry.id for entry in (*first.entries, *second.entries)] == ["m3", "m2", "m1", "m0"]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(states=frozenset({MessageState.HELD})), ["m1"]),
        (Wanted(states=frozenset({MessageState.RELAYED, MessageState.REFUSED})), ["m2"]),
        (Wanted(rule="p1-external-link"), ["m1"]),
        (Wanted(rule="no-such"), []),
        (Wanted(clause="P1"), ["m1"]),
        (Wanted(clause="P9"), []),
        (Wanted(order=ORDER), ["m1"]),
        (Wanted(sender="SHOP.example"), ["m1", "m2"]),
        (Wanted(sender="%"), []),
        (Wanted(text="order 112"), ["m1", "m2"]),
        (Wanted(account="desk"), ["m1"]),
        (Wanted(account="des%"), []),
        (Wanted(account="nobody", email="help@shop.example"), ["m1", "m2"]),
    ],
)
async def test_filters_narrow(store: Store, clock: StillClock, wanted: Wanted, found: list[str]) -> None:
    session = Session("192.0.2.1", "desk.example", "ESMTPA", "desk")
    await arrive(store, clock, "m1", order_ids=(OrderId(ORDER),), session=session)
    await relayed(store, "m2")

    assert sorted(await walk(store, wanted)) == found


async def test_times_bound_a_list(store: Store, clock: StillClock) -> None:
    start = clock.now()
    for number in range(3):
        await arrive(store, clock, f"m{number}")
        clock.pass_by(hours=1)
    wanted = Wanted(since=start + timedelta(minutes=1), until=start + timedelta(hours=2))

    assert await walk(store, wanted) == ["m1"]


async def test_the_ledger_goes_on_behind_its_last_row(store: Store) -> None:
    for number in range(3):
        await relayed(store, f"m{number}", orders=[OrderId(f"112-1234567-123456{number}")])
    first, after = await store.listing.claims(limit=2, after="")
    rest, end = await store.listing.claims(limit=2, after=after)

    assert len({claim.order for claim in (*first, *rest)}) == 3
    assert {claim.state for claim in first} == {ClaimState.CONFIRMED}
    assert end == ""


async def test_the_ledger_is_narrowed_to_a_state(store: Store) -> None:
    await relayed(store, orders=[OrderId(ORDER)])
    counts = {
        state: len((await store.listing.claims(limit=5, after="", state=state))[0]) for state in ClaimState
    }
    assert counts == {state: int(state is ClaimState.CONFIRMED) for state in ClaimState}


@given(st.text())
def test_a_cursor_of_nobodys_is_refused_and_breaks_nothing(after: str) -> None:
    with pytest.raises(ValueError, match="cursor"):
        _key("!" + after, int, str)

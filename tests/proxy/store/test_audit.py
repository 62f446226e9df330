from __future__ import annotations

import asyncio

import pytest

from gatepost.store import Store
from kit.ports import StillClock


async def three_deeds(store: Store, clock: StillClock) -> None:
    for number in range(3):
        clock.pass_by(seconds=1)
        details = {"number": str(number)}
        await store.audit.append(by="ada", what="user.added", subject=f"u{number}", details=details)


async def tamper(store: Store, sql: str) -> None:
    await store.db.write(lambda tx: tx.change(sql))


async def test_the_trail_is_listed_newest_first_and_in_pages(store: Store, clock: StillClock) -> None:
    await three_deeds(store, clock)
    first = await store.audit.list(limit=2)
    assert [deed.subject for deed in first] == ["u2", "u1"]
    [last] = await store.audit.list(limit=2, before=first[-1].seq)
    assert (last.seq, last.by, last.what, last.details) == (1, "ada", "user.added", {"number": "0"})


async def test_the_trail_of_one_subject_can_be_asked_for(store: Store, clock: StillClock) -> None:
    await three_deeds(store, clock)
    assert [deed.seq for deed in await store.audit.list(subject="u1")] == [2]


async def test_an_untouched_trail_fits(store: Store, clock: StillClock) -> None:
    await three_deeds(store, clock)
    trail = await store.audit.verify()
    newest = (await store.audit.list(limit=1))[0]
    assert (trail.rows, trail.head, trail.broken_at) == (3, newest.hash, None)


async def test_an_empty_trail_fits(store: Store) -> None:
    assert (await store.audit.verify()).broken_at is None


@pytest.mark.parametrize(
    ("sql", "row"),
    [
        ("UPDATE audit SET by_whom = 'eve' WHERE seq = 2", 2),
        ("UPDATE audit SET at = at + 1 WHERE seq = 1", 1),
        ("UPDATE audit SET details = '{}' WHERE seq = 3", 3),
        ("DELETE FROM audit WHERE seq = 1", 1),
        ("DELETE FROM audit WHERE seq = 2", 2),
    ],
    ids=["who", "when", "details", "first row gone", "row gone"],
)
async def test_a_changed_trail_does_not_fit(store: Store, clock: StillClock, sql: str, row: int) -> None:
    await three_deeds(store, clock)
    await tamper(store, sql)
    assert (await store.audit.verify()).broken_at == row


async def test_deeds_at_the_same_time_make_one_chain(store: Store) -> None:
    deeds = (store.audit.append(by="ada", what="x", subject=str(number)) for number in range(50))
    await asyncio.gather(*deeds)
    trail = await store.audit.verify()
    assert (trail.rows, trail.broken_at) == (50, None)

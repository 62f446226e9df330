from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from gatepost.model import OrderId
from gatepost.orderdata import Kind, ShipmentLine
from gatepost.store import Home, Store, feedentries
from kit.ports import StillClock
from kit.stores import open_store

ID = OrderId("112-1234567-1234567")
SENT = ShipmentLine(ID, date(2026, 11, 19), "UPS", "1Z12345E0205271688")


async def test_a_shipment_is_recorded_once_and_known_of_its_order(store: Store) -> None:
    assert await store.feed_entries.record(SENT, by="ada")
    assert not await store.feed_entries.record(SENT, by="eve")
    [entry] = await store.feed_entries.waiting(Kind.SHIPPING)
    assert (entry.line, entry.by) == (SENT, "ada")
    assert list(await store.orders.lines([ID])) == [SENT]


async def test_what_was_exported_waits_no_more(store: Store) -> None:
    await store.feed_entries.record(SENT, by="ada")
    waiting = await store.feed_entries.waiting(Kind.SHIPPING)
    await store.feed_entries.begin(waiting, "/f.txt")
    assert [entry.exported_in for entry in await store.feed_entries.waiting(Kind.SHIPPING)] == ["/f.txt"]
    await store.feed_entries.finish(waiting, "/f.txt", by="ada")
    assert await store.feed_entries.waiting(Kind.SHIPPING) == []
    assert [entry.line for entry in await store.feed_entries.exported("/f.txt")] == [SENT]
    assert {deed.what for deed in await store.audit.list()} == {"feeds.record", "feeds.write"}


async def test_a_feed_without_a_mail_is_told(store: Store) -> None:
    await store.feed_entries.record(SENT, by="ada")
    unequal = await store.feed_entries.unequal()
    assert (unequal.told_only, unequal.confirmed_only) == ([], [ID])


async def test_of_two_processes_that_take_what_waits_one_has_it(
    home: Home, store: Store, clock: StillClock
) -> None:
    await store.feed_entries.record(SENT, by="ada")
    async with await open_store(home, clock) as other:
        both = zip((store, other), ("one.txt", "two.txt"), strict=True)
        taken = await asyncio.gather(
            *(each.feed_entries.take(Kind.SHIPPING, name, by="ada") for each, name in both)
        )
    assert sorted(taken) == [0, 1]
    [feed] = await store.feed_entries.written()
    assert [entry.line for entry in await store.feed_entries.exported(feed.name)] == [SENT]
    assert (feed.kind, feed.entries) == (Kind.SHIPPING, 1)
    deeds = [(deed.what, deed.subject) for deed in await store.audit.list()]
    assert deeds == [("feeds.write", feed.name), ("feeds.record", ID)]


async def test_what_a_command_writes_just_now_is_not_taken(store: Store) -> None:
    await store.feed_entries.record(SENT, by="ada")
    waiting = await store.feed_entries.waiting(Kind.SHIPPING)
    assert await store.feed_entries.begin(waiting, "/f.txt") == waiting
    assert await store.feed_entries.take(Kind.SHIPPING, "one.txt", by="ada") == 0
    await store.feed_entries.leave(waiting)
    assert await store.feed_entries.take(Kind.SHIPPING, "one.txt", by="ada") == 1


async def test_what_a_command_writes_does_not_stand_before_the_rest(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feedentries, "MOST_TAKEN", 1)
    await store.feed_entries.record(SENT, by="ada")
    await store.feed_entries.begin(await store.feed_entries.waiting(Kind.SHIPPING), "/f.txt")
    for order in ("112-1234567-7654321", "113-1234567-7654321"):
        await store.feed_entries.record(replace(SENT, order=OrderId(order)), by="ada")
    taken = [await store.feed_entries.take(Kind.SHIPPING, f"{number}.txt", by="ada") for number in range(3)]
    assert taken == [1, 1, 0]


async def test_what_was_taken_is_not_begun(store: Store) -> None:
    await store.feed_entries.record(SENT, by="ada")
    waiting = await store.feed_entries.waiting(Kind.SHIPPING)
    await store.feed_entries.take(Kind.SHIPPING, "one.txt", by="eve")
    assert await store.feed_entries.begin(waiting, "/f.txt") == []
    assert [feed.name for feed in await store.feed_entries.written()] == ["one.txt"]

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gatepost.errors import StateError
from gatepost.model import MessageId
from gatepost.store import Store, allowances
from kit.messages import allowance
from kit.ports import StillClock
from kit.stores import open_store


async def test_an_exception_holds_until_its_end(store: Store, clock: StillClock) -> None:
    made = allowance(sender="help@shop.example", words="20% off", message=MessageId("m1"))
    await store.allowances.allow(made)
    assert await store.allowances.known() == [made]
    clock.pass_by(days=7)
    assert await store.allowances.known() == []
    assert await store.allowances.list() == [made]


async def test_an_exception_is_ended_before_its_time(store: Store) -> None:
    await store.allowances.allow(allowance())
    await store.allowances.end("e1", by="ada")
    assert await store.allowances.known() == []
    (ended,) = await store.allowances.list()
    assert (ended.ended_by, ended.ended_at) == ("ada", ended.at)
    with pytest.raises(StateError, match="not in force"):
        await store.allowances.end("e1", by="ada")


async def test_what_was_allowed_and_why_stands_in_the_trail(store: Store) -> None:
    await store.allowances.allow(allowance())
    await store.allowances.end("e1", by="ada")
    ended, made = await store.audit.list()
    assert (made.what, made.subject, made.details["reason"]) == (
        "exception.made",
        "e1",
        "the carrier's own page",
    )
    assert (ended.what, ended.subject) == ("exception.ended", "e1")


async def test_a_sender_is_kept_in_small_letters(store: Store) -> None:
    await store.allowances.allow(allowance(sender="Help@Shop.Example"))
    assert [each.sender for each in await store.allowances.known()] == ["help@shop.example"]


async def test_another_process_hears_of_it_within_seconds(tmp_path: Path, clock: StillClock) -> None:
    one, other = [await open_store(tmp_path / "gatepost.db", clock) for _ in range(2)]
    async with one, other:
        assert await other.allowances.known() == []
        await one.allowances.allow(allowance())
        clock.pass_by(seconds=2)
        assert len(await other.allowances.known()) == 1


async def test_a_store_that_fails_leaves_what_was_known(store: Store, clock: StillClock) -> None:
    await store.allowances.allow(allowance())
    assert len(await store.allowances.known()) == 1
    await store.close()
    clock.pass_by(seconds=10)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(store.allowances, "_in_force", _broken)
        assert len(await store.allowances.known()) == 1


async def _broken(now: object) -> object:
    from gatepost.errors import StoreError

    raise StoreError("locked")


async def test_there_are_not_too_many(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowances, "MOST", 1)
    await store.allowances.allow(allowance())
    with pytest.raises(StateError, match="1 exceptions in force"):
        await store.allowances.allow(replace(allowance(), id="e2"))


async def test_the_list_goes_on_below_a_page(store: Store, clock: StillClock) -> None:
    for number in range(3):
        made = replace(allowance(), id=f"e{number}", at=clock.now())
        await store.allowances.allow(made)
        clock.pass_by(minutes=1)
    first = await store.allowances.list(limit=2)
    assert [each.id for each in first] == ["e2", "e1"]
    assert [each.id for each in await store.allowances.list(limit=2, after="e1")] == ["e0"]


async def test_what_is_long_over_is_forgotten(store: Store, clock: StillClock) -> None:
    await store.allowances.allow(allowance())
    day = timedelta(days=1)
    clock.pass_by(days=8)
    await store.retention.purge(clock.now(), decisions=2 * day, captured=day, sessions=day)
    assert len(await store.allowances.list()) == 1
    clock.pass_by(days=2)
    await store.retention.purge(clock.now(), decisions=2 * day, captured=day, sessions=day)
    assert await store.allowances.list() == []

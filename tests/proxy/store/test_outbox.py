from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gatepost.errors import StateError
from gatepost.model import AnswerKind, MessageId, MessageState
from gatepost.store import Store
from kit.ports import StillClock
from kit.stores import held, in_doubt, opened, relayed, settled


async def states(store: Store) -> list[tuple[str, str]]:
    return [(each.message, each.state.value) for each in await store.outbox.happenings()]


async def test_a_held_mail_is_noted_with_its_entry(store: Store) -> None:
    await held(store)

    assert await states(store) == [("m1", "held")]


async def test_a_relayed_mail_is_nobodys_news(store: Store) -> None:
    await relayed(store)

    assert await states(store) == []


async def test_later_states_are_noted_as_they_come(store: Store) -> None:
    await held(store, "m1")
    await store.quarantine.reject(MessageId("m1"), by="rita", note="")
    await opened(store, "m2")
    await settled(store, "m2", MessageState.BOUNCED, AnswerKind.REFUSED_BY_RELAY)
    await in_doubt(store, "m3")

    assert sorted(await states(store)) == [
        ("m1", "held"),
        ("m1", "rejected"),
        ("m2", "bounced"),
        ("m3", "in-doubt"),
    ]


async def test_a_change_that_is_undone_is_not_noted(store: Store) -> None:
    await held(store)
    await store.outbox.forget_happenings()
    await store.quarantine.reject(MessageId("m1"), by="rita", note="")
    with pytest.raises(StateError):
        await store.quarantine.reject(MessageId("m1"), by="rita", note="")

    assert await states(store) == [("m1", "rejected")]


async def test_a_happening_that_came_again_meanwhile_is_kept(store: Store) -> None:
    await held(store)
    (happening,) = await store.outbox.happenings()
    await store.db.write(lambda tx: tx.change("UPDATE happenings SET at = at + 1"))
    await store.outbox.passed_on(happening)

    assert await states(store) == [("m1", "held")]


async def test_marks_are_found_again_until_they_are_old(store: Store) -> None:
    await store.outbox.mark(["a", "b"])
    assert await store.outbox.marked(["a", "c"]) == {"a"}
    await store.outbox.purge(StillClock().now() + timedelta(seconds=1))
    assert await store.outbox.marked(["a"]) == frozenset()


async def test_counts_go_up_for_each_address_and_hour(store: Store) -> None:
    counts = [await store.outbox.count("a@shop.example", hour) for hour in (1, 1, 2)]

    assert counts == [1, 2, 1]
    assert await store.outbox.overflows(2, 1) == [("a@shop.example", 1, 2)]


async def test_every_process_has_the_same_key(store: Store) -> None:
    keys = await asyncio.gather(*(store.outbox.key("links") for _ in range(5)))

    assert len(set(keys)) == 1
    assert len(keys[0]) == 32
    assert await store.outbox.key("other") != keys[0]

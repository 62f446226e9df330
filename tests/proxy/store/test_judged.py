from __future__ import annotations

from dataclasses import replace

import pytest

from gatepost.errors import StateError
from gatepost.model import Answer, AnswerKind, Message, MessageId, MessageState, OrderId
from gatepost.ports import Taken
from gatepost.store import Store
from gatepost.store.search import Filters
from kit.messages import ORDER, UNREADABLE, finding
from kit.stores import held, relayed

M1, FIRST = MessageId("m1"), OrderId(ORDER)


async def test_what_judging_anew_gave_is_found_by_rule_and_order(store: Store) -> None:
    await held(store, "m1", findings=[UNREADABLE])
    entry = await store.quarantine.show(M1)
    found = (UNREADABLE, finding())
    await store.quarantine.renew(replace(entry, order_ids=(FIRST,), findings=found, digest="d2"))

    now = await store.quarantine.show(M1)
    assert (now.state, now.findings, now.digest) == (MessageState.HELD, found, "d2")
    for filters in (Filters(rule="p1-external-link"), Filters(order=FIRST), Filters(rule="g1-unreadable")):
        assert [each.id for each in (await store.search.find(filters)).entries] == ["m1"]


async def test_what_the_sender_was_told_stays_as_it_was(store: Store) -> None:
    await held(store, "m1", findings=[UNREADABLE])
    entry = await store.quarantine.show(M1)
    await store.quarantine.renew(replace(entry, findings=(finding(),)))
    assert (await store.quarantine.show(M1)).answer == Answer(AnswerKind.HELD, M1, (UNREADABLE,))


async def test_a_mail_that_is_no_longer_held_is_not_judged_anew(store: Store) -> None:
    await held(store, "m1")
    entry = await store.quarantine.show(M1)
    await store.quarantine.reject(M1, by="rita", note="")
    with pytest.raises(StateError, match="no longer held"):
        await store.quarantine.renew(entry)


async def test_a_mail_taken_anew_is_written_with_its_claim_and_recorded(store: Store) -> None:
    await held(store, "m1")
    anew = replace(await store.quarantine.show(M1), order_ids=(FIRST,), asks_review=True)
    details = {"judged": "at release"}
    taken = await store.quarantine.take(M1, by="rita", claims=[FIRST], anew=anew, details=details)
    assert isinstance(taken, Message)
    now = await store.quarantine.show(M1)
    assert (now.state, now.asks_review, now.order_ids) == (MessageState.ATTEMPTING, True, (FIRST,))
    assert [(deed.what, deed.details) for deed in await store.audit.list()] == [("message.taken", details)]


async def test_a_spent_order_leaves_the_mail_as_it_was(store: Store) -> None:
    await relayed(store, "first", orders=[FIRST])
    await held(store, "m1")
    before = await store.quarantine.show(M1)
    anew = replace(before, order_ids=(FIRST,), asks_review=True)
    assert isinstance(await store.quarantine.take(M1, by="rita", claims=[FIRST], anew=anew), Taken)
    assert await store.quarantine.show(M1) == before

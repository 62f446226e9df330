from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import pytest

from gatepost.errors import StateError, StoreError
from gatepost.model import AnswerKind, ClaimState, Message, MessageId, MessageState
from gatepost.ports import Taken
from gatepost.store import Store
from gatepost.store.search import Filters, Page
from kit.messages import RAW, finding, message
from kit.ports import StillClock
from kit.stores import (
    FIRST,
    an_entry,
    has_raw,
    held,
    in_doubt,
    opened,
    relayed,
    settled,
    state_of,
)

M1 = MessageId("m1")
_S, _K = MessageState, AnswerKind


def counted(outcomes: Sequence[object], kind: type) -> int:
    return sum(isinstance(outcome, kind) for outcome in outcomes)


# --- taking --------------------------------------------------------------------------------------


async def test_a_taken_mail_is_whole_and_this_process_s(store: Store) -> None:
    await held(store)
    assert await store.quarantine.take(M1, by="rita", claims=()) == message("m1")
    await settled(store, "m1", _S.RELAYED, _K.RELAYED)
    assert await state_of(store, "m1") is _S.RELAYED


async def test_a_taken_mail_goes_since_then(store: Store, clock: StillClock) -> None:
    await held(store)
    assert (await store.quarantine.show(M1)).going_since is None
    clock.pass_by(hours=30)
    await store.quarantine.take(M1, by="rita", claims=())
    assert (await store.quarantine.show(M1)).going_since == clock.now()


async def test_of_fifty_releases_one_takes_the_mail(store: Store) -> None:
    await held(store)
    takes = (store.quarantine.take(M1, by="rita", claims=()) for _ in range(50))
    outcomes = await asyncio.gather(*takes, return_exceptions=True)
    assert counted(outcomes, Message) == 1
    assert counted(outcomes, StateError) == 49


async def test_a_release_reserves_the_orders_of_its_request(store: Store) -> None:
    await held(store, orders=[FIRST])
    await store.quarantine.take(M1, by="rita", claims=[FIRST])
    await settled(store, "m1", _S.RELAYED, _K.RELAYED)
    claim = await store.ledger.find(FIRST)
    assert claim is not None
    assert (claim.state, claim.message) == (ClaimState.CONFIRMED, M1)


async def test_a_request_whose_order_is_spent_stays_held(store: Store) -> None:
    await held(store, orders=[FIRST])
    await relayed(store, "m2", orders=[FIRST])
    taken = await store.quarantine.take(M1, by="rita", claims=[FIRST])
    assert isinstance(taken, Taken)
    assert taken.claim.message == "m2"
    assert await state_of(store, "m1") is _S.HELD
    assert not await store.audit.list()


async def test_a_take_that_nobody_waits_for_is_undone(store: Store) -> None:
    await held(store, orders=[FIRST])
    taking = asyncio.ensure_future(store.quarantine.take(M1, by="rita", claims=[FIRST]))
    await asyncio.sleep(0)
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert isinstance(await store.quarantine.take(M1, by="rita", claims=[FIRST]), Message)


async def test_an_unknown_mail_can_not_be_taken(store: Store) -> None:
    with pytest.raises(StoreError, match="not a value"):
        await store.quarantine.take(MessageId("\ud800"), by="rita", claims=())
    with pytest.raises(StoreError, match="no message"):
        await store.quarantine.take(MessageId("' OR 1=1 --"), by="rita", claims=())


# --- rejecting and expiring ----------------------------------------------------------------------


async def test_a_rejected_mail_is_gone_and_the_trail_says_who_did_it(store: Store) -> None:
    await held(store)
    await store.quarantine.reject(M1, by="rita", note="not our tone")
    entry = await store.quarantine.show(M1)
    assert (entry.state, entry.last_error) == (_S.REJECTED, "not our tone")
    assert not await has_raw(store, "m1")
    [deed] = await store.audit.list()
    assert (deed.by, deed.what, deed.subject) == ("rita", "message.rejected", "m1")


async def test_only_a_held_mail_is_rejected(store: Store) -> None:
    await relayed(store)
    with pytest.raises(StateError, match="relayed, not held"):
        await store.quarantine.reject(M1, by="rita", note="")


async def test_what_is_held_too_long_expires_and_the_rest_stays(store: Store, clock: StillClock) -> None:
    await held(store)
    assert not await store.quarantine.expire(clock.now() + timedelta(days=14), timedelta(days=14))
    expired = await store.quarantine.expire(clock.now() + timedelta(days=14, seconds=1), timedelta(days=14))
    assert [(entry.id, entry.state) for entry in expired] == [("m1", _S.EXPIRED)]
    assert not await has_raw(store, "m1")


async def test_any_number_expires(store: Store, clock: StillClock) -> None:
    await asyncio.gather(*(held(store, f"m{number}") for number in range(450)))
    expired = await store.quarantine.expire(clock.now() + timedelta(days=15), timedelta(days=14))
    assert len(expired) == 450


async def test_of_a_release_and_an_expiry_one_wins(store: Store, clock: StillClock) -> None:
    later = clock.now() + timedelta(days=30)
    for number in range(40):
        id = await held(store, f"m{number}")
        take = store.quarantine.take(id, by="rita", claims=())
        expire = store.quarantine.expire(later, timedelta(days=14))
        both = (take, expire) if number % 2 else (expire, take)
        outcomes = await asyncio.gather(*both, return_exceptions=True)
        state = await state_of(store, id)
        assert state is (_S.ATTEMPTING if counted(outcomes, Message) else _S.EXPIRED)


# --- doubts --------------------------------------------------------------------------------------


async def test_a_doubt_ended_as_delivered_confirms_the_claim(store: Store) -> None:
    await in_doubt(store, orders=[FIRST])
    assert await store.quarantine.resolve_in_doubt(M1, delivered=True, by="rita") is _S.RELAYED
    history = await store.ledger.show(FIRST)
    assert history.claim.state is ClaimState.CONFIRMED
    assert history.steps[-1].by == "rita"
    assert not await has_raw(store, "m1")


async def test_a_doubt_ended_as_not_delivered_goes_out_again(store: Store, clock: StillClock) -> None:
    await in_doubt(store, orders=[FIRST])
    assert await store.quarantine.resolve_in_doubt(M1, delivered=False, by="rita") is _S.SPOOLED
    assert [each.raw for each in await store.spool.due(clock.now(), 5)] == [RAW]
    assert (await store.quarantine.show(M1)).going_since == clock.now()
    await settled(store, "m1", _S.RELAYED, _K.RELAYED)
    assert (await store.ledger.show(FIRST)).claim.state is ClaimState.CONFIRMED


async def test_a_doubt_without_bytes_is_left_to_its_sender(store: Store) -> None:
    await opened(store)
    await settled(store, "m1", _S.IN_DOUBT, _K.IN_DOUBT)
    assert await store.quarantine.resolve_in_doubt(M1, delivered=False, by="rita") is _S.ABANDONED


async def test_a_doubt_whose_order_was_granted_to_another_never_goes_out(store: Store) -> None:
    await in_doubt(store, orders=[FIRST])
    await store.ledger.grant(FIRST, by="ada", reason="lost")
    await relayed(store, "m2", orders=[FIRST])
    assert await store.quarantine.resolve_in_doubt(M1, delivered=False, by="rita") is _S.ABANDONED
    claim = await store.ledger.find(FIRST)
    assert claim is not None
    assert (claim.state, claim.message) == (ClaimState.CONFIRMED, "m2")


async def test_the_slow_owner_can_not_spool_what_was_granted_to_another(store: Store) -> None:
    await in_doubt(store, orders=[FIRST])
    await store.ledger.grant(FIRST, by="ada", reason="lost")
    with pytest.raises(StateError, match="granted"):
        await settled(store, "m1", _S.SPOOLED, _K.STORED)


async def test_a_doubt_is_ended_once(store: Store) -> None:
    await in_doubt(store)
    ends = (store.quarantine.resolve_in_doubt(M1, delivered=yes, by="rita") for yes in (True, False))
    outcomes = await asyncio.gather(*ends, return_exceptions=True)
    assert counted(outcomes, StateError) == 1


# --- lists ---------------------------------------------------------------------------------------


async def test_the_list_shows_held_mail_the_most_urgent_first(store: Store) -> None:
    for number, hours in enumerate((20, 4, 12)):
        entry = an_entry(f"m{number}", _S.HELD, findings=[finding()])
        due = entry.received_at + timedelta(hours=hours)
        object.__setattr__(entry, "deadline_at", due)
        await store.journal.open(entry, raw=RAW)
    await relayed(store, "other")
    found = await store.quarantine.list()
    assert [entry.id for entry in found.entries] == ["m1", "m2", "m0"]
    assert found.total == 3


async def test_the_list_may_ask_for_other_states(store: Store) -> None:
    await in_doubt(store)
    found = await store.quarantine.list(Filters(states=frozenset({_S.IN_DOUBT})), Page())
    assert [entry.id for entry in found.entries] == ["m1"]


async def test_what_is_due_soon_is_what_a_buyer_waits_for(store: Store, clock: StillClock) -> None:
    await held(store)
    assert not await store.quarantine.due_soon(clock.now(), timedelta(hours=23))
    assert len(await store.quarantine.due_soon(clock.now(), timedelta(hours=24))) == 1


async def test_the_bytes_of_a_held_mail_can_be_read(store: Store) -> None:
    await held(store)
    assert await store.quarantine.raw(M1) == RAW
    with pytest.raises(StoreError):
        await store.quarantine.raw(MessageId("nobody"))

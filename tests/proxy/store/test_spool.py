from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from gatepost.model import Answer, AnswerKind, ClaimState, Message, MessageId, MessageState
from gatepost.ports import Settled
from gatepost.store import Home, Store
from kit.messages import RAW, message
from kit.ports import StillClock
from kit.stores import (
    FIRST,
    crash,
    has_raw,
    held,
    in_doubt,
    open_store,
    opened,
    relayed,
    settled,
    spooled,
    state_of,
)

M1 = MessageId("m1")
_S, _K = MessageState, AnswerKind


async def after_a_crash(store: Store, clock: StillClock) -> Store:
    """Another process finds what this one has left; its first round is run."""
    await crash(store)
    other = await open_store(store.db.home, clock)
    await other.spool.recover(clock.now())
    return other


# --- what is due ---------------------------------------------------------------------------------


async def test_what_is_due_comes_back_whole(store: Store, clock: StillClock) -> None:
    await spooled(store)
    assert list(await store.spool.due(clock.now(), 5)) == [message("m1")]
    assert (await store.journal.find(M1)).attempts == 1


async def test_nothing_is_due_before_its_time(store: Store, clock: StillClock) -> None:
    await opened(store)
    later = Settled(_S.SPOOLED, Answer(_K.STORED, M1), next_attempt_at=clock.now() + timedelta(seconds=30))
    await store.journal.settle(M1, later, raw=RAW)
    assert not await store.spool.due(clock.now(), 5)
    clock.pass_by(seconds=30)
    assert len(await store.spool.due(clock.now(), 5)) == 1


async def test_the_longest_waiting_are_taken_first_and_no_more_than_asked(
    store: Store, clock: StillClock
) -> None:
    for number in range(3):
        await spooled(store, f"m{number}")
        clock.pass_by(seconds=1)
    assert [each.id for each in await store.spool.due(clock.now(), 2)] == ["m0", "m1"]


async def test_two_processes_never_take_the_same_message(store: Store, clock: StillClock) -> None:
    for number in range(20):
        await spooled(store, f"m{number}")
    async with await open_store(store.db.home, clock) as other:
        rounds = await asyncio.gather(
            *(each.spool.due(clock.now(), 3) for each in (store, other) for _ in range(5))
        )
    taken = [each.id for taken in rounds for each in taken]
    assert len(taken) == len(set(taken)) == 20


async def test_a_clock_set_back_does_not_keep_mail_waiting(store: Store, clock: StillClock) -> None:
    clock.pass_by(days=1)
    await spooled(store)
    clock.pass_by(days=-1)
    assert len(await store.spool.due(clock.now(), 5)) == 1


async def test_taking_that_nobody_waits_for_is_undone(store: Store, clock: StillClock) -> None:
    await spooled(store)
    taking = asyncio.ensure_future(store.spool.due(clock.now(), 5))
    await asyncio.sleep(0)
    taking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await taking
    assert len(await store.spool.due(clock.now(), 5)) == 1


# --- recovery ------------------------------------------------------------------------------------


async def test_a_living_process_keeps_what_it_has(store: Store, clock: StillClock) -> None:
    await opened(store)
    async with await open_store(store.db.home, clock) as other:
        assert not await other.spool.recover(clock.now())
    assert await state_of(store, "m1") is _S.ATTEMPTING


async def test_a_mail_that_nobody_answered_is_left_to_its_sender(store: Store, clock: StillClock) -> None:
    await opened(store, orders=[FIRST])
    async with await after_a_crash(store, clock) as other:
        assert await state_of(other, "m1") is _S.ABANDONED
        assert not await has_raw(other, "m1")
        claim = await other.ledger.find(FIRST)
        assert claim is not None
        assert claim.state is ClaimState.RELEASED


async def test_a_mail_that_is_ours_goes_back_to_the_spool(store: Store, clock: StillClock) -> None:
    await opened(store)
    await store.journal.keep(M1, RAW, _S.ATTEMPTING)
    async with await after_a_crash(store, clock) as other:
        assert await state_of(other, "m1") is _S.SPOOLED
        assert len(await other.spool.due(clock.now(), 5)) == 1


async def test_a_retried_mail_goes_back_to_the_spool(store: Store, clock: StillClock) -> None:
    await spooled(store, orders=[FIRST])
    await store.spool.due(clock.now(), 5)
    async with await after_a_crash(store, clock) as other:
        assert await state_of(other, "m1") is _S.SPOOLED
        claim = await other.ledger.find(FIRST)
        assert claim is not None
        assert claim.state is ClaimState.RESERVED


async def test_a_release_that_was_cut_off_is_held_again(store: Store, clock: StillClock) -> None:
    await held(store, orders=[FIRST])
    await store.quarantine.take(M1, by="rita", claims=[FIRST])
    async with await after_a_crash(store, clock) as other:
        assert await state_of(other, "m1") is _S.HELD
        claim = await other.ledger.find(FIRST)
        assert claim is not None
        assert claim.state is ClaimState.RELEASED


@pytest.mark.parametrize("kept", ["claimed", "kept", "released"])
async def test_what_may_have_gone_out_is_in_doubt(store: Store, clock: StillClock, kept: str) -> None:
    if kept == "released":
        await held(store)
        await store.quarantine.take(M1, by="rita", claims=())
    else:
        await opened(store, orders=[FIRST] if kept == "claimed" else [])
    if kept == "kept":
        await store.journal.keep(M1, RAW, _S.ATTEMPTING)
    await store.journal.mark_sending(M1)
    async with await after_a_crash(store, clock) as other:
        assert await state_of(other, "m1") is _S.IN_DOUBT
        assert await has_raw(other, "m1")


async def test_a_kept_mail_whose_dot_was_out_is_in_doubt(store: Store, clock: StillClock) -> None:
    await opened(store)
    await store.journal.keep(M1, RAW, _S.SENDING)
    async with await after_a_crash(store, clock) as other:
        assert await state_of(other, "m1") is _S.IN_DOUBT


async def test_a_live_mail_of_which_nothing_is_kept_is_left_to_its_sender(
    store: Store, clock: StillClock
) -> None:
    await opened(store)
    await store.journal.mark_sending(M1)
    async with await after_a_crash(store, clock) as other:
        assert await state_of(other, "m1") is _S.ABANDONED


async def test_what_was_settled_is_left_alone(store: Store, clock: StillClock) -> None:
    await relayed(store, "m1")
    await spooled(store, "m2")
    await held(store, "m3")
    await in_doubt(store, "m4")
    async with await after_a_crash(store, clock) as other:
        states = [await state_of(other, f"m{number}") for number in (1, 2, 3, 4)]
    assert states == [_S.RELAYED, _S.SPOOLED, _S.HELD, _S.IN_DOUBT]


async def test_recovery_says_what_it_changed_and_takes_any_number(store: Store, clock: StillClock) -> None:
    await asyncio.gather(*(opened(store, f"m{number}") for number in range(450)))
    await crash(store)
    async with await open_store(store.db.home, clock) as other:
        changed = await other.spool.recover(clock.now())
        assert {entry.state for entry in changed} == {_S.ABANDONED}
        assert len({entry.id for entry in changed}) == 450
        assert not await other.spool.recover(clock.now())


async def test_a_stop_leaves_what_is_in_flight_to_the_others(store: Store, clock: StillClock) -> None:
    await opened(store)
    await store.close()
    async with await open_store(store.db.home, clock) as other:
        assert [entry.id for entry in await other.spool.recover(clock.now())] == ["m1"]


# --- a living process that is far too slow ------------------------------------------------------


async def test_past_its_lease_a_message_is_taken_from_a_living_process(home: Home, clock: StillClock) -> None:
    async with await open_store(home, clock, lease=timedelta(minutes=5)) as store:
        await opened(store, orders=[FIRST])
        clock.pass_by(minutes=6)
        await store.spool.recover(clock.now())
        assert await state_of(store, "m1") is _S.ABANDONED
        with pytest.raises(Exception, match="not this process's to send"):
            await store.journal.mark_sending(M1)


async def test_the_slow_process_may_still_say_how_its_sending_ended(home: Home, clock: StillClock) -> None:
    async with await open_store(home, clock, lease=timedelta(minutes=5)) as store:
        await opened(store, orders=[FIRST])
        await store.journal.mark_sending(M1)
        clock.pass_by(minutes=6)
        await store.spool.recover(clock.now())
        assert await state_of(store, "m1") is _S.IN_DOUBT
        await settled(store, "m1", _S.RELAYED, _K.RELAYED)
        claim = await store.ledger.find(FIRST)
        assert claim is not None
        assert claim.state is ClaimState.CONFIRMED


async def test_a_stored_mail_can_be_held_in_place_of_its_next_attempt(
    store: Store, clock: StillClock
) -> None:
    await spooled(store, orders=[FIRST])
    (due,) = await store.spool.due(clock.now(), 10)
    held = Settled(MessageState.HELD, Answer(AnswerKind.HELD, due.id), error="the breaker is tripped")
    await store.journal.settle(due.id, held)
    assert (await state_of(store, due.id), await has_raw(store, due.id)) == (MessageState.HELD, True)
    assert (await store.quarantine.show(due.id)).last_error == "the breaker is tripped"
    taken = await store.quarantine.take(due.id, by="ann", claims=[FIRST])
    assert isinstance(taken, Message)

from __future__ import annotations

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from gatepost.errors import StateError, StoreError
from gatepost.model import (
    Answer,
    AnswerKind,
    ClaimState,
    MessageId,
    MessageState,
    OrderId,
    Recipient,
    RelayReply,
)
from gatepost.ports import Earlier, Opened, Settled, Taken
from gatepost.store import Store
from kit.messages import RAW, finding
from kit.ports import StillClock
from kit.stores import (
    FIRST,
    OK,
    an_entry,
    has_raw,
    held,
    in_doubt,
    opened,
    relayed,
    settled,
    spooled,
    state_of,
)

M1 = MessageId("m1")
_S, _K = MessageState, AnswerKind


async def again(store: Store, fingerprint: str = "f-m1", *, digest: str = "d1") -> Answer | None:
    """What the same mail is told when it comes again; None when it is taken as a new one."""
    outcome = await store.journal.open(an_entry("later", fingerprint=fingerprint, digest=digest), raw=None)
    assert not isinstance(outcome, Taken)
    return outcome.answer if isinstance(outcome, Earlier) else None


# --- opening -------------------------------------------------------------------------------------


async def test_an_opened_entry_is_kept_as_it_was(store: Store) -> None:
    entry = replace(an_entry("m1", _S.HELD, orders=[FIRST], findings=[finding()]), has_raw=True)
    await store.journal.open(entry, raw=RAW)
    assert await store.journal.find(M1) == entry


async def test_of_two_hundred_requests_for_one_order_one_is_opened(store: Store) -> None:
    outcomes = await asyncio.gather(*(opened(store, f"m{n}", orders=[FIRST]) for n in range(200)))
    assert sum(isinstance(outcome, Opened) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, Taken) for outcome in outcomes) == 199


async def test_of_two_hundred_mails_with_one_fingerprint_one_is_opened(store: Store) -> None:
    outcomes = await asyncio.gather(*(opened(store, f"m{n}", fingerprint="same") for n in range(200)))
    assert sum(isinstance(outcome, Opened) for outcome in outcomes) == 1


async def test_a_message_reserves_all_its_orders_or_none(store: Store) -> None:
    second = OrderId("222-2222222-2222222")
    await opened(store, "m1", orders=[second])
    taken = await opened(store, "m2", orders=[FIRST, second])
    assert isinstance(taken, Taken)
    assert taken.claim.order == second
    assert await store.ledger.find(FIRST) is None
    with pytest.raises(StoreError):
        await store.journal.find(MessageId("m2"))


async def test_the_same_order_twice_in_a_mail_is_one_claim(store: Store) -> None:
    assert isinstance(await opened(store, "m1", orders=[FIRST, FIRST]), Opened)


async def test_mails_without_fingerprint_never_answer_each_other(store: Store) -> None:
    await opened(store, "m1", fingerprint="")
    assert isinstance(await opened(store, "m2", fingerprint=""), Opened)


@pytest.mark.parametrize(
    ("state", "orders"), [(_S.ATTEMPTING, [FIRST]), (_S.HELD, []), (_S.SPOOLED, [])], ids=str
)
async def test_what_waits_or_reserves_must_bring_its_bytes(
    store: Store, state: MessageState, orders: list[OrderId]
) -> None:
    with pytest.raises(StoreError, match="bytes"):
        await store.journal.open(an_entry("m1", state, orders=orders), raw=None, claims=orders)


async def test_only_what_goes_out_now_may_reserve(store: Store) -> None:
    with pytest.raises(StateError):
        await store.journal.open(an_entry("m1", _S.HELD, orders=[FIRST]), raw=RAW, claims=[FIRST])


async def test_an_entry_can_not_be_opened_as_settled(store: Store) -> None:
    with pytest.raises(StateError):
        await store.journal.open(an_entry("m1", _S.RELAYED), raw=None)


async def test_an_id_is_never_used_twice(store: Store) -> None:
    await opened(store, "m1")
    with pytest.raises(StateError):
        await opened(store, "m1", fingerprint="another")


async def test_the_bytes_of_a_refused_mail_are_not_kept(store: Store) -> None:
    await store.journal.open(an_entry("m1", _S.REFUSED), raw=RAW)
    assert not await has_raw(store, "m1")


async def test_a_report_is_opened_as_spooled_and_is_due(store: Store, clock: StillClock) -> None:
    entry = replace(an_entry("r1", _S.SPOOLED), next_attempt_at=clock.now())
    await store.journal.open(entry, raw=RAW)
    assert [message.id for message in await store.spool.due(clock.now(), 5)] == ["r1"]


async def test_an_open_that_nobody_waits_for_leaves_nothing_in_flight(store: Store) -> None:
    opening = asyncio.ensure_future(opened(store, "m1", orders=[FIRST]))
    await asyncio.sleep(0)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert isinstance(await opened(store, "m2", orders=[FIRST], fingerprint="f-m1"), Opened)


async def test_an_open_that_the_disk_held_up_leaves_nothing_in_flight(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine, going = store.db._engine, threading.Event()
    commit = engine.commit

    def slow_commit() -> None:
        going.wait(20)
        commit()

    monkeypatch.setattr(engine, "commit", slow_commit)
    monkeypatch.setattr(store.db, "_busy", 0.05)
    with pytest.raises(StoreError, match="did not answer"):
        await opened(store, "m1", orders=[FIRST])
    monkeypatch.setattr(store.db, "_busy", 5)
    going.set()
    assert isinstance(await opened(store, "m2", orders=[FIRST], fingerprint="f-m1"), Opened)
    assert await state_of(store, "m1") is _S.ABANDONED


# --- the same mail again -------------------------------------------------------------------------


async def test_a_mail_in_flight_answers_busy(store: Store) -> None:
    await opened(store)
    assert await again(store) == Answer(_K.BUSY, M1)


async def test_a_relayed_mail_answers_with_the_relays_words(store: Store) -> None:
    await relayed(store)
    assert await again(store) == Answer(_K.RELAYED, M1, relay=OK)


async def test_a_held_mail_answers_held(store: Store) -> None:
    await held(store, findings=[finding()])
    assert await again(store) == Answer(_K.HELD, M1, (finding(),))


async def test_a_spooled_mail_answers_stored(store: Store) -> None:
    await spooled(store)
    assert await again(store) == Answer(_K.STORED, M1)


async def test_a_spooled_mail_that_is_tried_answers_stored(store: Store, clock: StillClock) -> None:
    await spooled(store)
    await store.spool.due(clock.now(), 1)
    assert await again(store) == Answer(_K.STORED, M1)


async def test_a_held_mail_that_is_tried_answers_held(store: Store) -> None:
    await held(store)
    await store.quarantine.take(M1, by="rita", claims=())
    assert await again(store) == Answer(_K.HELD, M1)


async def test_a_mail_in_doubt_answers_in_doubt(store: Store) -> None:
    await in_doubt(store)
    assert await again(store) == Answer(_K.IN_DOUBT, M1)


async def test_a_refused_mail_answers_with_its_findings(store: Store) -> None:
    await store.journal.open(an_entry("m1", _S.REFUSED, findings=[finding()]), raw=None)
    assert await again(store) == Answer(_K.REFUSED, M1, (finding(),))


async def test_a_refusal_by_other_rules_does_not_answer(store: Store) -> None:
    await store.journal.open(an_entry("m1", _S.REFUSED, findings=[finding()]), raw=None)
    assert await again(store, digest="d2") is None


async def test_the_relays_refusal_answers_whatever_the_rules(store: Store) -> None:
    await opened(store)
    no = RelayReply(550, "5.1.1", "no such user")
    answer = Answer(_K.REFUSED_BY_RELAY, M1, relay=no)
    await store.journal.settle(M1, Settled(_S.REFUSED, answer))
    assert await again(store, digest="d2") == answer


async def test_a_rejected_mail_answers_refused(store: Store) -> None:
    await held(store, findings=[finding()])
    await store.quarantine.reject(M1, by="rita", note="no")
    assert await again(store) == Answer(_K.REFUSED, M1, (finding(),))


async def test_an_abandoned_mail_does_not_answer(store: Store) -> None:
    await opened(store)
    await settled(store, "m1", _S.ABANDONED, _K.DEFERRED)
    assert await again(store) is None


async def test_an_expired_mail_answers_as_at_first(store: Store, clock: StillClock) -> None:
    await held(store)
    await store.quarantine.expire(clock.now() + timedelta(days=1), timedelta(hours=1))
    assert await again(store) == Answer(_K.HELD, M1)


async def test_a_settled_mail_answers_for_its_window_only(store: Store, clock: StillClock) -> None:
    await relayed(store)
    clock.pass_by(hours=97)
    assert await again(store) is None


async def test_a_held_mail_answers_beyond_the_window(store: Store, clock: StillClock) -> None:
    await held(store)
    clock.pass_by(hours=500)
    assert await again(store) == Answer(_K.HELD, M1)


async def test_the_newest_mail_answers_after_an_older_one_no_longer_does(
    store: Store, clock: StillClock
) -> None:
    await relayed(store)
    clock.pass_by(hours=97)
    assert await again(store) is None
    answer = await again(store)
    assert answer is not None
    assert answer.id == "later"


# --- in flight -----------------------------------------------------------------------------------


async def test_settling_relayed_confirms_the_claim_and_drops_the_bytes(store: Store) -> None:
    await relayed(store, orders=[FIRST])
    claim = await store.ledger.find(FIRST)
    assert claim is not None
    assert claim.state is ClaimState.CONFIRMED
    assert not await has_raw(store, "m1")


@pytest.mark.parametrize(
    ("state", "kind", "claim"),
    [
        (_S.REFUSED, _K.REFUSED_BY_RELAY, ClaimState.RELEASED),
        (_S.ABANDONED, _K.DEFERRED, ClaimState.RELEASED),
        (_S.BOUNCED, _K.REFUSED_BY_RELAY, ClaimState.RELEASED),
        (_S.IN_DOUBT, _K.IN_DOUBT, ClaimState.IN_DOUBT),
        (_S.SPOOLED, _K.STORED, ClaimState.RESERVED),
    ],
    ids=lambda value: value.value,
)
async def test_the_claim_follows_the_message(
    store: Store, state: MessageState, kind: AnswerKind, claim: ClaimState
) -> None:
    await opened(store, orders=[FIRST])
    await settled(store, "m1", state, kind)
    found = await store.ledger.find(FIRST)
    assert found is not None
    assert found.state is claim


async def test_a_spooled_mail_needs_its_bytes(store: Store) -> None:
    await opened(store)
    with pytest.raises(StoreError, match="bytes"):
        await settled(store, "m1", _S.SPOOLED, _K.STORED)
    assert await state_of(store, "m1") is _S.ATTEMPTING


async def test_a_live_mail_may_be_in_doubt_without_its_bytes(store: Store) -> None:
    await opened(store)
    await settled(store, "m1", _S.IN_DOUBT, _K.IN_DOUBT)
    assert await state_of(store, "m1") is _S.IN_DOUBT


async def test_a_message_is_settled_once(store: Store) -> None:
    await relayed(store)
    with pytest.raises(StateError):
        await settled(store, "m1", _S.REFUSED, _K.REFUSED_BY_RELAY)


async def test_another_process_can_not_settle(store: Store, clock: StillClock) -> None:
    await opened(store)
    async with await Store.open(store.db.home, clock=clock) as other:
        with pytest.raises(StateError):
            await settled(other, "m1", _S.RELAYED, _K.RELAYED)
        with pytest.raises(StateError):
            await other.journal.mark_sending(M1)


async def test_sending_is_marked_once_and_before_the_end(store: Store) -> None:
    await opened(store)
    await store.journal.mark_sending(M1)
    assert await state_of(store, "m1") is _S.SENDING
    with pytest.raises(StateError):
        await store.journal.mark_sending(M1)


async def test_an_unknown_message_can_not_be_settled(store: Store) -> None:
    with pytest.raises(StoreError):
        await settled(store, "nobody", _S.RELAYED, _K.RELAYED)


@pytest.mark.parametrize("state", [_S.ATTEMPTING, _S.SENDING], ids=lambda state: state.value)
async def test_a_kept_mail_is_ours_and_answers_stored(store: Store, state: MessageState) -> None:
    await opened(store)
    await store.journal.keep(M1, RAW, state)
    assert await state_of(store, "m1") is state
    assert await has_raw(store, "m1")
    assert await again(store) == Answer(_K.STORED, M1)


async def test_keeping_never_leads_back_from_sending(store: Store) -> None:
    await opened(store)
    await store.journal.mark_sending(M1)
    await store.journal.keep(M1, RAW, _S.ATTEMPTING)
    assert await state_of(store, "m1") is _S.SENDING


async def test_a_settled_mail_can_not_be_kept(store: Store) -> None:
    await relayed(store)
    with pytest.raises(StateError):
        await store.journal.keep(M1, RAW, _S.ATTEMPTING)


async def test_a_mail_can_not_be_kept_as_settled(store: Store) -> None:
    await opened(store)
    with pytest.raises(StateError):
        await store.journal.keep(M1, RAW, _S.RELAYED)


async def test_only_the_recipients_left_are_tried_again(store: Store, clock: StillClock) -> None:
    entry = an_entry("m1")
    both = (Recipient("a@x.example", "NEVER"), Recipient("b@x.example"))
    entry = replace(entry, envelope=replace(entry.envelope, recipients=both))
    await store.journal.open(entry, raw=None)
    answer = Answer(_K.STORED, M1)
    left = Settled(_S.SPOOLED, answer, recipients_left=("a@x.example",))
    await store.journal.settle(M1, left, raw=RAW)
    [message] = await store.spool.due(clock.now(), 5)
    assert message.envelope.recipients == both[:1]


async def test_the_relays_last_words_are_kept(store: Store) -> None:
    await opened(store)
    settling = Settled(_S.SPOOLED, Answer(_K.STORED, M1), error="451 4.7.1 later\ud800\0")
    await store.journal.settle(M1, settling, raw=RAW)
    assert (await store.journal.find(M1)).last_error.startswith("451 4.7.1 later")

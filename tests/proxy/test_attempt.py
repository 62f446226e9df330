"""One attempt of a mail that is ours: spooled or released."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from gatepost.attempt import Flight
from gatepost.errors import InDoubt, Refused, TryLater
from gatepost.model import (
    Accepted,
    Message,
    MessageId,
    MessageState,
    Recipient,
    RefusedRecipient,
    RelayReply,
)
from kit.messages import BUYER, entry, message
from kit.ports import OK, MemoryJournal, ToldUpstream, road, until

M1 = MessageId("m1")
NO = RelayReply(554, "5.7.1", "no")


def flight(
    journal: MemoryJournal, *, of: Message | None = None, ours: bool = True, attempts: int = 0
) -> Flight:
    sent = of or message()
    known = entry(sent, attempts=attempts)
    journal.entries[sent.id] = known
    return Flight(sent, known, durable=ours, ours=ours)


async def test_a_stored_mail_is_marked_before_its_dot() -> None:
    journal = MemoryJournal()
    await road(ToldUpstream(), journal).attempt(flight(journal))
    assert journal.steps == ["mark_sending", "settle relayed"]


async def test_each_attempt_waits_longer_for_the_next() -> None:
    journal = MemoryJournal()
    upstream = ToldUpstream([TryLater("down")], before_dot=True)
    await road(upstream, journal).attempt(flight(journal, attempts=3))
    assert journal.entries[M1].next_attempt_at == journal.clock.now() + timedelta(seconds=240)


async def test_after_its_time_a_stored_mail_comes_back_as_a_report() -> None:
    journal = MemoryJournal()
    journal.clock.pass_by(hours=25)
    upstream = ToldUpstream([TryLater("down")], before_dot=True)
    await road(upstream, journal).attempt(flight(journal))
    assert journal.entries[M1].state is MessageState.BOUNCED
    assert b"could not be reached in time" in journal.raws[MessageId("new1")]


async def test_a_mail_that_a_person_sent_on_its_way_has_its_time_from_then() -> None:
    journal = MemoryJournal()
    journal.clock.pass_by(hours=25)
    released = flight(journal)
    released.entry = replace(released.entry, going_since=journal.clock.now() - timedelta(hours=1))
    upstream = ToldUpstream([TryLater("down")], before_dot=True)
    await road(upstream, journal).attempt(released)
    assert journal.entries[M1].state is MessageState.SPOOLED


async def test_the_report_is_stored_before_the_mail_is_given_up() -> None:
    journal = MemoryJournal()
    await road(ToldUpstream([Refused(NO)]), journal).attempt(flight(journal))
    assert journal.steps == ["mark_sending", "open", "settle bounced"]


async def test_there_is_no_report_on_a_report() -> None:
    journal = MemoryJournal()
    report = message(sender="")
    await road(ToldUpstream([Refused(NO)]), journal).attempt(flight(journal, of=report))
    assert list(journal.entries) == [M1]


async def test_a_sender_who_wants_no_report_gets_none() -> None:
    journal = MemoryJournal()
    sent = message()
    silent = replace(sent.envelope, recipients=(Recipient(BUYER, notify="NEVER"),))
    await road(ToldUpstream([Refused(NO)]), journal).attempt(
        flight(journal, of=replace(sent, envelope=silent))
    )
    assert list(journal.entries) == [M1]


async def test_recipients_that_a_stored_mail_could_not_reach_are_reported() -> None:
    journal = MemoryJournal()
    some = Accepted(OK.reply, refused=(RefusedRecipient("b@example.org", NO),))
    await road(ToldUpstream([some]), journal).attempt(flight(journal))
    assert journal.entries[M1].state is MessageState.RELAYED
    assert b"b@example.org" in journal.raws[MessageId("new1")]


@pytest.mark.parametrize(("ours", "partial"), [(True, True), (False, False)])
async def test_only_a_mail_that_is_ours_may_go_to_some_recipients(ours: bool, partial: bool) -> None:
    journal, upstream = MemoryJournal(), ToldUpstream()
    await road(upstream, journal).attempt(flight(journal, ours=ours))
    assert upstream.partial == [partial]


async def test_a_lost_answer_keeps_the_bytes_for_a_person() -> None:
    journal = MemoryJournal()
    await road(ToldUpstream([InDoubt("lost")]), journal).attempt(flight(journal))
    assert (journal.entries[M1].state, journal.raws[M1]) == (MessageState.IN_DOUBT, message().raw)


@pytest.mark.parametrize(
    ("before_dot", "state"), [(True, MessageState.SPOOLED), (False, MessageState.IN_DOUBT)]
)
async def test_a_fault_of_ours_leaves_the_mail_where_it_is_found(
    before_dot: bool, state: MessageState
) -> None:
    journal = MemoryJournal()
    await road(ToldUpstream([RuntimeError("bug")], before_dot=before_dot), journal).attempt(flight(journal))
    assert journal.entries[M1].state is state


@pytest.mark.parametrize(
    ("before_dot", "state"), [(True, MessageState.SPOOLED), (False, MessageState.IN_DOUBT)]
)
async def test_a_stop_in_the_middle_leaves_the_mail_where_it_is_found(
    before_dot: bool, state: MessageState
) -> None:
    journal, upstream, reached = MemoryJournal(), ToldUpstream(before_dot=before_dot), asyncio.Event()

    async def never() -> Accepted:
        reached.set()
        await asyncio.Event().wait()
        return OK

    upstream.says = [never]
    way = road(upstream, journal)
    way.tasks.start(way.attempt(flight(journal)), "attempt")
    await reached.wait()
    assert await way.tasks.drain(0) == 1
    await until(lambda: journal.entries[M1].state is state)


async def test_a_store_that_fails_at_the_mark_sends_nothing_and_leaves_the_sender_to_come_again() -> None:
    journal, upstream = MemoryJournal(), ToldUpstream()
    waiting = flight(journal, ours=False)
    waiting.durable = True
    journal.broken = True
    answer = await road(upstream, journal).attempt(waiting)
    assert (answer.kind.value, upstream.sent) == ("undecided", [])
    journal.broken = False
    await until(lambda: journal.entries[M1].state is MessageState.ABANDONED)


async def test_mail_for_the_seller_waits_as_long_as_the_mailbox_is_down() -> None:
    journal, upstream = MemoryJournal(), ToldUpstream([TryLater("down")], before_dot=True)
    arrived = replace(message(), session=replace(message().session, inbound=True))
    journal.clock.pass_by(days=30)
    await road(upstream, journal).attempt(flight(journal, of=arrived))
    assert journal.entries[M1].state is MessageState.SPOOLED
    assert journal.raws == {}
    assert upstream.partial == [False]


@pytest.mark.parametrize("before_dot", [True, False])
async def test_mail_for_the_seller_that_the_mailbox_refuses_is_held_and_no_stranger_gets_a_report(
    before_dot: bool,
) -> None:
    journal, upstream = MemoryJournal(), ToldUpstream([Refused(NO)], before_dot=before_dot)
    arrived = replace(message(), session=replace(message().session, inbound=True))
    await road(upstream, journal).attempt(flight(journal, of=arrived))
    assert journal.entries[M1].state is MessageState.HELD
    assert journal.raws == {M1: arrived.raw}


def test_who_wrote_to_the_seller_gets_no_report_whoever_asks_for_one() -> None:
    ours = message()
    arrived = replace(ours, session=replace(ours.session, inbound=True))
    way, refused = road(ToldUpstream(), MemoryJournal()), (RefusedRecipient(BUYER, NO),)
    assert way.report(ours, entry(ours), refused) is not None
    assert way.report(arrived, entry(arrived), refused) is None


async def test_a_mailbox_that_says_no_at_once_is_heard_by_the_mail_server() -> None:
    journal, upstream = MemoryJournal(), ToldUpstream([Refused(NO)])
    arrived = replace(message(), session=replace(message().session, inbound=True))
    answer = await road(upstream, journal).attempt(flight(journal, of=arrived, ours=False))
    assert (answer.relay, journal.entries[M1].state) == (NO, MessageState.REFUSED)

"""The life of one message over fakes: every answer, and what stands in the journal when it is given."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from gatepost.errors import InDoubt, JudgeError, Refused, StoreError, TryLater
from gatepost.model import (
    Accepted,
    Allowance,
    AnswerKind,
    Claim,
    ClaimState,
    Judgement,
    MessageId,
    MessageState,
    OrderId,
    RelayReply,
)
from gatepost.pipeline import Limits, Pipeline, Rules
from gatepost_policies.model import Action, Mode
from kit.messages import AT, BUYER, ONE_PER_ORDER, ORDER, UNREADABLE, allowance, finding, judgement, message
from kit.ports import OK, MemoryJournal, ToldAllowances, ToldJudge, ToldUpstream, road, until

RULES = Rules(ONE_PER_ORDER, UNREADABLE)
NO = RelayReply(554, "5.7.1", "no")


def pipeline(
    judged: Judgement | Exception,
    upstream: ToldUpstream,
    journal: MemoryJournal,
    *,
    spool: bool = True,
    rules: Rules = RULES,
    reply: timedelta = timedelta(seconds=5),
    allowed: Sequence[Allowance] = (),
) -> Pipeline:
    return Pipeline(
        judge=ToldJudge(judged),
        allowances=ToldAllowances(allowed),
        road=road(upstream, journal, spool=spool),
        rules=lambda: rules,
        limits=Limits(reply=reply, hold=timedelta(hours=24), received_headers=50),
        received_count=lambda raw: raw.count(b"Received:"),
    )


def claimed(journal: MemoryJournal, state: ClaimState) -> None:
    journal.claims[OrderId(ORDER)] = Claim(OrderId(ORDER), state, MessageId("first"), AT)


async def test_permitted_mail_gets_the_relays_own_answer() -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    answer = await pipeline(judgement(), upstream, journal).handle(message())
    assert (answer.kind, answer.relay) == (AnswerKind.RELAYED, OK.reply)
    assert [sent.id for sent in upstream.sent] == ["m1"]
    assert journal.entries[MessageId("m1")].state is MessageState.RELAYED


async def test_what_a_person_allowed_goes_out_and_is_recorded() -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    way = pipeline(judgement(finding()), upstream, journal, allowed=[allowance()])
    answer = await way.handle(message())
    assert (answer.kind, len(upstream.sent)) == (AnswerKind.RELAYED, 1)
    (found,) = journal.entries[MessageId("m1")].findings
    assert (found.mode, "allowed until 2026-11-30 by ada" in found.note) == (Mode.SHADOW, True)


async def test_an_exception_for_someone_else_changes_nothing() -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    allowed = [allowance(sender="other@shop.example")]
    answer = await pipeline(judgement(finding()), upstream, journal, allowed=allowed).handle(message())
    assert (answer.kind, upstream.sent) == (AnswerKind.REFUSED, [])


async def test_mail_to_nobodys_buyer_passes() -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    passing = Judgement(buyers=(), verdict=None)
    answer = await pipeline(passing, upstream, journal).handle(message(to=["someone@example.org"]))
    assert answer.kind is AnswerKind.RELAYED
    assert journal.entries[MessageId("m1")].action == "pass"


async def test_forbidden_mail_is_refused_and_never_offered() -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    answer = await pipeline(judgement(finding()), upstream, journal).handle(message())
    assert (answer.kind, len(answer.findings), upstream.sent) == (AnswerKind.REFUSED, 1, [])
    assert journal.entries[MessageId("m1")].state is MessageState.REFUSED


async def test_a_shadowed_finding_is_recorded_and_does_not_act() -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    answer = await pipeline(judgement(finding(mode=Mode.SHADOW)), upstream, journal).handle(message())
    assert answer.kind is AnswerKind.RELAYED
    assert [each.rule for each in journal.entries[MessageId("m1")].findings] == ["p1-external-link"]


async def test_a_refusal_does_not_name_shadowed_findings() -> None:
    shadow = finding("p4-marketing", mode=Mode.SHADOW)
    answer = await pipeline(judgement(finding(), shadow), ToldUpstream(), MemoryJournal()).handle(message())
    assert [each.rule for each in answer.findings] == ["p1-external-link"]


async def test_a_doubtful_mail_is_kept_whole_with_its_deadline() -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    doubtful = finding("p4-marketing", action=Action.QUARANTINE)
    answer = await pipeline(judgement(doubtful), upstream, journal).handle(message())
    held = journal.entries[MessageId("m1")]
    assert (answer.kind, upstream.sent, held.state) == (AnswerKind.HELD, [], MessageState.HELD)
    assert held.deadline_at == AT + timedelta(hours=24)
    assert journal.raws[MessageId("m1")] == message().raw


async def test_the_first_review_request_is_confirmed() -> None:
    journal = MemoryJournal()
    await pipeline(judgement(asks_review=True), ToldUpstream(), journal).handle(message())
    assert journal.claims[OrderId(ORDER)].state is ClaimState.CONFIRMED


@pytest.mark.parametrize("state", [ClaimState.RESERVED, ClaimState.CONFIRMED, ClaimState.IN_DOUBT])
async def test_a_second_review_request_is_refused_with_the_day_of_the_first(state: ClaimState) -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    claimed(journal, state)
    answer = await pipeline(judgement(asks_review=True), upstream, journal).handle(message())
    assert (answer.kind, upstream.sent) == (AnswerKind.REFUSED, [])
    assert answer.findings[-1].rule == "d4b-one-per-order"
    assert "2026-11-23" in answer.findings[-1].evidence


@pytest.mark.parametrize("state", [ClaimState.RELEASED, ClaimState.GRANTED])
async def test_a_free_order_may_ask_again(state: ClaimState) -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    claimed(journal, state)
    answer = await pipeline(judgement(asks_review=True), upstream, journal).handle(message())
    assert answer.kind is AnswerKind.RELAYED


async def test_the_ledgers_rule_in_shadow_records_and_lets_pass() -> None:
    journal, upstream = MemoryJournal(), ToldUpstream()
    claimed(journal, ClaimState.CONFIRMED)
    shadow = Rules(finding("d4b-one-per-order", mode=Mode.SHADOW, evidence=""), UNREADABLE)
    run = pipeline(judgement(asks_review=True), upstream, journal, rules=shadow)
    assert (await run.handle(message())).kind is AnswerKind.RELAYED
    assert journal.entries[MessageId("m1")].findings[0].rule == "d4b-one-per-order"


async def test_the_relays_refusal_is_the_senders_answer_and_frees_the_order() -> None:
    journal = MemoryJournal()
    upstream = ToldUpstream([Refused(NO)])
    answer = await pipeline(judgement(asks_review=True), upstream, journal).handle(message())
    assert (answer.kind, answer.relay) == (AnswerKind.REFUSED_BY_RELAY, NO)
    assert journal.claims[OrderId(ORDER)].state is ClaimState.RELEASED


async def test_with_the_relay_down_the_mail_is_stored_before_the_answer() -> None:
    journal = MemoryJournal()
    upstream = ToldUpstream([TryLater("down")], before_dot=True)
    answer = await pipeline(judgement(), upstream, journal).handle(message())
    stored = journal.entries[MessageId("m1")]
    assert (answer.kind, stored.state) == (AnswerKind.STORED, MessageState.SPOOLED)
    assert stored.next_attempt_at == AT + timedelta(seconds=60)
    assert journal.raws[MessageId("m1")] == message().raw


async def test_without_a_spool_the_sender_is_told_to_come_again() -> None:
    journal = MemoryJournal()
    upstream = ToldUpstream([TryLater("down")], before_dot=True)
    answer = await pipeline(judgement(), upstream, journal, spool=False).handle(message())
    assert answer.kind is AnswerKind.DEFERRED
    assert journal.entries[MessageId("m1")].state is MessageState.ABANDONED


async def test_a_lost_answer_is_in_doubt_and_keeps_the_order_taken() -> None:
    journal = MemoryJournal()
    upstream = ToldUpstream([InDoubt("lost")])
    answer = await pipeline(judgement(asks_review=True), upstream, journal).handle(message())
    assert answer.kind is AnswerKind.IN_DOUBT
    assert journal.claims[OrderId(ORDER)].state is ClaimState.IN_DOUBT
    assert journal.raws[MessageId("m1")] == message().raw


async def test_a_mail_in_doubt_is_not_sent_again_when_it_is_resubmitted() -> None:
    journal, upstream = MemoryJournal(), ToldUpstream([InDoubt("lost"), OK])
    run = pipeline(judgement(), upstream, journal)
    await run.handle(message())
    again = await run.handle(message("m2"))
    assert (again.kind, again.id, upstream.sent) == (AnswerKind.IN_DOUBT, "m1", [])


async def test_the_same_mail_again_gets_the_first_answer() -> None:
    journal, upstream = MemoryJournal(), ToldUpstream()
    run = pipeline(judgement(), upstream, journal)
    first, again = await run.handle(message()), await run.handle(message("m2"))
    assert (again, len(upstream.sent)) == (first, 1)


async def test_a_review_request_is_marked_before_the_dot() -> None:
    journal = MemoryJournal()
    await pipeline(judgement(asks_review=True), ToldUpstream(), journal).handle(message())
    assert journal.steps == ["open", "mark_sending", "settle relayed"]


async def test_a_mail_that_took_too_long_to_judge_is_held() -> None:
    journal, upstream = MemoryJournal(), ToldUpstream()
    answer = await pipeline(JudgeError("took longer than 8 s"), upstream, journal).handle(message())
    assert (answer.kind, upstream.sent) == (AnswerKind.HELD, [])
    assert answer.findings[0].category == "unreadable-content"


@pytest.mark.parametrize("fault", [RuntimeError("bug"), StoreError("order data: the database is locked")])
async def test_a_fault_of_ours_is_451_and_sends_nothing(fault: Exception) -> None:
    upstream = ToldUpstream()
    answer = await pipeline(fault, upstream, MemoryJournal()).handle(message())
    assert (answer.kind, upstream.sent) == (AnswerKind.UNDECIDED, [])


@pytest.mark.parametrize("findings", [(), (finding(),), (finding(action=Action.QUARANTINE),)])
async def test_without_a_store_nothing_goes_out_and_nothing_is_promised(findings: tuple[object, ...]) -> None:
    upstream = ToldUpstream()
    journal = MemoryJournal(broken=True)
    answer = await pipeline(judgement(*findings), upstream, journal).handle(message())  # type: ignore[arg-type] # findings only
    assert (answer.kind, upstream.sent) == (AnswerKind.UNDECIDED, [])


async def test_a_store_that_fails_after_the_relay_took_it_does_not_make_the_answer_a_lie() -> None:
    journal = MemoryJournal()
    upstream = ToldUpstream()

    async def break_then_accept() -> Accepted:
        journal.broken = True
        return OK

    upstream.says = [break_then_accept]
    answer = await pipeline(judgement(), upstream, journal).handle(message())
    assert answer.kind is AnswerKind.RELAYED
    journal.broken = False
    await until(lambda: journal.entries[MessageId("m1")].state is MessageState.RELAYED)


async def test_a_relay_that_is_slow_before_the_dot_leaves_a_stored_mail() -> None:
    journal, upstream, go = MemoryJournal(), ToldUpstream(), asyncio.Event()

    async def wait() -> Accepted:
        await go.wait()
        return OK

    upstream.says, upstream.before_dot = [wait], True
    run = pipeline(judgement(), upstream, journal, reply=timedelta(seconds=0.1))
    answer = await run.handle(message())
    assert answer.kind is AnswerKind.STORED
    assert journal.raws[MessageId("m1")] == message().raw
    go.set()
    await until(lambda: journal.entries[MessageId("m1")].state is MessageState.RELAYED)


async def test_a_relay_that_refuses_after_the_sender_was_answered_makes_a_report() -> None:
    journal, upstream, go = MemoryJournal(), ToldUpstream(), asyncio.Event()

    async def refuse() -> Accepted:
        await go.wait()
        raise Refused(NO)

    upstream.says = [refuse]
    run = pipeline(judgement(), upstream, journal, reply=timedelta(seconds=0.1))
    assert (await run.handle(message())).kind is AnswerKind.STORED
    go.set()
    await until(lambda: journal.entries[MessageId("m1")].state is MessageState.BOUNCED)
    report = journal.entries[MessageId("new1")]
    assert (report.state, report.envelope.mail_from) == (MessageState.SPOOLED, "")
    assert report.envelope.rcpt_tos == ("help@shop.example",)


async def test_without_a_spool_a_slow_relay_after_the_dot_is_in_doubt() -> None:
    journal, upstream, go = MemoryJournal(), ToldUpstream(), asyncio.Event()

    async def wait() -> Accepted:
        await go.wait()
        return OK

    upstream.says = [wait]
    run = pipeline(judgement(), upstream, journal, spool=False, reply=timedelta(seconds=0.1))
    assert (await run.handle(message())).kind is AnswerKind.IN_DOUBT
    go.set()
    await until(lambda: journal.entries[MessageId("m1")].state is MessageState.RELAYED)
    assert (await run.handle(message("m2"))).kind is AnswerKind.RELAYED


async def test_without_a_spool_a_slow_relay_before_the_dot_is_given_up() -> None:
    journal, upstream = MemoryJournal(), ToldUpstream(before_dot=True)

    async def never() -> Accepted:
        await asyncio.Event().wait()
        return OK

    upstream.says = [never]
    run = pipeline(judgement(), upstream, journal, spool=False, reply=timedelta(seconds=0.1))
    assert (await run.handle(message())).kind is AnswerKind.DEFERRED
    assert journal.entries[MessageId("m1")].state is MessageState.ABANDONED


async def test_a_slow_relay_leaves_time_to_store_the_mail_within_the_time_to_answer() -> None:
    async def never() -> Accepted:
        await asyncio.Event().wait()
        return OK

    run = pipeline(judgement(), ToldUpstream(says=[never]), MemoryJournal(), reply=timedelta(seconds=2))
    began = time.monotonic()
    assert (await run.handle(message())).kind is AnswerKind.STORED
    assert time.monotonic() - began < 2


async def test_a_looping_mail_is_refused() -> None:
    raw = b"Received: by x\r\n" * 51 + message().raw
    upstream = ToldUpstream()
    answer = await pipeline(judgement(), upstream, MemoryJournal()).handle(message(raw=raw))
    assert (answer.kind, upstream.sent) == (AnswerKind.LOOP, [])


async def test_a_mail_that_is_nested_too_deep_is_refused_and_not_kept() -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    deep = replace(judgement(finding(action=Action.QUARANTINE)), is_too_deep=True)
    answer = await pipeline(deep, upstream, journal).handle(message())
    assert (answer.kind, upstream.sent, journal.entries) == (AnswerKind.TOO_DEEP, [], {})


async def test_two_hundred_requests_for_one_order_send_one() -> None:
    journal, upstream = MemoryJournal(), ToldUpstream()
    run = pipeline(judgement(asks_review=True), upstream, journal)
    mails = [message(f"m{n}", raw=message().raw + b"%d\r\n" % n) for n in range(200)]
    answers = await asyncio.gather(*(run.handle(each) for each in mails))
    assert [answer.kind for answer in answers].count(AnswerKind.RELAYED) == 1
    assert (len(upstream.sent), BUYER in upstream.sent[0].envelope.rcpt_tos) == (1, True)


async def test_a_mail_that_was_marked_goes_on_and_is_kept_as_marked() -> None:
    marked = b"X-Mark: suspicious\r\n" + message().raw
    upstream, journal = ToldUpstream(), MemoryJournal()
    await pipeline(replace(judgement(), raw=marked), upstream, journal).handle(message())
    assert [each.raw for each in upstream.sent] == [marked]
    held = replace(judgement(finding(action=Action.QUARANTINE)), raw=marked)
    await pipeline(held, upstream, journal := MemoryJournal()).handle(message("m2"))
    assert list(journal.raws.values()) == [marked]

"""What a person does with a held mail, over fakes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pytest

from gatepost.errors import JudgeError, Refused, StateError, StoreError
from gatepost.model import (
    AnswerKind,
    Claim,
    ClaimState,
    Entry,
    Judgement,
    Message,
    MessageId,
    MessageState,
    OrderId,
    RelayReply,
)
from gatepost.ports import Taken
from gatepost.release import Released, ReleaseOutcome, orders_said, reject, release, release_corrected
from gatepost_policies.model import Action, Mode
from kit.messages import AT, ORDER, UNREADABLE, entry, finding, judgement, message
from kit.ports import MemoryJournal, ToldAllowances, ToldJudge, ToldUpstream, road

M1 = MessageId("m1")
TOO_MUCH = JudgeError("judging took longer than 60 s")
CLAIM = Claim(OrderId(ORDER), ClaimState.CONFIRMED, MessageId("first"), AT)


@dataclass
class OneHeld:
    """A quarantine with one mail in it."""

    journal: MemoryJournal
    claim: Claim | None = None
    broken: bool = False
    asked: list[Sequence[OrderId]] = field(default_factory=list)
    details: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        held = replace(entry(message(), MessageState.HELD), digest="d1")
        self.journal.entries[M1] = replace(held, asks_review=True, order_ids=(OrderId(ORDER),))

    def unjudge(self) -> None:
        """The mail was too much for the judge when it came."""
        held = replace(entry(message(), MessageState.HELD), buyers=(), subject="", sender="")
        self.journal.entries[M1] = replace(held, findings=(UNREADABLE,))

    async def raw(self, id: MessageId) -> bytes:
        return message().raw

    async def renew(self, entry: Entry) -> None:
        self.journal.entries[entry.id] = entry

    async def show(self, id: MessageId) -> Entry:
        if self.broken:
            raise StoreError("locked")
        return self.journal.entries[id]

    async def take(
        self,
        id: MessageId,
        *,
        by: str,
        claims: Sequence[OrderId],
        anew: Entry | None = None,
        raw: bytes | None = None,
        details: Mapping[str, str] | None = None,
    ) -> Message | Taken:
        self.asked.append(claims)
        self.details = details
        if claims and self.claim:
            return Taken(self.claim)
        if self.journal.entries[id].state is not MessageState.HELD:
            raise StateError("not held")
        now = anew or self.journal.entries[id]
        self.journal.entries[id] = replace(now, state=MessageState.ATTEMPTING)
        return message(raw=raw) if raw else message()

    async def reject(self, id: MessageId, *, by: str, note: str) -> None:
        if self.journal.entries[id].state is not MessageState.HELD:
            raise StateError("not held")
        self.journal.entries[id] = replace(self.journal.entries[id], state=MessageState.REJECTED)


async def let_go(
    held: OneHeld,
    *,
    judge: Judgement | Exception = TOO_MUCH,
    mode: Mode = Mode.ENFORCE,
    upstream: ToldUpstream | None = None,
    asks: Sequence[OrderId] | None = None,
) -> ReleaseOutcome:
    way = road(upstream or ToldUpstream(), held.journal)
    return await release(
        M1, by="rev", quarantine=held, road=way, judge=ToldJudge(judge), one_per_order=mode, asks=asks
    )


async def test_of_fifty_releases_one_sends() -> None:
    upstream, held = ToldUpstream(), OneHeld(MemoryJournal())
    outcomes = await asyncio.gather(*(let_go(held, upstream=upstream) for _ in range(50)))
    assert [each.released for each in outcomes].count(Released.SENT) == 1
    assert [each.released for each in outcomes].count(Released.NOT_HELD) == 49
    assert len(upstream.sent) == 1


async def test_a_held_review_request_stays_held_when_its_order_is_spent() -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    outcome = await let_go(OneHeld(journal, claim=CLAIM), upstream=upstream)
    assert (outcome.released, outcome.claim, upstream.sent) == (Released.SPENT, CLAIM, [])
    assert journal.entries[M1].state is MessageState.HELD


async def test_with_the_rule_off_no_order_is_claimed() -> None:
    held = OneHeld(MemoryJournal(), claim=CLAIM)
    await let_go(held, mode=Mode.OFF)
    assert held.asked == [()]


async def test_a_released_mail_that_the_relay_refuses_is_reported_to_its_sender() -> None:
    journal = MemoryJournal()
    upstream = ToldUpstream([Refused(RelayReply(554, "5.7.1", "no"))])
    outcome = await let_go(OneHeld(journal), upstream=upstream)
    assert outcome.answer is not None
    assert outcome.answer.kind is AnswerKind.REFUSED_BY_RELAY
    assert journal.entries[M1].state is MessageState.BOUNCED


async def test_a_store_that_fails_leaves_the_mail_held() -> None:
    journal = MemoryJournal()
    outcome = await let_go(OneHeld(journal, broken=True))
    assert outcome.released is Released.FAILED
    assert journal.entries[M1].state is MessageState.HELD


async def test_a_mail_is_rejected_once() -> None:
    journal = MemoryJournal()
    held = OneHeld(journal)
    way = road(ToldUpstream(), journal)
    first = await reject(M1, by="rev", note="no", quarantine=held, road=way)
    again = await reject(M1, by="rev", note="no", quarantine=held, road=way)
    assert (first.released, again.released) == (Released.REJECTED, Released.NOT_HELD)


async def test_the_sender_of_a_rejected_mail_is_told_with_the_reviewers_note() -> None:
    journal = MemoryJournal()
    way = road(ToldUpstream(), journal)
    await reject(M1, by="rev", note="no offers, please", quarantine=OneHeld(journal), road=way)
    told = journal.entries[MessageId("new1")]
    assert (told.envelope.mail_from, told.envelope.rcpt_tos) == ("", ("help@shop.example",))
    assert b"no offers, please" in journal.raws[told.id]


def unjudged(claim: Claim | None = None) -> OneHeld:
    held = OneHeld(MemoryJournal(), claim=claim)
    held.unjudge()
    return held


async def test_a_mail_held_unjudged_is_judged_at_its_release_and_claims_its_orders() -> None:
    held = unjudged()
    outcome = await let_go(held, judge=judgement(asks_review=True))
    assert outcome.released is Released.SENT
    assert held.asked == [(OrderId(ORDER),)]
    assert held.details == {"judged": "at release"}
    now = held.journal.entries[M1]
    assert (now.was_judged, now.asks_review, now.findings) == (True, True, (UNREADABLE,))


async def test_a_second_review_request_that_came_unjudged_is_not_released() -> None:
    upstream, held = ToldUpstream(), unjudged(CLAIM)
    outcome = await let_go(held, judge=judgement(asks_review=True), upstream=upstream)
    assert (outcome.released, outcome.claim, upstream.sent) == (Released.SPENT, CLAIM, [])


@pytest.mark.parametrize("action", [Action.QUARANTINE, Action.REJECT])
async def test_what_judging_at_the_release_finds_stays_held_for_another_look(action: Action) -> None:
    upstream, held, found = ToldUpstream(), unjudged(), finding(action=action)
    outcome = await let_go(held, judge=judgement(found), upstream=upstream)
    assert (outcome.released, outcome.findings, upstream.sent) == (Released.FOUND, (found,), [])
    now = held.journal.entries[M1]
    assert (now.state, now.findings) == (MessageState.HELD, (UNREADABLE, found))
    assert (await let_go(held, upstream=upstream)).released is Released.SENT


TOO_DEEP = replace(judgement(), is_too_deep=True)


@pytest.mark.parametrize("says", [TOO_MUCH, TOO_DEEP], ids=["over budget", "too deep"])
async def test_what_cannot_be_judged_needs_a_persons_word(says: Judgement | Exception) -> None:
    upstream, held = ToldUpstream(), unjudged()
    outcome = await let_go(held, judge=says, upstream=upstream)
    assert (outcome.released, upstream.sent, held.asked) == (Released.UNJUDGED, [], [])
    assert held.journal.entries[M1].state is MessageState.HELD


async def test_the_orders_that_a_person_names_are_claimed_and_recorded() -> None:
    held = unjudged()
    outcome = await let_go(held, judge=TOO_MUCH, asks=(OrderId(ORDER),))
    assert (outcome.released, held.asked) == (Released.SENT, [(OrderId(ORDER),)])
    assert held.details == {"judged": f"no: {TOO_MUCH}", "asks-review-for": ORDER}
    assert held.journal.entries[M1].asks_review


async def test_an_order_that_a_person_names_is_not_asked_twice() -> None:
    outcome = await let_go(unjudged(CLAIM), judge=TOO_MUCH, asks=(OrderId(ORDER),))
    assert outcome.released is Released.SPENT


async def test_a_person_may_say_that_it_asks_for_no_review() -> None:
    held = unjudged(CLAIM)
    outcome = await let_go(held, judge=TOO_MUCH, asks=())
    assert (outcome.released, held.asked) == (Released.SENT, [()])
    assert held.details == {"judged": f"no: {TOO_MUCH}", "asks-review-for": "none"}


async def test_a_persons_word_does_not_count_against_a_verdict() -> None:
    held = unjudged()
    await let_go(held, judge=judgement(asks_review=True), asks=())
    assert held.asked == [(OrderId(ORDER),)]


def test_orders_are_read_as_people_type_them() -> None:
    assert orders_said(f" {ORDER}, 112-1234567-7654321 {ORDER}") == (ORDER, "112-1234567-7654321")
    assert orders_said("") == ()
    with pytest.raises(ValueError, match="112-12 is no order ID"):
        orders_said("112-12")


BETTER = b"Subject: Your order\r\n\r\nWithout an offer.\r\n"


async def correct(
    held: OneHeld,
    judge: Judgement | Exception,
    *,
    upstream: ToldUpstream | None = None,
    although: bool = False,
    mode: Mode = Mode.ENFORCE,
) -> ReleaseOutcome:
    return await release_corrected(
        M1,
        raw=BETTER,
        by="rev",
        quarantine=held,
        road=road(upstream or ToldUpstream(), held.journal),
        judge=ToldJudge(judge),
        allowances=ToldAllowances(),
        one_per_order=mode,
        although=although,
    )


async def test_a_corrected_mail_goes_out_with_what_it_says_now() -> None:
    upstream, held = ToldUpstream(), OneHeld(MemoryJournal())
    outcome = await correct(held, judgement(), upstream=upstream)
    assert outcome.released is Released.SENT
    assert [sent.raw for sent in upstream.sent] == [BETTER]
    now = held.journal.entries[M1]
    assert (now.findings, now.size_bytes, now.asks_review) == ((), len(BETTER), False)
    assert (held.asked, held.details) == ([()], {"corrected": "yes"})


async def test_a_corrected_review_request_claims_its_orders() -> None:
    held = OneHeld(MemoryJournal())
    await correct(held, judgement(asks_review=True))
    await correct(OneHeld(held.journal), judgement(asks_review=True), mode=Mode.OFF)
    assert held.asked == [(OrderId(ORDER),)]


async def test_a_corrected_second_review_request_stays_held() -> None:
    outcome = await correct(OneHeld(MemoryJournal(), claim=CLAIM), judgement(asks_review=True))
    assert outcome.released is Released.SPENT


@pytest.mark.parametrize(
    ("action", "although", "released"),
    [
        (Action.REJECT, False, Released.FOUND),
        (Action.REJECT, True, Released.FOUND),
        (Action.QUARANTINE, False, Released.FOUND),
        (Action.QUARANTINE, True, Released.SENT),
    ],
)
async def test_what_is_found_in_the_correction_counts(
    action: Action, although: bool, released: Released
) -> None:
    held, found = OneHeld(MemoryJournal()), finding(action=action)
    outcome = await correct(held, judgement(found, asks_review=True), although=although)
    assert outcome.released is released
    assert held.asked == ([(OrderId(ORDER),)] if released is Released.SENT else [])


@pytest.mark.parametrize("says", [TOO_MUCH, TOO_DEEP, Judgement((), None)])
async def test_a_correction_without_a_verdict_stays(says: Judgement | Exception) -> None:
    outcome = await correct(OneHeld(MemoryJournal()), says)
    assert outcome.released is Released.UNJUDGED


async def test_only_held_mail_is_corrected() -> None:
    held = OneHeld(MemoryJournal())
    await correct(held, judgement())
    assert (await correct(held, judgement())).released is Released.NOT_HELD
    assert (await correct(OneHeld(MemoryJournal(), broken=True), judgement())).released is Released.FAILED

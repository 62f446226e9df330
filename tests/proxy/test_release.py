"""What a person does with a held mail, over fakes."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from gatepost.errors import Refused, StateError, StoreError
from gatepost.model import (
    AnswerKind,
    Claim,
    ClaimState,
    Entry,
    Message,
    MessageId,
    MessageState,
    OrderId,
    RelayReply,
)
from gatepost.ports import Taken
from gatepost.release import Released, reject, release
from gatepost_policies.model import Mode
from kit.messages import AT, ORDER, entry, message
from kit.ports import MemoryJournal, ToldUpstream, road

M1 = MessageId("m1")
CLAIM = Claim(OrderId(ORDER), ClaimState.CONFIRMED, MessageId("first"), AT)


@dataclass
class OneHeld:
    """A quarantine with one mail in it."""

    journal: MemoryJournal
    claim: Claim | None = None
    broken: bool = False
    asked: list[Sequence[OrderId]] = field(default_factory=list)

    def __post_init__(self) -> None:
        held = entry(message(), MessageState.HELD)
        self.journal.entries[M1] = replace(held, asks_review=True, order_ids=(OrderId(ORDER),))

    async def show(self, id: MessageId) -> Entry:
        if self.broken:
            raise StoreError("locked")
        return self.journal.entries[id]

    async def take(self, id: MessageId, *, by: str, claims: Sequence[OrderId]) -> Message | Taken:
        self.asked.append(claims)
        if claims and self.claim:
            return Taken(self.claim)
        if self.journal.entries[id].state is not MessageState.HELD:
            raise StateError("not held")
        self.journal.entries[id] = replace(self.journal.entries[id], state=MessageState.ATTEMPTING)
        return message()

    async def reject(self, id: MessageId, *, by: str, note: str) -> None:
        if self.journal.entries[id].state is not MessageState.HELD:
            raise StateError("not held")
        self.journal.entries[id] = replace(self.journal.entries[id], state=MessageState.REJECTED)


async def test_of_fifty_releases_one_sends() -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    held, way = OneHeld(journal), road(upstream, journal)
    outcomes = await asyncio.gather(
        *(release(M1, by="rev", quarantine=held, road=way, one_per_order=Mode.ENFORCE) for _ in range(50))
    )
    assert [each.released for each in outcomes].count(Released.SENT) == 1
    assert [each.released for each in outcomes].count(Released.NOT_HELD) == 49
    assert len(upstream.sent) == 1


async def test_a_held_review_request_stays_held_when_its_order_is_spent() -> None:
    upstream, journal = ToldUpstream(), MemoryJournal()
    held = OneHeld(journal, claim=CLAIM)
    outcome = await release(
        M1, by="rev", quarantine=held, road=road(upstream, journal), one_per_order=Mode.ENFORCE
    )
    assert (outcome.released, outcome.claim, upstream.sent) == (Released.SPENT, CLAIM, [])
    assert journal.entries[M1].state is MessageState.HELD


async def test_with_the_rule_off_no_order_is_claimed() -> None:
    journal = MemoryJournal()
    held = OneHeld(journal, claim=CLAIM)
    way = road(ToldUpstream(), journal)
    await release(M1, by="rev", quarantine=held, road=way, one_per_order=Mode.OFF)
    assert held.asked == [()]


async def test_a_released_mail_that_the_relay_refuses_is_reported_to_its_sender() -> None:
    journal = MemoryJournal()
    upstream = ToldUpstream([Refused(RelayReply(554, "5.7.1", "no"))])
    outcome = await release(
        M1, by="rev", quarantine=OneHeld(journal), road=road(upstream, journal), one_per_order=Mode.ENFORCE
    )
    assert outcome.answer is not None
    assert outcome.answer.kind is AnswerKind.REFUSED_BY_RELAY
    assert journal.entries[M1].state is MessageState.BOUNCED


@pytest.mark.parametrize("broken", [True])
async def test_a_store_that_fails_leaves_the_mail_held(broken: bool) -> None:
    journal = MemoryJournal()
    outcome = await release(
        M1,
        by="rev",
        quarantine=OneHeld(journal, broken=broken),
        road=road(ToldUpstream(), journal),
        one_per_order=Mode.ENFORCE,
    )
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

"""What a person does with a held mail, over ports only. It is released by the road of live mail."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from gatepost import events
from gatepost.attempt import Flight, Road, everyone
from gatepost.decide import decide, excused, judged
from gatepost.errors import JudgeError, StateError, StoreError
from gatepost.model import (
    Answer,
    Claim,
    Entry,
    Judgement,
    Message,
    MessageId,
    MessageState,
    OrderId,
    RelayReply,
)
from gatepost.ports import Allowances, Judge, Quarantine, Taken
from gatepost_policies.model import Finding, Mode

_ORDER = re.compile(r"\d{3}-\d{7}-\d{7}", re.ASCII)


class Released(Enum):
    """How a release or a rejection ended."""

    SENT = "sent"  # an attempt was made; its answer says what the relay said
    REJECTED = "rejected"
    NOT_HELD = "not-held"  # someone else was first, or there is no such mail
    SPENT = "spent"  # the order's one review request is taken meanwhile; still held (D4b)
    FOUND = "found"  # it was judged only now; still held, with what was found
    UNJUDGED = "unjudged"  # it can't be judged: a person must say what it asks for; still held (D4b)
    FAILED = "failed"  # the store failed; still held


@dataclass(frozen=True, slots=True)
class ReleaseOutcome:
    """The outcome for one id."""

    id: MessageId
    released: Released
    answer: Answer | None = None
    claim: Claim | None = None
    why: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Going:
    """A held mail on its way out: its entry as it is now, and the orders that it asks a review for."""

    entry: Entry
    claims: tuple[OrderId, ...] = ()
    anew: bool = False  # the entry is not as it was held
    raw: bytes | None = None  # a corrected mail's bytes, in place of those held
    details: Mapping[str, str] = field(default_factory=dict)  # for the audit trail


def orders_said(text: str) -> tuple[OrderId, ...]:
    """The order IDs in what a person typed. Raises ValueError for anything that is none."""
    words = text.replace(",", " ").split()
    for word in words:
        if not _ORDER.fullmatch(word):
            raise ValueError(f"{word[:40]} is no order ID: one looks like 112-1234567-1234567")
    return tuple(OrderId(word) for word in dict.fromkeys(words))


async def release(
    id: MessageId,
    *,
    by: str,
    quarantine: Quarantine,
    road: Road,
    judge: Judge,
    one_per_order: Mode,
    asks: Sequence[OrderId] | None = None,
) -> ReleaseOutcome:
    """Send a held mail; of concurrent calls one does. A review request needs its orders' claims (D4b).

    A mail that was held unjudged is judged first, by a `judge` with time. Where that fails, `asks` is the
    word of a person: the orders that it asks a review for, none of them when it is empty.
    """
    ready = _as_held(id, quarantine=quarantine, judge=judge, asks=asks)
    return await _let_go(id, ready, by=by, quarantine=quarantine, road=road, one_per_order=one_per_order)


async def _as_held(
    id: MessageId, *, quarantine: Quarantine, judge: Judge, asks: Sequence[OrderId] | None
) -> Going | ReleaseOutcome:
    """A held mail as it is, ready to go out; one that was never judged is judged first."""
    entry = await quarantine.show(id)
    if entry.was_judged or entry.state is not MessageState.HELD:
        return Going(entry, entry.order_ids if entry.asks_review else ())
    return await _judge_again(entry, quarantine=quarantine, judge=judge, asks=asks)


async def _let_go(
    id: MessageId,
    ready: Awaitable[Going | ReleaseOutcome],
    *,
    by: str,
    quarantine: Quarantine,
    road: Road,
    one_per_order: Mode,
) -> ReleaseOutcome:
    """Send what `ready` gives, with its claims unless their rule is off; a failing store leaves it held."""
    try:
        going = await ready
        if isinstance(going, ReleaseOutcome):
            return going
        if one_per_order is Mode.OFF:
            going = replace(going, claims=())
        return await send(going, by=by, quarantine=quarantine, road=road)
    except StateError as error:
        return ReleaseOutcome(id, Released.NOT_HELD, why=str(error))
    except StoreError as error:
        return ReleaseOutcome(id, Released.FAILED, why=str(error))


async def send(going: Going, *, by: str, quarantine: Quarantine, road: Road) -> ReleaseOutcome:
    """Take a mail out of the quarantine and offer it to the relay. Raises StateError or StoreError."""
    id = going.entry.id
    anew = going.entry if going.anew else None
    taken = await quarantine.take(
        id, by=by, claims=going.claims, anew=anew, raw=going.raw, details=going.details
    )
    if isinstance(taken, Taken):
        return ReleaseOutcome(id, Released.SPENT, claim=taken.claim)
    events.message_released(id, by)
    entry = replace(going.entry, going_since=road.clock.now())
    flight = Flight(taken, entry, durable=True, ours=True)
    answer = await road.tasks.start(road.attempt(flight), name=f"release {id}")
    return ReleaseOutcome(id, Released.SENT, answer=answer)


async def release_corrected(
    id: MessageId,
    *,
    raw: bytes,
    by: str,
    quarantine: Quarantine,
    road: Road,
    judge: Judge,
    allowances: Allowances,
    one_per_order: Mode,
    although: bool = False,
) -> ReleaseOutcome:
    """Send a corrected mail in place of a held one, judged anew, with the claims that it needs (D4b).

    What is found keeps it held; `although` lets pass what would only be held, as a release does. Both
    versions are kept.
    """
    judging = Excusing(judge, allowances)
    ready = _corrected(id, raw, quarantine=quarantine, judge=judging, although=although)
    return await _let_go(id, ready, by=by, quarantine=quarantine, road=road, one_per_order=one_per_order)


@dataclass(frozen=True, slots=True)
class Excusing:
    """A judge that knows what people allowed."""

    inner: Judge
    allowances: Allowances

    async def judge(self, message: Message) -> Judgement:
        """As the inner judge, with what is allowed only recorded. Raises JudgeError."""
        judgement = await self.inner.judge(message)
        known = await self.allowances.known()
        account, mail_from = message.session.account, message.envelope.mail_from
        return excused(judgement, known, account=account, mail_from=mail_from)


async def _corrected(
    id: MessageId, raw: bytes, *, quarantine: Quarantine, judge: Judge, although: bool
) -> Going | ReleaseOutcome:
    """A held mail with the bytes `raw` in place of its own, where the judge lets those go."""
    entry = await quarantine.show(id)
    if entry.state is not MessageState.HELD:
        return ReleaseOutcome(id, Released.NOT_HELD, why=f"message {id} is {entry.state.value}")
    message = Message(id, entry.received_at, entry.session, entry.envelope, raw)
    try:
        judgement = await judge.judge(message)
    except JudgeError as error:
        return ReleaseOutcome(entry.id, Released.UNJUDGED, why=str(error))
    verdict = judgement.verdict
    if verdict is None or judgement.is_too_deep:
        return ReleaseOutcome(entry.id, Released.UNJUDGED, why="there is no verdict on the whole of it")
    state = decide(judgement, one_per_order=Mode.ENFORCE).state
    if state is MessageState.REFUSED or (state is MessageState.HELD and not although):
        return ReleaseOutcome(entry.id, Released.FOUND, findings=verdict.findings)
    now = replace(judged(entry, judgement), findings=verdict.findings, size_bytes=len(message.raw))
    although_found = " ".join(dict.fromkeys(each.rule for each in verdict.findings if each.acts))
    details = {"corrected": "yes"} | ({"although": although_found} if although_found else {})
    claims = now.order_ids if now.asks_review else ()
    return Going(now, claims, anew=True, raw=message.raw, details=details)


async def _judge_again(
    entry: Entry, *, quarantine: Quarantine, judge: Judge, asks: Sequence[OrderId] | None
) -> Going | ReleaseOutcome:
    """Judge what was held unjudged; what is found is written down and stays held for another look."""
    raw = await quarantine.raw(entry.id)
    message = Message(entry.id, entry.received_at, entry.session, entry.envelope, raw)
    try:
        judgement = await judge.judge(message)
        if judgement.is_too_deep:
            raise JudgeError("it has too many parts, or too deep ones, to be read whole")
    except JudgeError as error:
        return _by_word(entry, asks, str(error))
    decision = decide(judgement, one_per_order=Mode.ENFORCE)
    now = judged(entry, judgement)
    now = replace(now, findings=(*entry.findings, *decision.findings))
    if decision.state is not MessageState.ATTEMPTING:
        await quarantine.renew(now)
        return ReleaseOutcome(entry.id, Released.FOUND, findings=decision.findings)
    return Going(now, decision.claims, anew=True, details={"judged": "at release"})


def _by_word(entry: Entry, asks: Sequence[OrderId] | None, why: str) -> Going | ReleaseOutcome:
    """What a person's word makes of a mail that can't be judged."""
    if asks is None:
        return ReleaseOutcome(entry.id, Released.UNJUDGED, why=why)
    orders = tuple(asks)
    said = replace(entry, order_ids=orders or entry.order_ids, asks_review=bool(orders))
    details = {"judged": f"no: {why}", "asks-review-for": " ".join(orders) or "none"}
    return Going(said, orders, anew=True, details=details)


async def give_back(entry: Entry, reply: RelayReply, *, road: Road) -> None:
    """Report to the sender that a held mail will not go out; durable in the spool when it returns."""
    message = Message(entry.id, entry.received_at, entry.session, entry.envelope, raw=b"")
    if report := road.report(message, entry, everyone(message, reply)):
        await road.journal.open(report[0], raw=report[1])


async def reject(
    id: MessageId, *, by: str, note: str, quarantine: Quarantine, road: Road, report: bool = True
) -> ReleaseOutcome:
    """Refuse a held mail for good and tell its sender, with the reviewer's note.

    Without `report` the sender gets no delivery report: a notice tells it.
    """
    try:
        entry = await quarantine.show(id)
        await quarantine.reject(id, by=by, note=note)
    except StateError as error:
        return ReleaseOutcome(id, Released.NOT_HELD, why=str(error))
    except StoreError as error:
        return ReleaseOutcome(id, Released.FAILED, why=str(error))
    events.message_rejected(id, by)
    words = f"a reviewer decided against it: {note}" if note else "a reviewer decided against it"
    try:
        if report:
            await give_back(entry, RelayReply(554, "5.7.1", words), road=road)
    except StoreError as error:
        return ReleaseOutcome(id, Released.REJECTED, why=f"the sender could not be told: {error}")
    return ReleaseOutcome(id, Released.REJECTED)

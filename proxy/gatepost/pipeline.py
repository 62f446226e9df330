"""The life of one message, over ports only.

received -> judged -> decided -> opened in the journal -> offered to the relay, held or refused -> answered.
Whatever goes wrong ends in a true answer: 4xx where nothing was sent, never a 250 for what is not safe.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from gatepost import events
from gatepost.attempt import Flight, Road
from gatepost.decide import Decision, decide, excused, judged, repeat_finding, repeated, unjudged
from gatepost.errors import JudgeError, StateError, StoreError
from gatepost.fingerprint import fingerprint
from gatepost.model import Answer, AnswerKind, Entry, Judgement, Message, MessageState
from gatepost.ports import Allowances, Earlier, Judge, Opened, Taken
from gatepost_policies.model import Action, Finding

_FOR_THE_RELAY = 0.95
"""The share of the time to answer in which the relay is waited for; then the mail has yet to be stored."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The two rules that the engine can't fire itself, as findings without evidence."""

    one_per_order: Finding  # D4b
    unreadable: Finding


@dataclass(frozen=True, slots=True)
class Limits:
    """What the pipeline keeps to."""

    reply: timedelta
    hold: timedelta
    received_headers: int


class Pipeline:
    """Takes messages and answers them; one for the whole process."""

    def __init__(
        self,
        *,
        judge: Judge,
        allowances: Allowances,
        road: Road,
        rules: Callable[[], Rules],
        limits: Limits,
        received_count: Callable[[bytes], int],
    ) -> None:
        self._judge, self._allowances = judge, allowances
        self._road, self._rules, self._limits = road, rules, limits
        self._received_count = received_count

    async def handle(self, message: Message) -> Answer:
        """Decide, store and relay one message; the answer is true when it returns. Never raises."""
        events.message_received(message)
        start = time.monotonic()
        try:
            return await self._handle(message, start)
        except Exception as error:  # a failing store, and anything unforeseen, becomes a 451 here
            events.message_undecided(message.id, error)
        return Answer(AnswerKind.UNDECIDED, message.id)

    async def _handle(self, message: Message, start: float) -> Answer:
        if self._received_count(message.raw) > self._limits.received_headers:
            events.message_looped(message.id)
            return Answer(AnswerKind.LOOP, message.id)
        rules = self._rules()
        judgement, decision = await self._decide(message, rules)
        if judgement.is_too_deep:
            events.message_overnested(message.id)
            return Answer(AnswerKind.TOO_DEEP, message.id)
        if judgement.raw is not None:
            message = replace(message, raw=judgement.raw)
        opened, entry = await self._open(message, judgement, decision, rules)
        answer = opened.answer if isinstance(opened, Earlier) else await self._act(message, entry, start)
        events.message_done(
            message,
            action="resubmitted" if isinstance(opened, Earlier) else entry.action,
            answer=answer.kind.value,
            rules=[finding.rule for finding in entry.findings],
            purpose=entry.purpose,
            seconds=time.monotonic() - start,
        )
        return answer

    async def _decide(self, message: Message, rules: Rules) -> tuple[Judgement, Decision]:
        try:
            judgement = await self._judge.judge(message)
        except JudgeError as error:
            events.message_unjudged(message.id, error)
            empty = Judgement(buyers=(), verdict=None)
            return empty, unjudged(rules.unreadable, str(error))
        judgement = await self._excuse(message, judgement)
        return judgement, decide(judgement, one_per_order=rules.one_per_order.mode)

    async def _excuse(self, message: Message, judgement: Judgement) -> Judgement:
        """Take the weight from what people allowed."""
        if judgement.verdict is None or judgement.verdict.action is Action.RELAY:
            return judgement
        allowances = await self._allowances.known()
        account, mail_from = message.session.account, message.envelope.mail_from
        return excused(judgement, allowances, account=account, mail_from=mail_from)

    async def _open(
        self, message: Message, judgement: Judgement, decision: Decision, rules: Rules
    ) -> tuple[Opened | Earlier, Entry]:
        """Write the entry and reserve its claims; a spent review request changes the decision once."""
        entry = self._entry(message, judgement, decision)
        opened = await self._write(message, entry, decision)
        if isinstance(opened, Taken):
            finding = repeat_finding(rules.one_per_order, opened.claim)
            decision = repeated(decision, finding)
            entry = self._entry(message, judgement, decision)
            opened = await self._write(message, entry, decision)
        if isinstance(opened, Taken):  # no claims were asked for the second time
            raise StoreError("the journal answered with a claim that nobody asked for")
        return opened, entry

    async def _write(self, message: Message, entry: Entry, decision: Decision) -> Opened | Earlier | Taken:
        raw = message.raw if entry.has_raw else None
        return await self._road.journal.open(entry, raw=raw, claims=decision.claims)

    async def _act(self, message: Message, entry: Entry, start: float) -> Answer:
        if entry.state is not MessageState.ATTEMPTING:
            assert entry.answer is not None  # noqa: S101 - _entry gives one to every other state
            return entry.answer
        flight = Flight(message, entry, durable=entry.has_raw, ours=False)
        task = self._road.tasks.start(self._road.attempt(flight), name=f"attempt {message.id}")
        seconds = self._limits.reply.total_seconds() * _FOR_THE_RELAY - (time.monotonic() - start)
        done, _ = await asyncio.wait({task}, timeout=max(seconds, 0.1))
        return task.result() if done else await self._late(flight, task)

    async def _late(self, flight: Flight, task: asyncio.Task[Answer]) -> Answer:
        """The relay is slow and the sender must be answered: store the mail, the attempt goes on."""
        id = flight.message.id
        if not self._road.terms.spool:
            return await self._late_deferred(flight, task)
        async with flight.lock:
            if not flight.settled:
                state = MessageState.SENDING if flight.sending else MessageState.ATTEMPTING
                try:
                    await self._road.journal.keep(id, flight.message.raw, state)
                except StateError:
                    pass  # settled at this very moment: the task has the answer
                else:
                    flight.durable = flight.ours = True
                    return Answer(AnswerKind.STORED, id)
        return await asyncio.shield(task)

    async def _late_deferred(self, flight: Flight, task: asyncio.Task[Answer]) -> Answer:
        """Without a spool: give up if the relay can't have the mail, else say that nobody knows yet."""
        if flight.sending:
            return Answer(AnswerKind.IN_DOUBT, flight.message.id)
        task.cancel()
        await asyncio.wait({task})
        if task.cancelled():
            return Answer(AnswerKind.DEFERRED, flight.message.id)
        return task.result()

    def _entry(self, message: Message, judgement: Judgement, decision: Decision) -> Entry:
        state = decision.state
        entry = Entry(
            id=message.id,
            received_at=message.received_at,
            state=state,
            session=replace(message.session, credentials=None),
            envelope=message.envelope,
            subject="",
            sender="",
            size_bytes=len(message.raw),
            fingerprint=fingerprint(message, to_buyer=bool(judgement.buyers) or bool(decision.findings)),
            buyers=(),
            action=decision.action,
            findings=decision.findings,
            has_raw=state is MessageState.HELD or bool(decision.claims),
        )
        entry = judged(entry, judgement)
        match state:
            case MessageState.HELD:
                answer = Answer(AnswerKind.HELD, message.id, decision.findings)
                return replace(entry, answer=answer, deadline_at=message.received_at + self._limits.hold)
            case MessageState.REFUSED:
                acting = tuple(finding for finding in decision.findings if finding.acts)
                return replace(entry, answer=Answer(AnswerKind.REFUSED, message.id, acting))
            case _:
                return entry

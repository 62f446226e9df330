"""Fakes of the ports: an upstream that does as it is told, a journal in memory, a clock that stands still."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from gatepost.attempt import Road, Terms
from gatepost.errors import StateError, StoreError
from gatepost.model import (
    Accepted,
    Allowance,
    Answer,
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
from gatepost.ports import Earlier, Opened, Settled, Taken
from gatepost.states import FREE, check_message, claim_after
from gatepost.tasks import Tasks

OK = Accepted(RelayReply(250, "2.0.0", "Ok: queued as 1A2B"))


@dataclass
class StillClock:
    """A clock that moves when it is told to."""

    at: datetime = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class ToldUpstream:
    """Gives the outcomes in `says` in turn (the last for ever): Accepted, an exception, or a function."""

    says: list[Accepted | BaseException | Callable[[], Awaitable[Accepted]]] = field(
        default_factory=lambda: [OK]
    )
    before_dot: bool = False  # fail before the relay said 354
    sent: list[Message] = field(default_factory=list)
    partial: list[bool] = field(default_factory=list)

    async def relay(
        self, message: Message, *, on_data: Callable[[], Awaitable[None]], partial: bool = False
    ) -> Accepted:
        self.partial.append(partial)
        say = self.says.pop(0) if len(self.says) > 1 else self.says[0]
        if not self.before_dot:
            await on_data()
        if isinstance(say, BaseException):
            raise say
        accepted = say if isinstance(say, Accepted) else await say()
        self.sent.append(message)
        return accepted


@dataclass
class MemoryJournal:
    """The journal's rules without a disk; `broken` makes every write fail."""

    entries: dict[MessageId, Entry] = field(default_factory=dict)
    raws: dict[MessageId, bytes] = field(default_factory=dict)
    claims: dict[OrderId, Claim] = field(default_factory=dict)
    clock: StillClock = field(default_factory=StillClock)
    broken: bool = False
    steps: list[str] = field(default_factory=list)

    async def open(
        self, entry: Entry, *, raw: bytes | None, claims: Sequence[OrderId] = ()
    ) -> Opened | Earlier | Taken:
        self._check("open")
        for other in self.entries.values():
            same = entry.fingerprint and other.fingerprint == entry.fingerprint
            if same and other.state is not MessageState.ABANDONED:
                return Earlier(other.answer or Answer(AnswerKind.BUSY, other.id))
        for order in claims:
            claim = self.claims.get(order)
            if claim and claim.state not in FREE:
                return Taken(claim)
        for order in claims:
            self.claims[order] = Claim(order, ClaimState.RESERVED, entry.id, self.clock.now())
        self.entries[entry.id] = entry
        if raw is not None:
            self.raws[entry.id] = raw
        return Opened()

    async def keep(self, id: MessageId, raw: bytes, state: MessageState) -> None:
        self._check("keep")
        self._in_flight(id)
        answer = Answer(AnswerKind.STORED, id)
        self.entries[id] = replace(self.entries[id], state=state, answer=answer)
        self.raws[id] = raw

    async def mark_sending(self, id: MessageId) -> None:
        self._check("mark_sending")
        self.entries[id] = replace(self.entries[id], state=MessageState.SENDING)

    async def settle(self, id: MessageId, settled: Settled, *, raw: bytes | None = None) -> None:
        self._check(f"settle {settled.state.value}")
        entry = self._in_flight(id)
        check_message(entry.state, settled.state)
        next_at = settled.next_attempt_at
        self.entries[id] = replace(entry, state=settled.state, answer=settled.answer, next_attempt_at=next_at)
        if raw is not None:
            self.raws[id] = raw
        if after := claim_after(settled.state):
            for order, claim in self.claims.items():
                if claim.message == id:
                    self.claims[order] = replace(claim, state=after)

    def _in_flight(self, id: MessageId) -> Entry:
        entry = self.entries[id]
        if entry.state not in (MessageState.ATTEMPTING, MessageState.SENDING):
            raise StateError(f"{id} is {entry.state.value}")
        return entry

    def _check(self, step: str) -> None:
        self.steps.append(step)
        if self.broken:
            raise StoreError("the disk is full")


@dataclass
class ToldJudge:
    """Gives one judgement, or raises it."""

    judgement: Judgement | Exception

    async def judge(self, message: Message) -> Judgement:
        if isinstance(self.judgement, Exception):
            raise self.judgement
        return self.judgement


@dataclass
class ToldAllowances:
    """Exceptions as the test made them."""

    allowances: Sequence[Allowance] = ()

    async def known(self) -> Sequence[Allowance]:
        return self.allowances


class Counter:
    """Makes the ids m1, m2 …"""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> MessageId:
        self.count += 1
        return MessageId(f"new{self.count}")


def road(
    upstream: ToldUpstream, journal: MemoryJournal, *, spool: bool = True, clock: StillClock | None = None
) -> Road:
    """An attempt's road over fakes; what fails in the background fails the test that looks."""
    failures: list[tuple[str, BaseException]] = []
    return Road(
        upstream=upstream,
        journal=journal,
        clock=clock or journal.clock,
        tasks=Tasks(lambda name, error: failures.append((name, error))),
        terms=Terms(
            spool=spool,
            backoff=lambda attempts: timedelta(seconds=60 * (attempts + 1)),
            give_up=timedelta(hours=24),
            hostname="gate.example.com",
        ),
        new_id=Counter(),
    )


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop run until `condition` holds; five seconds are the limit."""
    async with asyncio.timeout(5):
        while not condition():
            await asyncio.sleep(0)

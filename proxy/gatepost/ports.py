"""What the life of a message needs of the outside, as Protocols: the edges implement them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from gatepost.model import (
    Accepted,
    Allowance,
    Answer,
    Claim,
    Entry,
    Judgement,
    Message,
    MessageId,
    MessageState,
    OrderId,
)
from gatepost_policies.known import Known


class Clock(Protocol):
    """The time of day; the only source of it."""

    def now(self) -> datetime:
        """The current time, aware, UTC."""


class Judge(Protocol):
    """Reads and judges mail by the rulebook in force."""

    async def judge(self, message: Message) -> Judgement:
        """Judge `message` within the judge's own budget. Raises JudgeError when it can't."""


class Allowances(Protocol):
    """The exceptions that people made."""

    async def known(self) -> Sequence[Allowance]:
        """Those in force now. Never raises: what can't be read is as it was, or not there."""


class OrderData(Protocol):
    """What the seller's order data says."""

    async def known(self, ids: Sequence[str], buyers: Sequence[str] = ()) -> Known:
        """Of these orders and buyers; `loaded` is False where there is none. Raises StoreError."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a mail stands to its buyers and to Amazon."""

    answers: bool = False  # each of its buyers wrote a mail that it names, by proof
    restricted: str = ""  # why nothing may go out of the seller's own accord now; "" when it may


class Standings(Protocol):
    """What is known of threads and of the account."""

    async def standing(self, ids: Sequence[str], buyers: Sequence[str]) -> Standing:
        """Of a mail to these buyers that names these message ids. Raises StoreError."""


@dataclass(frozen=True, slots=True)
class Tripped:
    """How the breaker is tripped: since when, by whom or what, and why."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class About:
    """A mail of ours: what something that came back is about."""

    message: MessageId | None = None
    order: str = ""
    buyer: str = ""  # bare alias; "" when the mail went to several


class Upstream(Protocol):
    """The relay behind the gateway."""

    async def relay(
        self, message: Message, *, on_data: Callable[[], Awaitable[None]], partial: bool = False
    ) -> Accepted:
        """Give `message` to the relay: the same envelope, the same bytes below one `Received` line.

        `on_data` is awaited after the relay's 354 and before the first octet of the mail: until it has
        returned, the relay can't have taken the mail. With `partial` the mail goes to those recipients
        that the relay takes, else to all or none. Raises Refused, TryLater or InDoubt.
        """


@dataclass(frozen=True, slots=True)
class Opened:
    """The entry is durable and this process owns the message."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """The same mail came before: nothing was written, this is what to say."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Taken:
    """An order's review request is taken by another message: nothing was written."""

    claim: Claim


@dataclass(frozen=True, slots=True)
class Settled:
    """How an attempt ended; `answer` is what a resubmission will be told."""

    state: MessageState
    answer: Answer
    next_attempt_at: datetime | None = None
    error: str = ""
    recipients_left: tuple[str, ...] | None = None  # None: unchanged


class Journal(Protocol):
    """Every message and every decision. All methods raise StoreError; then nothing was written."""

    async def open(
        self, entry: Entry, *, raw: bytes | None, claims: Sequence[OrderId] = ()
    ) -> Opened | Earlier | Taken:
        """In one transaction: answer a resubmission, or reserve all of `claims`, and write the entry.

        Durable when it returns. Of concurrent calls with one fingerprint, or for one order, exactly one
        is Opened (D4b). A fingerprint answers for `resubmission_hours`; a refusal by the guidelines
        answers only while its rulebook digest is the entry's.
        """

    async def keep(self, id: MessageId, raw: bytes, state: MessageState) -> None:
        """Store the bytes of a message in flight, durable when it returns: it is ours to deliver now."""

    async def mark_sending(self, id: MessageId) -> None:
        """Record, durably, that the final dot may go out from now on."""

    async def settle(self, id: MessageId, settled: Settled, *, raw: bytes | None = None) -> None:
        """Move the message and its claims to what came of it; `raw` is kept where the new state needs it.

        Durable when it returns. Raises StateError when the message is not in flight.
        """


class Spool(Protocol):
    """What waits for another attempt."""

    async def due(self, now: datetime, limit: int) -> Sequence[Message]:
        """Take up to `limit` messages whose time has come: each is ATTEMPTING and this process's alone."""

    async def recover(self, now: datetime) -> Sequence[Entry]:
        """Settle what dead processes left in flight (see docs/states.md) and return what was changed."""


class Quarantine(Protocol):
    """Held mails and what is done to them."""

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
        """Move a held message to ATTEMPTING for this process, reserving `claims`; durable.

        `anew` is its entry where that is no longer what was held, `raw` the bytes that go out in place of
        those held; both are kept. `details` go into the audit trail.
        Raises StateError when it is not held (any more): of concurrent calls one succeeds.
        """

    async def renew(self, entry: Entry) -> None:
        """Write down what judging a held message anew gave. Raises StateError when it is not held."""

    async def raw(self, id: MessageId) -> bytes:
        """The bytes of a message. Raises StoreError when they are not kept (any more)."""

    async def reject(self, id: MessageId, *, by: str, note: str) -> None:
        """Move a held message to REJECTED. Raises StateError when it is not held."""

    async def show(self, id: MessageId) -> Entry:
        """One entry. Raises StoreError when there is none."""


@dataclass(frozen=True, slots=True)
class Captured:
    """A mail that the capture relay took in place of a real relay."""

    id: MessageId
    at: datetime
    mail_from: str
    rcpt_tos: tuple[str, ...]
    raw: bytes


class Captures(Protocol):
    """Where the capture relay keeps what would have gone out."""

    async def capture(self, captured: Captured) -> None:
        """Keep one mail; durable when it returns."""


Backoff = Callable[[int], timedelta]
"""After so many attempts, how long to wait for the next."""

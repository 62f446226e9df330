"""What the site needs of the outside, as Protocols; the store and the release road implement them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Protocol

from gatepost.model import Claim, ClaimState, Entry, Facets, MessageId, MessageState, OrderId
from gatepost.ports import Captured
from gatepost.release import ReleaseOutcome

PAGE = 50
"""Rows on one page of a list."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to look for among messages; what is empty does not narrow."""

    states: frozenset[MessageState] = frozenset()
    rule: str = ""
    clause: str = ""
    sender: str = ""  # a part of the From address
    order: str = ""
    text: str = ""  # a part of the subject
    words: str = ""  # of held mail: parts of subject, addresses, orders or body, all of them
    account: str = ""
    marketplace: str = ""
    language: str = ""
    since: datetime | None = None
    until: datetime | None = None
    due_before: datetime | None = None
    urgent_first: bool = False  # else the newest first
    next_first: bool = False  # of what waits for the relay: what is tried next


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of an answer, and how many there are in all."""

    entries: Sequence[Entry]
    total: int


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened to an order's claim."""

    at: datetime
    state: ClaimState
    by: str  # "" when the gateway itself did it
    note: str


@dataclass(frozen=True, slots=True)
class OrderHistory:
    """All that is known of one order; without a claim its review request is free."""

    claim: Claim | None
    steps: Sequence[Step]
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Deed:
    """One row of the audit trail."""

    seq: int
    at: datetime
    by: str
    what: str
    subject: str
    details: str
    hash: str


@dataclass(frozen=True, slots=True)
class Chain:
    """What checking the audit trail gave; `broken_at` is the first row that does not fit."""

    rows: int
    head: str
    broken_at: int | None


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """A captured mail in a list."""

    id: MessageId
    at: datetime
    mail_from: str
    rcpt_tos: tuple[str, ...]
    size_bytes: int


class Archive(Protocol):
    """Messages and what people do about them. All methods raise StoreError."""

    async def find(
        self, question: Question, *, limit: int = PAGE, offset: int = 0, after: str = ""
    ) -> Listing:
        """One page of what fits; from below the message `after`, where that is given."""

    async def facets(self) -> Facets:
        """How many held mails there are of each rule, clause, language, account and marketplace."""

    async def due(self, moments: Sequence[datetime]) -> Sequence[int]:
        """How many held mails are due before each of these moments."""

    async def show(self, id: MessageId) -> Entry | None:
        """One entry, whatever its state."""

    async def raw(self, id: MessageId) -> bytes | None:
        """The bytes of a message; None when they are not kept (any more)."""

    async def settle(self, id: MessageId, *, delivered: bool, by: str) -> MessageState:
        """End a doubt by what a person found out. Raises StateError when there is none."""

    async def counts(self) -> Mapping[MessageState, int]:
        """How many messages are in each state that is not final."""

    async def orders(
        self, *, limit: int = PAGE, offset: int = 0, state: ClaimState | None = None
    ) -> Sequence[Claim]:
        """The ledger, the newest first; of one state, where that is given."""

    async def order(self, order: OrderId) -> OrderHistory:
        """What is known of one order."""

    async def grant(self, order: OrderId, *, by: str, reason: str) -> None:
        """Allow another review request. Raises StateError when none was spent."""

    async def deeds(self, *, limit: int = PAGE, before: int = 0, subject: str = "") -> Sequence[Deed]:
        """The audit trail, newest first, from below row `before`; of one message, order or user."""

    async def chain(self) -> Chain:
        """Check every row of the audit trail against the one before."""

    async def captures(self, *, limit: int = PAGE, offset: int = 0) -> Sequence[CaptureRow]:
        """What the capture relay kept, newest first."""

    async def captured(self, id: MessageId) -> Captured | None:
        """One captured mail."""


class User(Protocol):
    """Someone who may log in."""

    @property
    def name(self) -> str:
        """What they log in with."""

    @property
    def role(self) -> Enum:
        """Its value is one of `access.Role`'s."""

    @property
    def must_change(self) -> bool:
        """Whether the password was made for them."""

    @property
    def email(self) -> str:
        """Their own address; "" when they have none."""

    @property
    def has_totp(self) -> bool:
        """Whether they have a second factor."""


class Session(Protocol):
    """A login that lasts."""

    @property
    def user(self) -> User:
        """Whose it is, as they are now."""

    @property
    def pending(self) -> bool:
        """Whether the second factor is yet to come."""

    @property
    def elsewhere(self) -> bool:
        """Whether an identity provider has proven who it is."""


class Users(Protocol):
    """Who may log in. All methods raise StoreError."""

    async def verify(self, name: str, password: str) -> User | None:
        """The user, when the password is theirs and they are not disabled; as slow for unknown names."""

    async def set_password(self, name: str, password: str, *, by: str) -> None:
        """Replace a password and end all sessions of the user; durable."""


class Sessions(Protocol):
    """The logins that last. Only a hash of each token is kept. All methods raise StoreError."""

    async def begin(
        self,
        user: str,
        *,
        pending: bool = False,
        elsewhere: bool = False,
        address: str = "",
        browser: str = "",
    ) -> str:
        """Begin a session; durable. Its token is nowhere kept."""

    async def find(
        self, token: str, *, idle: timedelta, longest: timedelta, touch: bool = True
    ) -> Session | None:
        """The session of a token, unless it idled or lasted too long, or its user is disabled.

        Without `touch` the request does not count as somebody at work.
        """

    async def end(self, token: str) -> None:
        """End one session, if there is one; durable."""


class Release(Protocol):
    """Sends a held mail by the road of live mail (`gatepost.release`)."""

    async def __call__(
        self, id: MessageId, *, by: str, asks: Sequence[OrderId] | None = None
    ) -> ReleaseOutcome:
        """Release one; of concurrent calls one does. `asks` is a person's word on what can't be judged."""


class Reject(Protocol):
    """Refuses a held mail for good (`gatepost.release`)."""

    async def __call__(self, id: MessageId, *, by: str, note: str) -> ReleaseOutcome:
        """Reject one; `note` is for its sender."""

"""What notices need of the outside: an outbox that survives a crash, and a look at what is held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from gatepost.model import Entry, MessageId, MessageState
from gatepost.ports import Tripped


@dataclass(frozen=True, slots=True)
class Happening:
    """A message came into a state that somebody may want to hear of."""

    message: MessageId
    state: MessageState
    at: datetime


@dataclass(frozen=True, slots=True)
class Call:
    """One call of one webhook; its id is the same however often it is tried."""

    id: str
    hook: str
    event: str
    body: str  # JSON
    created_at: datetime | None = None
    attempts: int = 0


class Outbox(Protocol):
    """What is yet to be told. All methods raise StoreError; then nothing has changed."""

    async def happenings(self, limit: int = 100) -> Sequence[Happening]:
        """What is yet to be passed on, the oldest first."""

    async def passed_on(self, happening: Happening, calls: Sequence[Call] = ()) -> None:
        """Forget a happening and keep the calls that tell of it, in one transaction."""

    async def forget_happenings(self) -> int:
        """Drop all that is yet to be told."""

    async def count(self, address: str, hour: int) -> int:
        """Count one more notice to `address` in that hour and return how many that makes."""

    async def overflows(self, before_hour: int, cap: int) -> Sequence[tuple[str, int, int]]:
        """Address, hour and count of hours gone by in which more than `cap` notices were due."""

    async def forget_counts(self, address: str, hour: int) -> None:
        """Drop the count of an hour that was summed up."""

    async def mark(self, names: Iterable[str]) -> None:
        """Remember that these were done."""

    async def marked(self, names: Sequence[str]) -> frozenset[str]:
        """Those of `names` that were done."""

    async def add_calls(self, calls: Sequence[Call]) -> None:
        """Keep calls to be made; one that is known already stays as it is."""

    async def purge(self, before: datetime) -> None:
        """Delete what was settled, marked or counted before then."""


class Breaker(Protocol):
    """The breaker. Raises StoreError."""

    async def tripped(self) -> Tripped | None:
        """How it is tripped; None when it is not."""


class Held(Protocol):
    """The held mails. Raises StoreError."""

    async def show(self, id: MessageId) -> Entry:
        """One entry, whatever its state."""

    async def raw(self, id: MessageId) -> bytes:
        """The bytes of a message."""

    async def due_soon(self, now: datetime, within: timedelta, *, limit: int = 100) -> Sequence[Entry]:
        """Held mails whose buyer waits for an answer within that time, or did already."""

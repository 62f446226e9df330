"""What the site needs for reviewers' work around a decision, as Protocols; the store implements them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from gatepost.model import (
    Allowance,
    Correction,
    DayFigures,
    MessageId,
    OriginFigures,
    RuleFigures,
    SenderFigures,
    Turn,
    View,
    Wrong,
)
from gatepost.ports import Tripped
from gatepost.release import ReleaseOutcome
from gatepost_policies.facts import Unseen, Words


class Reviews(Protocol):
    """Looking, taking turns, calling findings wrong. All methods raise StoreError."""

    async def see(self, id: MessageId, *, by: str, turn: timedelta | None = None) -> None:
        """Note that somebody opened a mail; with `turn` it is theirs for so long, if nobody is at it."""

    async def take_over(self, id: MessageId, *, by: str, turn: timedelta) -> None:
        """Make a mail one's own, whoever is at it."""

    async def give_up(self, *, by: str, id: MessageId | None = None) -> None:
        """End somebody's turn at a mail, or at all mails."""

    async def turns(self, ids: Sequence[MessageId]) -> Mapping[MessageId, Turn]:
        """Who is at which of these mails."""

    async def views(self, ids: Sequence[MessageId]) -> Mapping[MessageId, Sequence[View]]:
        """Who has opened these mails, the latest first."""

    async def call_wrong(self, id: MessageId, rule: str, *, by: str, note: str) -> None:
        """Call what a rule found in a mail wrong. Raises StateError when it found nothing there."""

    async def call_right(self, id: MessageId, rule: str, *, by: str) -> None:
        """Take back that a finding is wrong. Raises StateError when nobody said so."""

    async def wrong(self, id: MessageId) -> Sequence[Wrong]:
        """The findings in a mail that were called wrong."""

    async def corrections(self, id: MessageId) -> Sequence[Correction]:
        """When and by whom a mail was changed, the first first."""

    async def versions(self, id: MessageId, step: int) -> tuple[bytes, bytes] | None:
        """A changed mail as it came and as it went; None when they are not kept."""


class Exceptions(Protocol):
    """What people allowed. All methods raise StoreError."""

    async def known(self) -> Sequence[Allowance]:
        """Those in force."""

    async def allow(self, allowance: Allowance) -> None:
        """Put one in force; durable. Raises StateError when there are too many."""

    async def end(self, id: str, *, by: str) -> None:
        """End one before its time. Raises StateError when it is not in force."""

    async def list(self, *, limit: int = 50, after: str = "") -> Sequence[Allowance]:
        """All of them, the newest first, from below the one with the id `after`."""


class Correct(Protocol):
    """Sends a corrected mail in place of a held one (`gatepost.release`)."""

    async def __call__(self, id: MessageId, *, raw: bytes, by: str, although: bool = False) -> ReleaseOutcome:
        """Judge and send it; `although` lets pass what would only be held."""


class Figures(Protocol):
    """Figures over a span of time, its end left out. All methods raise StoreError."""

    async def days(self, since: datetime, until: datetime) -> Sequence[DayFigures]:
        """Each day of the span, the first first; days without mail too."""

    async def senders(self, since: datetime, until: datetime) -> Sequence[SenderFigures]:
        """Those whose mail was held or refused most."""

    async def origins(self, since: datetime, until: datetime) -> Sequence[OriginFigures]:
        """Who sends from where: by login, machine and From address, those with the most mails first."""

    async def rules(self, since: datetime, until: datetime) -> Sequence[RuleFigures]:
        """The rules that found most, and what people made of it in that time."""

    async def waiting(self, befores: Sequence[datetime]) -> Sequence[int]:
        """How many held mails came before each of these moments."""


class Breaker(Protocol):
    """While it is tripped, mail that answers no buyer is held. All methods raise StoreError."""

    async def tripped(self, *, fresh: bool = False) -> Tripped | None:
        """How it is tripped, None when it is not; a few seconds old, unless it is to be `fresh`."""

    async def trip(self, *, by: str, reason: str) -> bool:
        """Trip it; False when it was tripped already. Audited, durable."""

    async def reset(self, *, by: str, reason: str) -> None:
        """Let mail out again; audited, durable. Raises StateError when it is not tripped."""


class Files(Protocol):
    """Says what files say: pictures, documents (`gatepost.vision`)."""

    async def words(self, files: Sequence[Unseen]) -> Sequence[Words]:
        """What each of these files says, within a time; never raises."""


@dataclass(frozen=True, slots=True)
class Bench:
    """All that reviewers work with beside the archive."""

    reviews: Reviews
    exceptions: Exceptions
    correct: Correct
    figures: Figures
    breaker: Breaker
    files: Files | None = None  # None: the words of files are not shown in their place

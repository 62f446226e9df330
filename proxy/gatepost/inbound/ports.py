"""What the reception needs of the outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from gatepost.inbound.look import Looked
from gatepost.ports import About


class Looks(Protocol):
    """Whoever looks at a mail."""

    async def look(self, raw: bytes) -> Looked:
        """All that can be found out about it. Raises JudgeError when it takes too long or fails."""


class Threads(Protocol):
    """What buyers wrote. Raises StoreError."""

    async def remember(self, ids: Sequence[str], buyer: str) -> None:
        """A buyer wrote the mail with these ids."""


class ComeBack(Protocol):
    """What came back. All methods raise StoreError."""

    async def about(self, orders: Sequence[str], ids: Sequence[str]) -> About:
        """The mail of ours that these ids, or else the last one that these orders, name."""

    async def note(self, mail: str, *, kind: str, proof: str, about: About, status: str, words: str) -> str:
        """Write it down and return its id; "" when that mail was dealt with before."""

    async def done(self, id: str, what: str) -> None:
        """What was done about it."""


class Stops(Protocol):
    """The stop list. Raises StoreError."""

    async def stop(self, kind: str, value: str, *, by: str, reason: str) -> None:
        """Put an "order" or a "buyer" on it."""


class Breaker(Protocol):
    """The breaker. Raises StoreError."""

    async def trip(self, *, by: str, reason: str) -> bool:
        """Trip it; False when it was tripped already."""


@dataclass(frozen=True, slots=True)
class Books:
    """Where what arrives is written down."""

    threads: Threads
    come_back: ComeBack
    stops: Stops
    breaker: Breaker

"""Books of what arrives, in memory: what was remembered, noted, stopped and tripped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from gatepost.errors import StoreError
from gatepost.inbound.ports import Books
from gatepost.ports import About


@dataclass
class Ledger:
    """All four books in one; `broken` makes every write fail."""

    found: About = field(default_factory=About)
    broken: bool = False
    remembered: list[tuple[tuple[str, ...], str]] = field(default_factory=list)
    noted: dict[str, tuple[str, str]] = field(default_factory=dict)  # mail -> kind, proof
    deeds: list[str] = field(default_factory=list)
    stopped: list[tuple[str, str]] = field(default_factory=list)
    tripped: list[str] = field(default_factory=list)

    @property
    def books(self) -> Books:
        return Books(self, self, self, self)

    async def remember(self, ids: Sequence[str], buyer: str) -> None:
        self._check()
        self.remembered.append((tuple(ids), buyer))

    async def about(self, orders: Sequence[str], ids: Sequence[str]) -> About:
        return self.found

    async def note(self, mail: str, *, kind: str, proof: str, about: About, status: str, words: str) -> str:
        self._check()
        if mail in self.noted:
            return ""
        self.noted[mail] = kind, proof
        return mail

    async def done(self, id: str, what: str) -> None:
        self._check()
        self.deeds.append(what)

    async def stop(self, kind: str, value: str, *, by: str, reason: str) -> None:
        self._check()
        self.stopped.append((kind, value))

    async def trip(self, *, by: str, reason: str) -> bool:
        self._check()
        self.tripped.append(reason)
        return len(self.tripped) == 1

    def _check(self) -> None:
        if self.broken:
            raise StoreError("the disk is full")

"""What judging is told of a mail's thread and of the account: does it answer a buyer, may others go out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from gatepost.ports import Standing
from gatepost.store.breaker import Breaker
from gatepost.store.threads import Threads


@dataclass(frozen=True, slots=True)
class SqlStandings:
    """Both from the database; see ports.Standings."""

    threads: Threads
    breaker: Breaker
    within: timedelta

    async def standing(self, ids: Sequence[str], buyers: Sequence[str]) -> Standing:
        """Of a mail that names `ids` in its thread headers. Raises StoreError."""
        tripped = await self.breaker.tripped()
        answers = await self.threads.answers(ids, buyers, within=self.within)
        return Standing(answers, f"since {tripped.at:%Y-%m-%d}: {tripped.reason}" if tripped else "")

"""What is known of a mail besides its own words: order data, its thread, and what its files say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from gatepost.config.schema import Unread
from gatepost.ports import OrderData, Standings
from gatepost.vision.eyes import Sight
from gatepost_policies.facts import Unseen, Words, thread_ids
from gatepost_policies.known import NOTHING_KNOWN, Known
from gatepost_policies.model import Mail


class Looks(Protocol):
    """Whoever can say what files say; vision.eyes.Eyes."""

    async def see(self, files: Sequence[Unseen]) -> list[Sight]:
        """What each file says; never raises."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of one mail."""

    known: Known = NOTHING_KNOWN
    words: tuple[Words, ...] = ()

    @property
    def characters(self) -> int:
        """How much the files say."""
        return sum(len(file.words) + len(file.in_pictures) for file in self.words)


NOTHING = Beside()


@dataclass(frozen=True, slots=True)
class Sources:
    """Where it comes from; without any, nothing is known."""

    orders: OrderData | None = None
    eyes: Looks | None = None
    unread: Unread = Unread.HOLD
    standings: Standings | None = None

    async def of(
        self, orders: Sequence[str], files: Sequence[Unseen], to: Sequence[str], ids: Sequence[str] = ()
    ) -> Beside:
        """What is known of these orders, files and buyers, and of the mails `ids`. Raises StoreError."""
        known = await self.orders.known(orders, to) if self.orders else NOTHING_KNOWN
        if self.standings:
            standing = await self.standings.standing(ids, to)
            known = replace(known, answers=standing.answers, restricted=standing.restricted)
        return Beside(known, await self.words(files))

    async def words(self, files: Sequence[Unseen]) -> tuple[Words, ...]:
        """What these files say; with `unread: pass` a file that can't be read says nothing."""
        if self.eyes is None or not files:
            return ()
        return tuple(_told(sight, self.unread) for sight in await self.eyes.see(files))


def _told(sight: Sight, unread: Unread) -> Words:
    seen = sight.seen
    return Words(
        name=sight.file.name,
        path=sight.file.path,
        words=seen.words,
        in_pictures=seen.in_pictures,
        links=seen.links,
        codes=seen.codes,
        unread=seen.unread if unread is Unread.HOLD else "",
    )


def named_in(mail: Mail) -> tuple[str, ...]:
    """The mails that a mail names as those it answers."""
    return thread_ids((*mail.values("References"), *mail.values("In-Reply-To")))

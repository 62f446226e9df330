"""What the site needs of order data, feeds and letters, as a Protocol; the daemon implements it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from gatepost.letters import Wish
from gatepost.model import Answer, Claim, Entry, OrderId
from gatepost.orderdata import BadRow, Feed, FeedEntry, Import, Kind, Line, Stopped, Unequal
from gatepost_policies.known import KnownOrder

MOST_IMPORTING = 2
"""Files that are imported at the same time; more are turned away."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an uploaded file."""

    kind: Kind
    rows: int
    bad: int
    faults: Sequence[BadRow]  # the first of the bad rows
    before: str  # when the same file was imported before; then nothing was changed


@dataclass(frozen=True, slots=True)
class Buyer:
    """All that is known of the buyer behind one alias."""

    address: str
    orders: Sequence[OrderId]
    claims: Mapping[OrderId, Claim]  # of these orders: the review requests, made here or elsewhere
    entries: Sequence[Entry]  # mails to them, the newest first
    stopped: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that is ready to be judged and sent."""

    language: str
    subject: str
    text: str
    raw: bytes
    sender: str
    to: str  # "" when the order report has no address


@dataclass(frozen=True, slots=True)
class Words:
    """The letters of one language as they stand."""

    language: str
    text: str
    own: bool  # set on the site, in place of the folder's and the shipped ones
    at: datetime | None = None
    by: str = ""


class Books(Protocol):
    """Order data, feeds and letters. All methods raise StoreError."""

    @property
    def letters(self) -> Sequence[str]:
        """The letters that can be made."""

    @property
    def languages(self) -> Sequence[str]:
        """The languages that they are made in."""

    @property
    def file_bytes(self) -> int:
        """The largest file that is imported."""

    async def imports(self, limit: int = 50) -> Sequence[Import]:
        """What was imported, the newest first."""

    async def take(self, path: Path, *, by: str) -> Taken:
        """Import a file, whole or not at all. Raises FeedError for one that can't be used."""

    async def order(self, id: OrderId) -> tuple[KnownOrder, Sequence[Line]] | None:
        """What the data says of an order; None when it holds nothing."""

    async def buyer(self, address: str) -> Buyer:
        """What is known of a buyer."""

    async def stopped(self) -> Sequence[Stopped]:
        """The stop list, the newest first."""

    async def stop(self, value: str, *, by: str, reason: str) -> None:
        """Put an order or a buyer on the stop list; durable."""

    async def go(self, value: str, *, by: str) -> bool:
        """Take one off the stop list; False when it was not on it."""

    async def record(self, kind: Kind, cells: Mapping[str, str], *, by: str) -> bool:
        """Record a parcel or a refund for the feed, by the feed's own columns; durable.

        False when it is there already. Raises FeedError that names the column that is wrong.
        """

    async def waiting(self) -> Sequence[FeedEntry]:
        """What was recorded and went out in no feed yet."""

    async def feeds(self) -> Sequence[Feed]:
        """The feeds that were written, the newest first."""

    async def write_feed(self, kind: Kind, *, xml: bool, by: str) -> Feed | None:
        """Have what waits go out in a feed, to be had by its name from now on; None when nothing waits.

        Durable and audited; nothing goes out twice.
        """

    async def feed(self, name: str) -> bytes | None:
        """The feed of that name, text or XML; None when there is none."""

    async def unequal(self) -> Unequal:
        """Where mails and feeds disagree on shipments."""

    async def letter(self, wish: Wish, *, html: bool) -> Letter:
        """Make a letter, with a simple HTML part for `html`.

        Raises FeedError for what nobody knows, ConfigError for words that are wrong.
        """

    async def send(self, letter: Letter, *, by: str) -> Answer:
        """Give a letter to the gateway like any mail: judged, counted, relayed, held or refused."""

    async def words(self, language: str) -> Words:
        """The letters of a language. Raises ConfigError when there are none."""

    async def keep_words(self, language: str, text: str, *, by: str) -> None:
        """Put own letters in force, in place of the others; durable.

        Raises ConfigError, a line for each fault, when they can't be used or break the guidelines; then
        nothing is kept.
        """

    async def drop_words(self, language: str, *, by: str) -> bool:
        """Go back to the folder's or the shipped letters; False when there were no others."""

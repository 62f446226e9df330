"""The site's Books over the store, the letters and the pipeline."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from gatepost.admin.books import Buyer, Letter, Taken, Words
from gatepost.config import Config
from gatepost.daemon.clock import new_message_id
from gatepost.daemon.exporting import bytes_of, take
from gatepost.daemon.importing import import_file
from gatepost.daemon.lettering import letter, require_passing, tried
from gatepost.errors import FeedError
from gatepost.feeds.rows import LINES
from gatepost.letters import LANGUAGES, LetterKind, Wish, load, shipped_words
from gatepost.model import Answer, Envelope, Message, OrderId, Recipient, Session
from gatepost.orderdata import AdjustmentLine, Feed, FeedEntry, Import, Kind, Line, Stopped, Unequal
from gatepost.ports import Clock
from gatepost.store import Store
from gatepost.store.orderrows import known_order
from gatepost.worker import Rulebooks
from gatepost_policies.facts import bare_alias
from gatepost_policies.known import KnownOrder

Handle = Callable[[Message], Awaitable[Answer]]
NO_BUYER = "buyer@marketplace.amazon.com"
"""Who a letter is made out to for the preview when the order report has no address."""


class StoreBooks:
    """Implements admin.books.Books."""

    letters: Sequence[str] = tuple(kind.value for kind in LetterKind)
    languages: Sequence[str] = LANGUAGES

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        config: Callable[[], Config],
        rulebooks: Callable[[], Rulebooks],
        handle: Handle,
    ) -> None:
        """`handle` takes a message over as the way in does."""
        self._store, self._clock = store, clock
        self._config, self._rulebooks, self._handle = config, rulebooks, handle

    @property
    def file_bytes(self) -> int:
        """The largest file that is imported."""
        return self._config().orders.file_bytes

    async def imports(self, limit: int = 50) -> Sequence[Import]:
        """What was imported, the newest first."""
        return await self._store.orders.imports(limit)

    async def take(self, path: Path, *, by: str) -> Taken:
        """Import a file, whole or not at all."""
        seconds = self._config().orders.import_seconds
        try:
            async with asyncio.timeout(seconds):
                done = await import_file(self._store.orders, path, by=by)
        except TimeoutError:
            raise FeedError(f"took longer than {seconds:g} s (orders.import_seconds)") from None
        except FeedError as error:
            raise FeedError(str(error).removeprefix(f"{path}: ")) from None
        self._store.orders.forget()
        return Taken(done.kind, done.rows, done.bad, done.faults, done.before)

    async def order(self, id: OrderId) -> tuple[KnownOrder, Sequence[Line]] | None:
        """What the data says of an order."""
        lines = await self._store.orders.lines([id])
        return (known_order(id, lines), lines) if lines else None

    async def buyer(self, address: str) -> Buyer:
        """What is known of a buyer."""
        return await buyer_of(self._store, address)

    async def stopped(self) -> Sequence[Stopped]:
        """The stop list."""
        return await self._store.orders.stopped()

    async def stop(self, value: str, *, by: str, reason: str) -> None:
        """Put an order or a buyer on the stop list."""
        await self._store.orders.stop(_kind_of(value), value, by=by, reason=reason)
        self._store.orders.forget()

    async def go(self, value: str, *, by: str) -> bool:
        """Take one off the stop list."""
        return await self._store.orders.go(_kind_of(value), value, by=by)

    async def record(self, kind: Kind, cells: Mapping[str, str], *, by: str) -> bool:
        """Record a parcel or a refund for the feed: today's, where no day is said."""
        today = self._clock.now().date()
        try:
            line = LINES[kind]({"ship-date": today.isoformat(), **{k: v for k, v in cells.items() if v}})
        except ValueError as error:
            raise FeedError(str(error)) from None
        if isinstance(line, AdjustmentLine):
            line = replace(line, day=today)
            if not line.item:
                raise FeedError("order-item-id: empty")
            if line.amount <= 0 or any(part < 0 for part in line.parts):
                raise FeedError("item-price-adj: give at least one sum, and none below zero")
        return await self._store.feed_entries.record(line, by=by)

    async def waiting(self) -> Sequence[FeedEntry]:
        """What was recorded and went out in no feed yet."""
        kinds = (Kind.SHIPPING, Kind.ADJUSTMENTS)
        return [entry for kind in kinds for entry in await self._store.feed_entries.waiting(kind)]

    async def feeds(self) -> Sequence[Feed]:
        """The feeds that were written."""
        return await self._store.feed_entries.written()

    async def write_feed(self, kind: Kind, *, xml: bool, by: str) -> Feed | None:
        """Have what waits go out in a feed."""
        return await take(self._store.feed_entries, kind, self._clock.now(), by=by, xml=xml)

    async def feed(self, name: str) -> bytes | None:
        """A feed that was written."""
        return await bytes_of(self._store.feed_entries, name)

    async def unequal(self) -> Unequal:
        """Where mails and feeds disagree on shipments."""
        return await self._store.feed_entries.unequal()

    async def letter(self, wish: Wish, *, html: bool) -> Letter:
        """Make a letter."""
        settings = self._config().letters
        made = await letter(self._store, settings, wish)
        sender, to = settings.from_address or "seller@localhost", made.buyer or NO_BUYER
        raw = made.composed.mail(sender=sender, to=to, with_html=html, at=self._clock.now())
        composed = made.composed
        return Letter(
            composed.language, composed.subject, composed.text, raw, settings.from_address, made.buyer
        )

    async def send(self, letter: Letter, *, by: str) -> Answer:
        """Give a letter to the gateway like any mail."""
        if not letter.sender:
            raise FeedError("no sender: set letters.from_address")
        if not letter.to:
            raise FeedError("the order report has no address of the buyer")
        session = Session(peer="127.0.0.1", helo="site", protocol="HTTP", account=by)
        message = Message(
            id=new_message_id(),
            received_at=self._clock.now(),
            session=session,
            envelope=Envelope(letter.sender, (Recipient(letter.to),)),
            raw=letter.raw,
        )
        return await self._handle(message)

    async def words(self, language: str) -> Words:
        """The letters of a language: the site's, else the folder's, else the shipped ones."""
        shipped = shipped_words(language).decode()
        own = (await self._store.own_letters.all()).get(language)
        if own is not None:
            return Words(language, own.words, own=True, at=own.at, by=own.by)
        folder = self._config().letters.folder
        text = await asyncio.to_thread(_read, folder / f"{language}.yaml") if folder else None
        return Words(language, shipped if text is None else text, own=False)

    async def keep_words(self, language: str, text: str, *, by: str) -> None:
        """Put own letters in force once they pass."""
        load(language, own=text)  # tells at once what can't be read at all
        books, seller = self._rulebooks(), self._config().letters.seller
        require_passing(await asyncio.to_thread(tried, language, text, books, seller=seller))
        await self._store.own_letters.put(language, text, by=by)

    async def drop_words(self, language: str, *, by: str) -> bool:
        """Go back to the folder's or the shipped letters."""
        return await self._store.own_letters.drop(language, by=by)


async def buyer_of(store: Store, address: str) -> Buyer:
    """What is known of the buyer behind an alias, however it is written."""
    orders = await store.orders.of_buyer(address)
    found = [await store.ledger.find(order) for order in orders]
    entries = await store.search.entries_of(await store.buyers.mails(address))
    known = await store.orders.known([], [address])
    return Buyer(
        address=bare_alias(address),
        orders=orders,
        claims={claim.order: claim for claim in found if claim is not None},
        entries=entries,
        stopped=bool(known.stopped),
    )


def _kind_of(value: str) -> str:
    return "buyer" if "@" in value else "order"


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None

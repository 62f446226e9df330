"""Parcels that relayed shipment confirmations name are recorded for the feed (I1), where nobody entered them.

What is read is what the relay took, so it was approved. A mail that leaves doubt (several orders or parcels,
no carrier, only a part of the order) records nothing; `gatepost feeds check` lists its order then.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from functools import cache

from gatepost import events
from gatepost.errors import StoreError
from gatepost.feeds.writing import CARRIER_CODES
from gatepost.model import Accepted, Message, MessageId, OrderId
from gatepost.orderdata import ShipmentLine
from gatepost.ports import Upstream
from gatepost.store import Store
from gatepost_policies.facts import buyers, carrier_key, read
from gatepost_policies.known import KnownOrder
from gatepost_policies.model import Purpose, Reading, Section, Span

MOST_WAITING = 200  # mails; what comes while so many wait is left to `feeds check`


class Parcels:
    """Reads the mails that the relay took, one after the other, behind them."""

    def __init__(self, store: Store, *, largest_bytes: int) -> None:
        """Mails over `largest_bytes` are not read."""
        self._store, self._largest = store, largest_bytes
        self._waiting: asyncio.Queue[Message] = asyncio.Queue(MOST_WAITING)

    @property
    def idle(self) -> bool:
        """Whether nothing waits to be read."""
        return self._waiting.empty()

    def note(self, message: Message) -> None:
        """Have a mail read that the relay took; never waits."""
        if len(message.raw) <= self._largest and buyers(message.envelope.rcpt_tos):
            with suppress(asyncio.QueueFull):  # then the order stands in the list of `feeds check`
                self._waiting.put_nowait(message)

    async def run(self) -> None:
        """Read what was noted, until cancelled; a mail that fails is left out."""
        while True:
            message = await self._waiting.get()
            try:
                await self.record(message)
            except StoreError as error:
                events.round_failed(error)
            except Exception as error:  # the reader never raises; if it does, the next mail is read
                events.task_failed("parcels", error)

    async def record(self, message: Message) -> bool:
        """Record the parcel of a shipment confirmation; False when there is none, or one is on record."""
        entries = await self._store.search.entries_of([message.id])
        if not entries or entries[0].purpose != Purpose.SHIPMENT.value:
            return False
        reading = read(message.raw)
        line = parcel_of(reading, message.received_at.date())
        if line is None:
            return False
        known = (await self._store.orders.known([line.order])).order(line.order)
        if known is not None and _is_part(reading, known):
            return False
        return await self._store.feed_entries.record_from_mail(line, MessageId(message.id))


class NotingUpstream:
    """The way out; what the relay took is noted."""

    def __init__(self, upstream: Upstream, note: Callable[[Message], None]) -> None:
        self._upstream, self._note = upstream, note

    async def relay(
        self, message: Message, *, on_data: Callable[[], Awaitable[None]], partial: bool = False
    ) -> Accepted:
        """Relay as ever."""
        accepted = await self._upstream.relay(message, on_data=on_data, partial=partial)
        self._note(message)
        return accepted


def parcel_of(reading: Reading, day: date) -> ShipmentLine | None:
    """The one parcel of the one order that the mail names, sent on `day`; None where it leaves doubt."""
    orders = {named.id for named in reading.facts.order_ids if _is_own(reading, named.span)}
    tracking = [one for one in reading.facts.tracking if one.span is None or _is_own(reading, one.span)]
    numbers = {"".join(one.number.replace("-", "").split()).upper() for one in tracking}
    carriers = {one.carrier for one in tracking if one.carrier} or {
        name.carrier for name in reading.facts.carriers if _is_own(reading, name.span)
    }
    if len(orders) != 1 or len(numbers) != 1 or len(carriers) != 1:
        return None
    return ShipmentLine(OrderId(orders.pop()), day, _code(carriers.pop()), numbers.pop())


def _is_own(reading: Reading, span: Span) -> bool:
    """Whether the seller says it, and not a quoted mail."""
    stretches = reading.mail.passages[span.passage].stretches
    return all(
        stretch.section is not Section.QUOTED
        for stretch in stretches
        if stretch.start <= span.start < stretch.end
    )


def _is_part(reading: Reading, known: KnownOrder) -> bool:
    """Whether the mail names fewer pieces than were ordered: a feed without items would confirm them all."""
    told = sum(item.quantity for item in reading.facts.items if _is_own(reading, item.span))
    return 0 < told < sum(item.quantity for item in known.items)


@cache
def _codes() -> dict[str, str]:
    """The feed's own name of each carrier that has one, the shortest where it has several."""
    found: dict[str, str] = {}
    for code in sorted(CARRIER_CODES, key=lambda each: (len(each), each), reverse=True):
        if key := carrier_key(code):
            found[key] = code
    return found


def _code(carrier: str) -> str:
    return _codes().get(carrier, carrier)

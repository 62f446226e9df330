"""The mail against the seller's order data (O1, D1 to D3, D4a). Without data every check here is silent.

What the data doesn't say contradicts nothing. Where a mail names several orders, it agrees when one of
them does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from gatepost_policies.checks.asks import asks_of
from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.checks.order_id import COUNTS
from gatepost_policies.facts import bare_alias, carrier_key, marketplace_of
from gatepost_policies.known import KnownItem, KnownOrder
from gatepost_policies.model import Amount, Day, Item, OrderId, Purpose
from gatepost_policies.signs import is_reply

_LETTERS: Final = re.compile(r"[^\W_]{2,}")
_LEAST_SHARED: Final = 0.34  # of an item's words, to be taken for the ordered item
_OWN_INITIATIVE: Final = frozenset({Purpose.REVIEW_REQUEST, Purpose.COMPLETION, Purpose.OTHER})
_TOLD: Final = frozenset({Purpose.SHIPMENT, Purpose.REVIEW_REQUEST, Purpose.COMPLETION})


def find_wrong(case: Case, params: Params) -> Iterator[Evidence]:
    """An order ID that is none of the seller's, or not of the buyer or the store written to (O1)."""
    if not case.known.loaded:
        return
    seen: set[str] = set()
    for named in _named(case):
        fault = _fault(case, named.id)
        if fault and named.id not in seen:
            seen.add(named.id)
            yield case.at(named.span, fault)


def _named(case: Case) -> Iterator[OrderId]:
    """The order IDs that the seller writes where the buyer sees them."""
    for named in case.facts.order_ids:
        if case.mail.passages[named.span.passage].source in COUNTS and case.is_own(named.span):
            yield named


def _fault(case: Case, id: str) -> str:
    order = case.known.order(id)
    if order is None:
        return "not among the seller's orders"
    if order.buyer and case.buyers and bare_alias(order.buyer) not in map(bare_alias, case.buyers):
        return "an order of another buyer"
    stores = {store for buyer in case.buyers if (store := marketplace_of(buyer))}
    if order.marketplace and stores and order.marketplace not in stores:
        return "an order of another marketplace"
    return ""


def find_stopped(case: Case, params: Params) -> Iterator[Evidence]:
    """Mail on the seller's own initiative to an order or a buyer on the stop list (G1)."""
    if not asks_of(case).asks and (case.known.answers or case.purpose not in _OWN_INITIATIVE):
        return
    for named in _named(case):
        if named.id in case.known.stopped:
            yield case.at(named.span, "this order wants no more mail")
            return
    if any(bare_alias(buyer) in case.known.stopped for buyer in case.buyers):
        yield Evidence(label="subject", note="this buyer wants no more mail")


def find_restricted(case: Case, params: Params) -> Iterator[Evidence]:
    """Mail that answers nobody, while the account may send none of its own accord (G1)."""
    if case.known.restricted and (asks_of(case).asks or not _is_answer(case)):
        yield Evidence(label="subject", note=case.known.restricted)


def _is_answer(case: Case) -> bool:
    return case.known.answers or is_reply(case.mail) or bool(case.spoken("reply_to_enquiry"))


def find_early_ask(case: Case, params: Params) -> Iterator[Evidence]:
    """A review asked for before the order is complete, or outside of the edition's days for it (D4a)."""
    asks = asks_of(case).asks
    if not asks or not case.known.loaded:
        return
    after, within = params.get("days_after"), params.get("days_within")
    for order in _orders(case):
        note = _early(order, case.known.today, after=after, within=within)
        if note:
            yield case.at(asks[0][1].span, f"{order.id}: {note}")
            return


def _early(order: KnownOrder, today: date | None, *, after: int | None, within: int | None) -> str:
    if order.cancelled:
        return "the order was cancelled"
    if not order.is_shipped and (order.items or order.ship_by or order.deliver_by):
        return "the order is not shipped yet"
    if today is None or order.deliver_by is None:
        return ""
    if today < order.deliver_by:
        return f"delivery is expected by {order.deliver_by}"
    if after is not None and today < (order.deliver_from or order.deliver_by) + timedelta(days=after):
        return f"less than {after} days since the expected delivery"
    if within is not None and today > order.deliver_by + timedelta(days=within):
        return f"more than {within} days since the expected delivery"
    return ""


def find_contradiction(case: Case, params: Params) -> Iterator[Evidence]:
    """What `on` the mail says otherwise than the order data of every order that it names."""
    orders = _orders(case)
    if orders:
        yield from CONTRADICTIONS[str(params["on"])](case, orders)


def validate(params: Params) -> None:
    """Refuse an `on` that nothing answers to."""
    if params.get("on") not in CONTRADICTIONS:
        raise ValueError(f"on: one of {', '.join(CONTRADICTIONS)}")


def _orders(case: Case) -> tuple[KnownOrder, ...]:
    ids = dict.fromkeys(named.id for named in _named(case))
    return tuple(order for id in ids if (order := case.known.order(id)) is not None)


def _tracking(case: Case, orders: tuple[KnownOrder, ...]) -> Iterator[Evidence]:
    """A parcel number that is not the one on file (D1e)."""
    known = {shipment.number for order in orders for shipment in order.shipments}
    if case.purpose is not Purpose.SHIPMENT or not known:
        return
    for tracking in case.facts.tracking:
        if _plain(tracking.number) not in known:
            words = "the tracking number on file is another one"
            own = tracking.span and case.is_own(tracking.span)
            yield (
                case.at(tracking.span, words)
                if own and tracking.span
                else Evidence(tracking.number, note=words)
            )
            return


def _plain(number: str) -> str:
    return re.sub(r"[\s-]", "", number).upper()


def _carrier(case: Case, orders: tuple[KnownOrder, ...]) -> Iterator[Evidence]:
    """A carrier that is not the one on file (D1d)."""
    known = {carrier_key(shipment.carrier) for order in orders for shipment in order.shipments}
    if case.purpose is not Purpose.SHIPMENT or not known or "" in known:
        return
    named = [name for name in case.facts.carriers if case.is_own(name.span)]
    if named and not any(name.carrier in known for name in named):
        yield case.at(named[0].span, "the carrier on file is another one")


def _items(case: Case, orders: tuple[KnownOrder, ...]) -> Iterator[Evidence]:
    """An item that was not ordered, or more of one than was ordered (D1b, D1c)."""
    ordered = [item for order in orders for item in order.items if item.name]
    if case.purpose not in (Purpose.SHIPMENT, Purpose.RETURN) or not ordered:
        return
    for item in case.facts.items:
        if not case.is_own(item.span) or not item.name:
            continue
        same = [one for one in ordered if _is_same(item, one)]
        if not same:
            yield case.at(item.span, "not an item of the order")
        elif item.quantity > sum(one.quantity for one in same):
            yield case.at(item.span, f"{sum(one.quantity for one in same)} ordered")


def _is_same(item: Item, ordered: KnownItem) -> bool:
    said, known = _words(item.name), _words(f"{ordered.name} {ordered.sku}")
    if not said or not known:
        return True
    return len(said & known) >= _LEAST_SHARED * len(said)


def _words(name: str) -> frozenset[str]:
    return frozenset(_LETTERS.findall(name.lower()))


def _address(case: Case, orders: tuple[KnownOrder, ...]) -> Iterator[Evidence]:
    """A postal address without the postal code on file (D1a)."""
    known = {_plain(order.postal_code) for order in orders if order.postal_code}
    own = [span for span in case.facts.addresses if case.is_own(span)]
    if case.purpose is not Purpose.SHIPMENT or not known or not own:
        return
    if not any(code in _plain(case.words(span)) for span in own for code in known):
        yield case.at(own[0], "the address on file has another postal code")


def _refund(case: Case, orders: tuple[KnownOrder, ...]) -> Iterator[Evidence]:
    """A refund of another sum or currency than was paid back (D2a, D3b)."""
    if case.purpose not in (Purpose.RETURN, Purpose.UNAVAILABLE):
        return
    refunds = [refund for order in orders for refund in order.refunds]
    amounts = [amount for amount in case.facts.amounts if case.is_own(amount.span)]
    if not refunds or not amounts:
        return
    sums = {abs(refund.amount) for refund in refunds} | {abs(order.refunded) for order in orders}
    currencies = {refund.currency for refund in refunds}
    if not any(_agrees(amount, sums, currencies) for amount in amounts):
        paid = ", ".join(f"{abs(refund.amount)} {refund.currency}" for refund in refunds[:3])
        yield case.at(amounts[-1].span, f"paid back: {paid}")


def _agrees(amount: Amount, sums: set[Decimal], currencies: set[str]) -> bool:
    return abs(amount.value) in sums and (not amount.currency or amount.currency in currencies)


def _refund_date(case: Case, orders: tuple[KnownOrder, ...]) -> Iterator[Evidence]:
    """A day of the refund on which none was made (D3c)."""
    known = {refund.day for order in orders for refund in order.refunds if refund.day}
    if case.purpose is not Purpose.RETURN or not known:
        return
    sentences = [one for one in case.scene.own() if one.has("refunded")]
    days = [
        day
        for day in case.facts.days
        if any(s.passage == day.span.passage and s.start <= day.span.start < s.end for s in sentences)
    ]
    if days and not any(_covers(day, known) for day in days):
        yield case.at(days[0].span, "paid back on " + ", ".join(sorted(map(str, known))[:3]))


def _covers(day: Day, known: set[date]) -> bool:
    first, last = day.first, day.last
    if first is None or last is None:
        return True
    return any(first - timedelta(days=1) <= one <= last + timedelta(days=1) for one in known)


def _state(case: Case, orders: tuple[KnownOrder, ...]) -> Iterator[Evidence]:
    """A shipment or completion told of an order that was cancelled or paid back in full."""
    if case.purpose not in _TOLD:
        return
    for order in orders:
        paid_back = order.total is not None and order.total > 0 and abs(order.refunded) >= order.total
        if order.cancelled or paid_back:
            span = next(named.span for named in _named(case) if named.id == order.id)
            yield case.at(span, "the order was cancelled" if order.cancelled else "the order was paid back")


CONTRADICTIONS: Final[Mapping[str, Callable[[Case, tuple[KnownOrder, ...]], Iterator[Evidence]]]] = {
    "address": _address,
    "carrier": _carrier,
    "items": _items,
    "refund": _refund,
    "refund_date": _refund_date,
    "state": _state,
    "tracking_number": _tracking,
}

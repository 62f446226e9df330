"""Order data to and from JSON columns, and several rows of one order put together."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from datetime import date
from decimal import Decimal
from typing import Any

from gatepost.model import OrderId
from gatepost.orderdata import AdjustmentLine, Kind, Line, OrderLine, ReturnLine, ShipmentLine
from gatepost_policies import KnownItem, KnownOrder, KnownRefund, KnownShipment

_TYPES: Mapping[Kind, type[Line]] = {
    Kind.ORDERS: OrderLine,
    Kind.RETURNS: ReturnLine,
    Kind.SHIPPING: ShipmentLine,
    Kind.ADJUSTMENTS: AdjustmentLine,
}
_KINDS = {type_: kind for kind, type_ in _TYPES.items()}
_NAMES = {
    type_: tuple(field.name for field in fields(type_) if field.name != "order") for type_ in _TYPES.values()
}
_DAYS = frozenset({"placed", "ship_by", "deliver_from", "deliver_by", "day", "arrived"})
_SUMS = frozenset({"price", "refunded"})
_EMPTY: tuple[object, ...] = ("", (), 0)
_TUPLES = frozenset({"address", "parts"})


def kind_of(line: Line) -> Kind:
    """The kind of file that such lines stand in."""
    return _KINDS[type(line)]


def key_of(line: Line) -> str:
    """What tells the lines of one order and kind apart."""
    if isinstance(line, OrderLine):
        return line.item or line.sku
    if isinstance(line, ShipmentLine):
        return f"{line.item}|{line.number}"
    if isinstance(line, ReturnLine):
        return f"{line.rma}|{line.sku}"
    return f"{line.item}|{line.reason}|{'|'.join(map(str, line.parts))}|{line.cancelled}"


def to_json(line: Line) -> str:
    """The line without its order and without what is empty."""
    values = {
        name: _plain(value)
        for name in _NAMES[type(line)]
        if (value := getattr(line, name)) is not None and value not in _EMPTY
    }
    return json.dumps(values, separators=(",", ":"), ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, (date, Decimal)):
        return str(value)
    return [_plain(one) for one in value] if isinstance(value, tuple) else value


def from_json(kind: Kind, order: OrderId, data: str) -> Line:
    """The line that `to_json` wrote."""
    values = {name: _value(name, value) for name, value in json.loads(data).items()}
    return _TYPES[kind](order=order, **{**_empty(kind), **values})


def _empty(kind: Kind) -> dict[str, Any]:
    """What every line of a kind has, where its JSON leaves it out for being empty."""
    return {"item": "", "parts": ()} if kind is Kind.ADJUSTMENTS else {}


def _value(name: str, value: Any) -> Any:
    if name in _DAYS:
        return date.fromisoformat(value)
    if name in _SUMS:
        return Decimal(value)
    if name == "parts":
        return tuple(map(Decimal, value))
    return tuple(value) if name in _TUPLES else value


def known_order(order: OrderId, lines: Iterable[Line]) -> KnownOrder:
    """One order from all lines on it, the oldest first: a later one counts, what it leaves out stays."""
    all_lines = list(lines)
    items: dict[str, OrderLine] = {}
    for line in all_lines:
        if isinstance(line, OrderLine):
            key = line.item or line.sku
            items[key] = _over(items[key], line) if key in items else line
    whole = OrderLine(order)
    for line in items.values():
        whole = _over(whole, line)
    prices = [line.price for line in items.values() if line.price is not None]
    return KnownOrder(
        id=order,
        buyer=whole.buyer,
        marketplace=whole.marketplace,
        cancelled=bool(items) and all(line.status.lower().startswith("cancel") for line in items.values()),
        placed=whole.placed,
        ship_by=whole.ship_by,
        deliver_from=whole.deliver_from,
        deliver_by=whole.deliver_by,
        total=sum(prices, Decimal()) if prices else None,
        currency=whole.currency,
        postal_code=whole.postal_code,
        items=tuple(KnownItem(line.name, line.sku, line.quantity, line.shipped) for line in items.values()),
        shipments=tuple(_shipments(all_lines)),
        refunds=tuple(_refunds(all_lines)),
    )


def _over(old: OrderLine, new: OrderLine) -> OrderLine:
    values = {}
    for field in fields(OrderLine):
        value = getattr(new, field.name)
        values[field.name] = value if value not in ("", (), None, 0) else getattr(old, field.name)
    return OrderLine(**values)


def _shipments(lines: Iterable[Line]) -> Iterator[KnownShipment]:
    seen = set()
    for line in lines:
        if isinstance(line, ShipmentLine) and (line.number, line.item) not in seen:
            seen.add((line.number, line.item))
            number = line.number.replace(" ", "").replace("-", "").upper()
            yield KnownShipment(number, line.carrier, line.day, line.quantity)


def _refunds(lines: Iterable[Line]) -> Iterator[KnownRefund]:
    """Adjustments; what a returns report says was paid back only where no adjustment is on record."""
    all_lines = list(lines)
    adjusted = [line for line in all_lines if isinstance(line, AdjustmentLine) and line.amount]
    for line in adjusted:
        yield KnownRefund(line.amount, line.currency, line.reason, line.day)
    if adjusted:
        return
    for returned in all_lines:
        if isinstance(returned, ReturnLine) and returned.refunded:
            yield KnownRefund(returned.refunded, returned.currency, "CustomerReturn")

"""What the seller's order data says of the orders in a mail: handed in, frozen, never looked up from here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class KnownItem:
    """One item of an order, as ordered and as shipped so far."""

    name: str
    sku: str
    quantity: int
    shipped: int = 0


@dataclass(frozen=True, slots=True)
class KnownShipment:
    """One parcel: its number without blanks and hyphens, upper case; its carrier as the feed has it."""

    number: str
    carrier: str  # "" when the data doesn't say
    day: date | None = None
    quantity: int = 0  # 0: the whole order, or not said


@dataclass(frozen=True, slots=True)
class KnownRefund:
    """What was paid back for an order in one adjustment."""

    amount: Decimal
    currency: str  # ISO 4217
    reason: str = ""  # an adjustment-reason-code
    day: date | None = None


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """One order. Whatever the data doesn't say is empty, and speaks against nothing."""

    id: str
    buyer: str = ""  # the alias address, lower case
    marketplace: str = ""  # MarketplaceId
    cancelled: bool = False
    placed: date | None = None
    ship_by: date | None = None
    deliver_from: date | None = None  # the first expected day of delivery
    deliver_by: date | None = None  # the last one
    total: Decimal | None = None
    currency: str = ""
    postal_code: str = ""
    items: tuple[KnownItem, ...] = ()
    shipments: tuple[KnownShipment, ...] = ()
    refunds: tuple[KnownRefund, ...] = ()

    @property
    def is_shipped(self) -> bool:
        """Whether a parcel of it is on record."""
        return bool(self.shipments) or any(item.shipped for item in self.items)

    @property
    def refunded(self) -> Decimal:
        """The sum of what was paid back."""
        return sum((refund.amount for refund in self.refunds), Decimal())


@dataclass(frozen=True, slots=True)
class Known:
    """The orders that a mail names, as far as the data has them; `loaded` when there is data at all."""

    loaded: bool = False
    orders: tuple[KnownOrder, ...] = ()
    today: date | None = None  # in the data's terms: UTC
    stopped: frozenset[str] = frozenset()  # orders and buyers of the mail that want no more mail
    answers: bool = False  # it answers a mail that one of its buyers wrote, by proof and not by its subject
    restricted: str = ""  # why the account may send nothing of its own accord now; "" when it may

    def order(self, id: str) -> KnownOrder | None:
        """The order called `id`; None when the data doesn't hold it."""
        return next((order for order in self.orders if order.id == id), None)


NOTHING_KNOWN = Known()


def known_from(orders: Any, today: Any = None, stopped: Iterable[str] = ()) -> Known:
    """Order data written out as mappings, as rules' examples have it; raises TypeError or ValueError."""
    return Known(
        loaded=True,
        stopped=frozenset(stopped),
        orders=tuple(_order(**order) for order in orders),
        today=None if today is None else _day(today),
    )


def _order(
    *,
    items: Iterable[Mapping[str, Any]] = (),
    shipments: Iterable[Mapping[str, Any]] = (),
    refunds: Iterable[Mapping[str, Any]] = (),
    **values: Any,
) -> KnownOrder:
    for name in values.keys() & {"placed", "ship_by", "deliver_from", "deliver_by"}:
        values[name] = _day(values[name])
    if "total" in values:
        values["total"] = Decimal(str(values["total"]))
    return KnownOrder(
        items=tuple(KnownItem(**{"sku": "", **item}) for item in items),
        shipments=tuple(KnownShipment(**_dated(one)) for one in shipments),
        refunds=tuple(
            KnownRefund(**_dated({**one, "amount": Decimal(str(one["amount"]))})) for one in refunds
        ),
        **values,
    )


def _dated(values: Mapping[str, Any]) -> dict[str, Any]:
    return {**values, "day": _day(values["day"])} if "day" in values else dict(values)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value))

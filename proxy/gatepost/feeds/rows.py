"""One row of a report, by column -> one line of order data. ValueError says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from gatepost.feeds.cells import Cells, count, day, money, order_id, words
from gatepost.orderdata import (
    ADJUSTMENT_REASONS,
    PARTS,
    AdjustmentLine,
    Kind,
    Line,
    OrderLine,
    ReturnLine,
    ShipmentLine,
)
from gatepost_policies import marketplace_of

_PRICES: Final = (
    "item-price",
    "item-tax",
    "shipping-price",
    "shipping-tax",
    "gift-wrap-price",
    "gift-wrap-tax",
)
_ADDRESS: Final = (
    "ship-address-1", "ship-address-2", "ship-address-3", "ship-postal-code", "ship-city", "ship-state",
    "ship-country",
)  # fmt: skip
_CHANNEL: Final = re.compile(r"amazon\.[a-z.]{2,6}", re.ASCII)
_OTHER_CHANNELS: Final = {"amazon.jp": "amazon.co.jp"}


def _store(cells: Cells, buyer: str) -> str:
    """The MarketplaceId that the buyer's alias or the sales channel ("Amazon.de") speaks for."""
    channel = words(cells, "sales-channel").lower()
    if found := marketplace_of(buyer):
        return found
    known = _CHANNEL.fullmatch(channel)
    return marketplace_of(f"x@marketplace.{_OTHER_CHANNELS.get(channel, channel)}") if known else ""


def _order_line(cells: Cells) -> OrderLine:
    buyer = words(cells, "buyer-email").lower()
    prices = [price for name in _PRICES if (price := money(cells, name)) is not None]
    quantity = count(cells, "quantity-purchased")
    status = words(cells, "order-status")
    shipped = count(cells, "quantity-shipped")
    if not shipped and status.lower().startswith("shipped"):
        shipped = quantity
    return OrderLine(
        order=order_id(cells),
        item=words(cells, "order-item-id"),
        sku=words(cells, "sku"),
        name=words(cells, "product-name"),
        quantity=quantity,
        shipped=shipped,
        price=sum(prices, Decimal()) if prices else None,
        currency=words(cells, "currency").upper(),
        buyer=buyer,
        marketplace=_store(cells, buyer),
        status=status,
        placed=day(cells, "purchase-date"),
        ship_by=day(cells, "promise-date"),
        deliver_from=day(cells, "delivery-from"),
        deliver_by=day(cells, "delivery-by"),
        recipient=words(cells, "recipient-name"),
        address=tuple(part for name in _ADDRESS if (part := words(cells, name))),
        postal_code=words(cells, "ship-postal-code"),
    )


def _return_line(cells: Cells) -> ReturnLine:
    return ReturnLine(
        order=order_id(cells),
        rma=words(cells, "rma-id"),
        sku=words(cells, "sku"),
        name=words(cells, "product-name"),
        quantity=count(cells, "quantity-purchased"),
        arrived=day(cells, "arrived"),
        refunded=money(cells, "refunded"),
        currency=words(cells, "currency").upper(),
    )


def _shipment_line(cells: Cells) -> ShipmentLine:
    shipped = day(cells, "ship-date")
    if shipped is None:
        raise ValueError("ship-date: empty")
    code, name = words(cells, "carrier-code"), words(cells, "carrier-name")
    carrier = name if not code or (code.lower() == "other" and name) else code
    if not carrier:
        raise ValueError("carrier-code: empty, and so is carrier-name")
    return ShipmentLine(
        order=order_id(cells),
        day=shipped,
        carrier=carrier,
        number=words(cells, "tracking-number"),
        item=words(cells, "order-item-id"),
        quantity=count(cells, "quantity-purchased"),
        method=words(cells, "ship-method"),
    )


def _adjustment_line(cells: Cells) -> AdjustmentLine:
    reason = words(cells, "adjustment-reason-code")
    if reason not in ADJUSTMENT_REASONS:
        raise ValueError(f"adjustment-reason-code: {reason[:40]!r} is none of Amazon's")
    currency = words(cells, "currency").upper()
    if len(currency) != 3 or not currency.isalpha():
        raise ValueError(f"currency: {currency[:40]!r} is not like EUR")
    return AdjustmentLine(
        order=order_id(cells),
        item=words(cells, "order-item-id"),
        reason=reason,
        currency=currency,
        parts=tuple(money(cells, name) or Decimal() for name in PARTS),
        cancelled=count(cells, "quantity-cancelled"),
    )


LINES: Final[Mapping[Kind, Callable[[Cells], Line]]] = {
    Kind.ORDERS: _order_line,
    Kind.RETURNS: _return_line,
    Kind.SHIPPING: _shipment_line,
    Kind.ADJUSTMENTS: _adjustment_line,
}

"""Files of order data as Amazon's reports have them, with invented orders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from gatepost.model import OrderId

ORDER = OrderId("112-1234567-1234567")
OTHER = "113-7654321-7654321"
BUYER = "k3v9x2m7q4w8z1p@marketplace.amazon.com"

UNSHIPPED = (
    "order-id", "order-item-id", "purchase-date", "promise-date", "buyer-email", "sku", "product-name",
    "quantity-purchased", "quantity-shipped", "quantity-to-ship", "recipient-name", "ship-address-1",
    "ship-city", "ship-state", "ship-postal-code", "ship-country", "currency", "item-price",
)  # fmt: skip
SHIPPING = (
    "order-id",
    "order-item-id",
    "quantity",
    "ship-date",
    "carrier-code",
    "carrier-name",
    "tracking-number",
)
ADJUSTMENT = (
    "order-id", "order-item-id", "adjustment-reason-code", "currency", "item-price-adj", "item-tax-adj",
    "shipping-price-adj", "shipping-tax-adj", "gift-wrap-price-adj",
    "gift-wrap-tax-adj", "quantity-cancelled",
)  # fmt: skip
RETURNS = (
    "Order ID", "Amazon RMA ID", "Merchant SKU", "Item Name", "Return quantity", "Currency code",
    "Refunded Amount", "Return delivery date", "Return request date",
)  # fmt: skip


def order(**cells: str) -> dict[str, str]:
    """One row of an unshipped-orders report."""
    return {
        "order-id": ORDER,
        "order-item-id": "12345678901234",
        "purchase-date": "2026-11-16T10:00:00+00:00",
        "promise-date": "2026-11-20",
        "buyer-email": BUYER,
        "sku": "LAMP-1",
        "product-name": "Brass lamp",
        "quantity-purchased": "2",
        "quantity-shipped": "0",
        "quantity-to-ship": "2",
        "recipient-name": "Jane Doe",
        "ship-address-1": "12 Main Street",
        "ship-city": "Springfield",
        "ship-state": "IL",
        "ship-postal-code": "62701",
        "ship-country": "US",
        "currency": "USD",
        "item-price": "49.00",
        **{name.replace("_", "-"): value for name, value in cells.items()},
    }


def shipment(**cells: str) -> dict[str, str]:
    """One row of a shipping-confirmation feed."""
    return {
        "order-id": ORDER,
        "ship-date": "2026-11-19",
        "carrier-code": "UPS",
        "tracking-number": "1Z12345E0205271688",
        **{name.replace("_", "-"): value for name, value in cells.items()},
    }


def adjustment(**cells: str) -> dict[str, str]:
    """One row of an order-adjustments feed."""
    return {
        "order-id": ORDER,
        "order-item-id": "12345678901234",
        "adjustment-reason-code": "CustomerReturn",
        "currency": "USD",
        "item-price-adj": "24.50",
        **{name.replace("_", "-"): value for name, value in cells.items()},
    }


def write(
    path: Path, columns: Sequence[str], rows: Sequence[Mapping[str, str]], *, encoding: str = "utf-8"
) -> Path:
    """A tab-separated file with CRLF at its lines' ends."""
    lines = ["\t".join(columns), *("\t".join(row.get(name, "") for name in columns) for row in rows)]
    path.write_bytes("".join(f"{line}\r\n" for line in lines).encode(encoding))
    return path

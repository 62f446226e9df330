"""Recorded shipments and adjustments -> the files that Amazon takes (I1, I2): tab-separated, or XML.

What is written is read back by `feeds.reading` as the same lines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from gatepost.orderdata import PARTS, AdjustmentLine, Kind, Line, ShipmentLine

SHIPPING_COLUMNS = (
    "order-id", "order-item-id", "quantity", "ship-date", "carrier-code", "carrier-name", "tracking-number",
    "ship-method",
)  # fmt: skip
ADJUSTMENT_COLUMNS = (
    "order-id", "order-item-id", "adjustment-reason-code", "currency", *PARTS, "quantity-cancelled",
)  # fmt: skip
CARRIER_CODES = frozenset(
    {
        "Blue Package", "Canada Post", "China Post", "Chronopost", "City Link", "Colissimo", "DHL",
        "DHL eCommerce", "DHL Global Mail", "DPD", "DPD Local", "Endopack", "Evri", "Fastway", "FedEx",
        "FedEx SmartPost", "GLS", "GO!", "Hermes", "InPost", "Japan Post", "La Poste", "Lasership", "Nacex",
        "Newgistics", "NipponExpress", "OnTrac", "OSM", "Parcelforce", "PostNL", "Poste Italiane",
        "Royal Mail",
        "SDA", "Sagawa Express", "SagawaExpress", "Seur", "Smartmail", "Streamlite", "Target", "TNT", "UPS",
        "UPS Mail Innovations", "USPS", "Yamato", "YamatoTransport", "Yodel",
    }
)  # fmt: skip
"""Codes of the feed's enumeration; any other carrier goes as "Other" with its name."""

_COMPONENTS = ("Principal", "Tax", "Shipping", "ShippingTax", "GiftWrap", "GiftWrapTax")
_MAX_CARRIER_NAME = 50
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<AmazonEnvelope xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xsi:noNamespaceSchemaLocation="amzn-envelope.xsd">\n'
    "<Header><DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>{}</MerchantIdentifier></Header>\n"
    "<MessageType>{}</MessageType>\n"
)


def as_text(kind: Kind, lines: Sequence[Line]) -> Iterator[str]:
    """The rows of a flat file, each with its line end, the header first."""
    columns = SHIPPING_COLUMNS if kind is Kind.SHIPPING else ADJUSTMENT_COLUMNS
    yield "\t".join(columns) + "\r\n"
    for line in lines:
        cells = _shipment(line) if isinstance(line, ShipmentLine) else _adjustment(line)
        yield "\t".join(_cell(cells.get(name, "")) for name in columns) + "\r\n"


def _cell(text: str) -> str:
    """A cell can hold no separator: there is no way to write one."""
    return " ".join(text.split())


def _carrier(name: str) -> tuple[str, str]:
    return (name, "") if name in CARRIER_CODES else ("Other", name[:_MAX_CARRIER_NAME])


def _shipment(line: ShipmentLine) -> dict[str, str]:
    code, name = _carrier(line.carrier)
    return {
        "order-id": line.order,
        "order-item-id": line.item,
        "quantity": str(line.quantity or ""),
        "ship-date": line.day.isoformat(),
        "carrier-code": code,
        "carrier-name": name,
        "tracking-number": line.number,
        "ship-method": line.method,
    }


def _adjustment(line: Line) -> dict[str, str]:
    if not isinstance(line, AdjustmentLine):
        raise TypeError(f"not a line of a feed: {type(line).__name__}")
    return {
        "order-id": line.order,
        "order-item-id": line.item,
        "adjustment-reason-code": line.reason,
        "currency": line.currency,
        **{name: _sum(part) for name, part in zip(PARTS, line.parts, strict=True) if part},
        "quantity-cancelled": str(line.cancelled or ""),
    }


def _sum(value: Decimal) -> str:
    return f"{value:f}"


def as_xml(kind: Kind, lines: Sequence[Line], *, merchant: str = "") -> Iterator[str]:
    """The pieces of an AmazonEnvelope of OrderFulfillment or OrderAdjustment messages."""
    yield _HEAD.format(escape(merchant), "OrderFulfillment" if kind is Kind.SHIPPING else "OrderAdjustment")
    messages = _fulfilments(lines) if kind is Kind.SHIPPING else _adjustments(lines)
    for number, message in enumerate(messages, 1):
        yield f"<Message><MessageID>{number}</MessageID>{message}</Message>\n"
    yield "</AmazonEnvelope>\n"


def _fulfilments(lines: Sequence[Line]) -> Iterator[str]:
    """One message a parcel: lines of one order with the same number and day go together."""
    shipments = [line for line in lines if isinstance(line, ShipmentLine)]
    key: Callable[[ShipmentLine], tuple[str, ...]] = lambda line: (  # noqa: E731 - two uses, three lines apart
        line.order, line.number, line.day.isoformat(), line.carrier, line.method,
    )  # fmt: skip
    for _, group in groupby(sorted(shipments, key=key), key=key):
        parcel = list(group)
        first = parcel[0]
        code, name = _carrier(first.carrier)
        carrier = _element("CarrierName", name) if name else _element("CarrierCode", code)
        data = (
            carrier
            + _element("ShippingMethod", first.method)
            + _element("ShipperTrackingNumber", first.number)
        )
        items = "".join(_item(line) for line in parcel if line.item)
        yield (
            f"<OrderFulfillment>{_element('AmazonOrderID', first.order)}"
            f"{_element('FulfillmentDate', first.day.isoformat())}"
            f"<FulfillmentData>{data}</FulfillmentData>{items}</OrderFulfillment>"
        )


def _adjustments(lines: Sequence[Line]) -> Iterator[str]:
    for line in lines:
        if not isinstance(line, AdjustmentLine):
            continue
        sums = zip(_COMPONENTS, line.parts, strict=True)
        components = "".join(_component(name, part, line.currency) for name, part in sums if part)
        yield (
            f"<OrderAdjustment>{_element('AmazonOrderID', line.order)}<AdjustedItem>"
            f"{_element('AmazonOrderItemCode', line.item)}{_element('AdjustmentReason', line.reason)}"
            f"<ItemPriceAdjustments>{components}</ItemPriceAdjustments>"
            f"{_element('QuantityCancelled', str(line.cancelled or ''))}</AdjustedItem></OrderAdjustment>"
        )


def _item(line: ShipmentLine) -> str:
    quantity = _element("Quantity", str(line.quantity or ""))
    return f"<Item>{_element('AmazonOrderItemCode', line.item)}{quantity}</Item>"


def _component(name: str, part: Decimal, currency: str) -> str:
    amount = f"<Amount currency={quoteattr(currency)}>{_sum(part)}</Amount>"
    return f"<Component><Type>{name}</Type>{amount}</Component>"


def _element(name: str, text: str) -> str:
    return f"<{name}>{escape(text)}</{name}>" if text else ""

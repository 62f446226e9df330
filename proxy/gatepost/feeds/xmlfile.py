"""XML feeds (an AmazonEnvelope of OrderFulfillment or OrderAdjustment messages) -> rows, streaming.

A document type is refused before it is parsed, so no entity is ever expanded.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError, XMLPullParser  # entities are refused in _blocks

from gatepost.errors import FeedError
from gatepost.feeds.rows import LINES
from gatepost.orderdata import PARTS, BadRow, Kind, Line

_BLOCK: Final = 1 << 16
_KINDS: Final = {"OrderFulfillment": Kind.SHIPPING, "OrderAdjustment": Kind.ADJUSTMENTS}
_COMPONENTS: Final = dict(
    zip(("Principal", "Tax", "Shipping", "ShippingTax", "GiftWrap", "GiftWrapTax"), PARTS, strict=True)
)


def kind_of(path: Path) -> Kind:
    """What the envelope holds; raises FeedError when it holds nothing known."""
    for message, _ in _messages(path):
        for child in message:
            if (kind := _KINDS.get(_name(child))) is not None:
                return kind
    raise FeedError(f"{path}: an XML file without OrderFulfillment or OrderAdjustment messages")


def rows(path: Path, kind: Kind, *, read: object = None) -> Iterator[Line | BadRow]:
    """The rows of the feed; a message is numbered by its place in the file."""
    tell = read if callable(read) else None
    for number, (message, done) in enumerate(_messages(path), 1):
        if tell is not None:
            tell(done)
        for child in message:
            if _KINDS.get(_name(child)) is kind:
                yield from _lines(child, kind, number)


def _lines(element: Element, kind: Kind, number: int) -> Iterator[Line | BadRow]:
    made = _fulfilment(element) if kind is Kind.SHIPPING else _adjustment(element)
    for cells in made:
        try:
            yield LINES[kind](cells)
        except ValueError as error:
            yield BadRow(number, str(error), " ".join(f"{name}={cells[name]}" for name in sorted(cells)))


def _fulfilment(element: Element) -> Iterator[dict[str, str]]:
    base = {
        "order-id": _text(element, "AmazonOrderID"),
        "ship-date": _text(element, "FulfillmentDate"),
        "carrier-code": _text(element, "FulfillmentData", "CarrierCode"),
        "carrier-name": _text(element, "FulfillmentData", "CarrierName"),
        "ship-method": _text(element, "FulfillmentData", "ShippingMethod"),
        "tracking-number": _text(element, "FulfillmentData", "ShipperTrackingNumber"),
    }
    items = [child for child in element if _name(child) == "Item"]
    for item in items:
        yield {
            **base,
            "order-item-id": _text(item, "AmazonOrderItemCode"),
            "quantity-purchased": _text(item, "Quantity"),
        }
    if not items:
        yield base


def _adjustment(element: Element) -> Iterator[dict[str, str]]:
    for item in (child for child in element if _name(child) == "AdjustedItem"):
        sums: dict[str, Decimal] = {}
        currency = ""
        for component in (one for one in item.iter() if _name(one) == "Component"):
            amount = _child(component, "Amount")
            part = _COMPONENTS.get(_text(component, "Type"))
            if amount is None or part is None:
                continue
            currency = currency or amount.get("currency", "")
            sums[part] = sums.get(part, Decimal()) + _decimal(amount.text)
        yield {
            "order-id": _text(element, "AmazonOrderID"),
            "order-item-id": _text(item, "AmazonOrderItemCode"),
            "adjustment-reason-code": _text(item, "AdjustmentReason"),
            "currency": currency,
            "quantity-cancelled": _text(item, "QuantityCancelled"),
            **{part: str(value) for part, value in sums.items()},
        }


def _decimal(text: str | None) -> Decimal:
    try:
        return Decimal((text or "0").strip())
    except ArithmeticError:
        return Decimal("NaN")  # told as no sum when the row is converted


def _name(element: Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _name(child) == name), None)


def _text(element: Element, *names: str) -> str:
    found: Element | None = element
    for name in names:
        found = _child(found, name) if found is not None else None
    return (found.text or "").strip() if found is not None else ""


def _messages(path: Path) -> Iterator[tuple[Element, int]]:
    """Each Message element with the bytes read so far; what is done with is dropped."""
    parser: Any = XMLPullParser(("start", "end"))  # the stubs allow for events that we don't ask for
    root: Element | None = None
    try:
        for block, done in _blocks(path):
            parser.feed(block)
            for event, element in parser.read_events():
                if event == "start":
                    root = element if root is None else root
                elif _name(element) == "Message":
                    yield element, done
                    if root is not None:
                        root.clear()
        parser.close()
    except ParseError as error:
        raise FeedError(f"{path}: not well-formed XML: {error}") from error
    except OSError as error:
        raise FeedError(f"{path}: can't be read: {error.strerror}") from error


def _blocks(path: Path) -> Iterator[tuple[bytes, int]]:
    done = 0
    tail = b""
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            if b"<!DOCTYPE" in tail + block or b"<!ENTITY" in tail + block:
                raise FeedError(f"{path}: a document type is not allowed in a feed")
            tail = block[-16:]
            done += len(block)
            yield block, done

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gatepost.errors import FeedError
from gatepost.feeds.reading import recognise, rows
from gatepost.orderdata import AdjustmentLine, BadRow, Kind, ShipmentLine
from kit.orderfiles import ORDER

ENVELOPE = '<?xml version="1.0"?><AmazonEnvelope><Header/><MessageType>X</MessageType>{}</AmazonEnvelope>'
SHIPPED = (
    "<Message><MessageID>1</MessageID><OrderFulfillment><AmazonOrderID>{}</AmazonOrderID>"
    "<FulfillmentDate>2026-11-19T10:00:00Z</FulfillmentDate><FulfillmentData><CarrierCode>UPS</CarrierCode>"
    "<ShipperTrackingNumber>1Z12345E0205271688</ShipperTrackingNumber></FulfillmentData>"
    "<Item><AmazonOrderItemCode>12345678901234</AmazonOrderItemCode><Quantity>2</Quantity></Item>"
    "</OrderFulfillment></Message>"
)
PAID = (
    f"<Message><MessageID>1</MessageID><OrderAdjustment><AmazonOrderID>{ORDER}</AmazonOrderID><AdjustedItem>"
    "<AmazonOrderItemCode>12345678901234</AmazonOrderItemCode><AdjustmentReason>CustomerReturn</AdjustmentReason>"
    '<ItemPriceAdjustments><Component><Type>Principal</Type><Amount currency="USD">24.50</Amount></Component>'
    '<Component><Type>Shipping</Type><Amount currency="USD">3.00</Amount></Component></ItemPriceAdjustments>'
    "</AdjustedItem></OrderAdjustment></Message>"
)


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "feed.xml"
    path.write_text(text, encoding="utf-8")
    return path


def test_fulfilments_become_shipments(tmp_path: Path) -> None:
    feed = recognise(file(tmp_path, ENVELOPE.format(SHIPPED.format(ORDER))))
    assert feed.kind is Kind.SHIPPING
    expected = ShipmentLine(ORDER, date(2026, 11, 19), "UPS", "1Z12345E0205271688", "12345678901234", 2)
    assert list(rows(feed)) == [expected]


def test_adjustments_add_up_their_components(tmp_path: Path) -> None:
    [line] = rows(recognise(file(tmp_path, ENVELOPE.format(PAID))))
    assert isinstance(line, AdjustmentLine)
    assert (line.amount, line.currency, line.parts[2]) == (Decimal("27.50"), "USD", Decimal("3.00"))


def test_a_bad_message_costs_itself_only(tmp_path: Path) -> None:
    text = ENVELOPE.format(SHIPPED.format("12") + SHIPPED.format(ORDER))
    assert [type(row) for row in rows(recognise(file(tmp_path, text)))] == [BadRow, ShipmentLine]


def test_a_million_laughs_are_not_told(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    with pytest.raises(FeedError, match="a document type is not allowed"):
        recognise(file(tmp_path, bomb + ENVELOPE.format(PAID)))


@pytest.mark.parametrize("text", ["<AmazonEnvelope><Message>", "<html></html>", "<a/><b/>"])
def test_what_is_no_feed_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FeedError):
        recognise(file(tmp_path, text))


def test_memory_stays_bounded_over_many_messages(tmp_path: Path) -> None:
    text = ENVELOPE.format(SHIPPED.format(ORDER) * 3_000)
    assert sum(1 for _ in rows(recognise(file(tmp_path, text)))) == 3_000

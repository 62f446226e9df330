from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from gatepost.errors import FeedError
from gatepost.feeds.reading import recognise, rows
from gatepost.orderdata import AdjustmentLine, BadRow, Kind, OrderLine, ReturnLine, ShipmentLine
from kit import orderfiles


def read(path: Path) -> list[object]:
    return list(rows(recognise(path)))


def test_an_order_report_becomes_order_lines(tmp_path: Path) -> None:
    [line] = read(orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, [orderfiles.order()]))
    assert isinstance(line, OrderLine)
    assert (line.order, line.quantity, line.price, line.currency) == (
        orderfiles.ORDER,
        2,
        Decimal("49.00"),
        "USD",
    )
    assert (line.buyer, line.marketplace, line.postal_code) == (orderfiles.BUYER, "ATVPDKIKX0DER", "62701")
    assert (line.placed, line.ship_by) == (date(2026, 11, 16), date(2026, 11, 20))
    assert line.address == ("12 Main Street", "62701", "Springfield", "IL", "US")


def test_all_orders_reports_say_store_and_state(tmp_path: Path) -> None:
    columns = ("amazon-order-id", "purchase-date", "order-status", "sales-channel", "quantity", "sku")
    row = {"amazon-order-id": orderfiles.ORDER, "purchase-date": "2026-11-16", "order-status": "Shipped"}
    row |= {"sales-channel": "Amazon.de", "quantity": "1", "sku": "LAMP-1"}
    [line] = read(orderfiles.write(tmp_path / "o.txt", columns, [row]))
    assert isinstance(line, OrderLine)
    assert (line.marketplace, line.shipped) == ("A1PA6795UKMFR9", 1)


def test_a_returns_report_becomes_return_lines(tmp_path: Path) -> None:
    row = {
        "Order ID": orderfiles.ORDER,
        "Amazon RMA ID": "D1",
        "Item Name": "Brass lamp",
        "Return quantity": "1",
    }
    row |= {"Refunded Amount": "24.50", "Currency code": "USD", "Return delivery date": "20-Nov-2026"}
    [line] = read(orderfiles.write(tmp_path / "r.txt", orderfiles.RETURNS, [row]))
    assert line == ReturnLine(
        orderfiles.ORDER, "D1", "", "Brass lamp", 1, date(2026, 11, 20), Decimal("24.50"), "USD"
    )


def test_feeds_become_shipments_and_adjustments(tmp_path: Path) -> None:
    [shipped] = read(orderfiles.write(tmp_path / "s.txt", orderfiles.SHIPPING, [orderfiles.shipment()]))
    assert shipped == ShipmentLine(orderfiles.ORDER, date(2026, 11, 19), "UPS", "1Z12345E0205271688")
    [paid] = read(orderfiles.write(tmp_path / "a.txt", orderfiles.ADJUSTMENT, [orderfiles.adjustment()]))
    assert isinstance(paid, AdjustmentLine)
    assert (paid.amount, paid.reason) == (Decimal("24.50"), "CustomerReturn")


def test_a_carrier_called_other_has_its_name(tmp_path: Path) -> None:
    row = orderfiles.shipment(carrier_code="Other", carrier_name="Local Couriers")
    [line] = read(orderfiles.write(tmp_path / "s.txt", orderfiles.SHIPPING, [row]))
    assert isinstance(line, ShipmentLine)
    assert line.carrier == "Local Couriers"


def test_a_bad_row_costs_itself_only(tmp_path: Path) -> None:
    bad = [orderfiles.order(order_id="12"), orderfiles.order(item_price="free")]
    found = read(orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, [*bad, orderfiles.order()]))
    faults = [row for row in found if isinstance(row, BadRow)]
    assert [(row.number, row.why.split(":")[0]) for row in faults] == [(2, "order-id"), (3, "item-price")]
    assert len(found) == 3


def test_quotation_marks_are_part_of_a_name(tmp_path: Path) -> None:
    row = orderfiles.order(product_name='12" skillet')
    [line] = read(orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, [row]))
    assert isinstance(line, OrderLine)
    assert line.name == '12" skillet'


def test_a_template_line_above_the_header_is_passed_over(tmp_path: Path) -> None:
    path = orderfiles.write(tmp_path / "s.txt", orderfiles.SHIPPING, [orderfiles.shipment()])
    path.write_bytes(b"TemplateType=ShippingConfirm\tVersion=1\r\n" + path.read_bytes())
    assert len(read(path)) == 1


@pytest.mark.parametrize("content", [b"", b"hello\tworld\r\n1\t2\r\n", b"\x89PNG\r\n\x1a\n\x81\x8d"])
def test_what_is_no_report_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(content)
    with pytest.raises(FeedError):
        recognise(path)


def test_a_row_longer_than_its_header_is_put_aside(tmp_path: Path) -> None:
    path = orderfiles.write(tmp_path / "s.txt", orderfiles.SHIPPING, [orderfiles.shipment()])
    path.write_bytes(path.read_bytes() + b"\t".join([b"1"] * 20) + b"\r\n")
    assert [type(row) for row in read(path)] == [ShipmentLine, BadRow]


def test_the_kind_of_a_feed_is_told(tmp_path: Path) -> None:
    assert recognise(orderfiles.write(tmp_path / "a", orderfiles.ADJUSTMENT, [])).kind is Kind.ADJUSTMENTS

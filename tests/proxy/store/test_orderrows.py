from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gatepost.model import OrderId
from gatepost.orderdata import AdjustmentLine, Line, OrderLine, ReturnLine, ShipmentLine
from gatepost.store.orderrows import from_json, key_of, kind_of, known_order, to_json

ID = OrderId("112-1234567-1234567")
FULL = OrderLine(
    ID, "1", "LAMP", "Lampe „groß“", 2, 1, Decimal("49.00"), "USD", "a@b", "ATV", "Shipped",
    date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4),
    "Jane", ("1 St", "City"), "62701",
)  # fmt: skip
SENT = ShipmentLine(ID, date(2026, 11, 2), "UPS", "1z 123-45", "1", 1, "Ground")
PAID = AdjustmentLine(ID, "1", "CustomerReturn", "USD", (Decimal("24.50"), Decimal(0)), 1)


@pytest.mark.parametrize(
    "line",
    [
        FULL,
        OrderLine(ID),
        SENT,
        ShipmentLine(ID, date(2026, 11, 2), "UPS"),
        PAID,
        ReturnLine(ID, "R", refunded=Decimal("1")),
    ],
)
def test_every_line_comes_back_as_it_was(line: Line) -> None:
    assert from_json(kind_of(line), ID, to_json(line)) == line


def test_lines_of_one_order_are_told_apart() -> None:
    other = OrderLine(ID, "2")
    assert key_of(FULL) != key_of(other)
    assert key_of(SENT) != key_of(ShipmentLine(ID, SENT.day, "UPS", "other", "1"))


def test_a_later_line_counts_and_what_it_leaves_out_stays() -> None:
    known = known_order(ID, [FULL, OrderLine(ID, "1", shipped=2, status="Cancelled")])
    assert (known.items[0].name, known.items[0].shipped, known.cancelled) == ("Lampe „groß“", 2, True)
    assert (known.postal_code, known.total, known.deliver_by) == (
        "62701",
        Decimal("49.00"),
        date(2026, 11, 4),
    )


def test_numbers_are_compared_without_blanks() -> None:
    [shipment] = known_order(ID, [SENT]).shipments
    assert shipment.number == "1Z12345"


def test_a_refund_is_counted_once_whatever_reports_say_it() -> None:
    returned = ReturnLine(ID, "R", refunded=Decimal("24.50"), currency="USD")
    assert known_order(ID, [returned, PAID]).refunded == Decimal("24.50")
    assert known_order(ID, [returned]).refunded == Decimal("24.50")

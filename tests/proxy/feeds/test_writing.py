"""What is written is read back as the same lines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.feeds.reading import recognise, rows
from gatepost.feeds.writing import as_text, as_xml
from gatepost.model import OrderId
from gatepost.orderdata import ADJUSTMENT_REASONS, AdjustmentLine, Kind, Line, ShipmentLine
from kit.orderfiles import ORDER, OTHER

letters = st.characters(codec="utf-8", categories=("L", "N", "P", "S"), exclude_characters='"')
words = st.text(letters, min_size=1, max_size=20)
orders = st.sampled_from([OrderId(ORDER), OrderId(OTHER)])
items = st.from_regex(r"[0-9]{14}", fullmatch=True)
sums = st.decimals(0, 99_999, places=2)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))
shipments = st.builds(
    ShipmentLine, orders, days, words, number=words, item=items, quantity=st.integers(1, 999), method=words
)
adjustments = st.builds(
    AdjustmentLine,
    orders,
    items,
    st.sampled_from(sorted(ADJUSTMENT_REASONS)),
    st.just("EUR"),
    st.tuples(sums.filter(bool), sums, sums, sums, sums, sums),
    cancelled=st.integers(0, 9),
)


def back(path: Path) -> set[object]:
    return set(rows(recognise(path)))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("feeds") / "feed"


@pytest.mark.parametrize("form", [as_text, as_xml])
@settings(max_examples=40, deadline=None)
@given(lines=st.lists(shipments, min_size=1, max_size=5, unique=True))
def test_shipments_come_back(file: Path, form: object, lines: list[Line]) -> None:
    assert callable(form)
    file.write_text("".join(form(Kind.SHIPPING, lines)), encoding="utf-8", newline="")
    assert back(file) == set(lines)


@pytest.mark.parametrize("form", [as_text, as_xml])
@settings(max_examples=40, deadline=None)
@given(lines=st.lists(adjustments, min_size=1, max_size=5, unique=True))
def test_adjustments_come_back(file: Path, form: object, lines: list[Line]) -> None:
    assert callable(form)
    file.write_text("".join(form(Kind.ADJUSTMENTS, lines)), encoding="utf-8", newline="")
    assert back(file) == set(lines)


def test_a_carrier_without_a_code_goes_by_name() -> None:
    line = ShipmentLine(OrderId(ORDER), date(2026, 11, 23), "Local Couriers", "1")
    assert "\tOther\tLocal Couriers\t" in "".join(as_text(Kind.SHIPPING, [line]))


def test_the_items_of_one_parcel_stand_in_one_message() -> None:
    day = date(2026, 11, 23)
    lines = [ShipmentLine(OrderId(ORDER), day, "UPS", "1Z", item, 1) for item in ("1" * 14, "2" * 14)]
    text = "".join(as_xml(Kind.SHIPPING, lines))
    assert (text.count("<Message>"), text.count("<Item>")) == (1, 2)


def test_no_word_can_break_out_of_its_cell() -> None:
    line = ShipmentLine(OrderId(ORDER), date(2026, 11, 23), "UPS", "1\t2\r\n3", method="<&>")
    assert "".join(as_text(Kind.SHIPPING, [line])).count("\r\n") == 2
    assert "&lt;&amp;&gt;" in "".join(as_xml(Kind.SHIPPING, [line]))


def test_partial_sums_are_written_as_decimals() -> None:
    parts = (Decimal("0.10"), *[Decimal(0)] * 5)
    line = AdjustmentLine(OrderId(ORDER), "1" * 14, "NoInventory", "EUR", parts)
    assert "\t0.10\t" in "".join(as_text(Kind.ADJUSTMENTS, [line]))

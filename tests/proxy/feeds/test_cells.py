from __future__ import annotations

import contextlib
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.feeds import cells


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("24.50", "24.50"), ("24,50", "24.50"), ("1.234,56", "1234.56"), ("1,234.56", "1234.56"),
        ("1,234", "1234"), ("-3.20", "-3.20"), ("1 234,56", "1234.56"), ("0", "0"),
    ],
)  # fmt: skip
def test_sums_are_read_in_every_stores_form(text: str, value: str) -> None:
    assert cells.money({"x": text}, "x") == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["2026-11-23", "2026-11-23T10:00:00-08:00", "2026/11/23", "23-Nov-2026", "Nov 23, 2026", "23.11.2026"],
)
def test_days_are_read_in_every_reports_form(text: str) -> None:
    assert cells.day({"x": text}, "x") == date(2026, 11, 23)


@pytest.mark.parametrize("text", ["soon", "2026-02-30", "23-Foo-2026"])
def test_what_is_no_day_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"x: .* is not a day"):
        cells.day({"x": text}, "x")


@pytest.mark.parametrize("text", ["free", "1e99", "NaN", "12..3"])
def test_what_is_no_sum_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"x: .* is not a sum"):
        cells.money({"x": text}, "x")


@pytest.mark.parametrize("text", ["-1", "two", "1.5", "9999999999"])
def test_what_is_no_number_of_pieces_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=r"x: .* is not a number of pieces"):
        cells.count({"x": text}, "x")


def test_a_lost_character_is_no_question_mark() -> None:
    with pytest.raises(ValueError, match="a character was lost"):
        cells.words({"x": "M\ufffdller"}, "x")


def test_what_is_not_said_is_empty() -> None:
    assert (cells.words({}, "x"), cells.count({}, "x"), cells.money({}, "x"), cells.day({}, "x")) == (
        "",
        0,
        None,
        None,
    )


@given(st.text(max_size=40))
def test_no_cell_raises_anything_else(text: str) -> None:
    for read in (cells.money, cells.day, cells.count, cells.words):
        with contextlib.suppress(ValueError):
            read({"x": text}, "x")

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.admin.spreadsheet import as_csv, safe


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "  =1", "|calc", "\ufeff=1"]
)
def test_what_could_act_stands_behind_a_quote(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@pytest.mark.parametrize(
    ("cell", "as_written"), [(3, 3), (0.5, 0.5), (None, ""), ("a=b", "a=b"), ("a\0b", "ab")]
)
def test_what_is_harmless_stays(cell: object, as_written: object) -> None:
    assert safe(cell) == as_written


@given(st.lists(st.text(max_size=30), min_size=1, max_size=4))
def test_any_row_comes_back_as_one_row(cells: list[str]) -> None:
    """Invariant: no cell breaks out of its place, and none begins as a formula does."""
    content = bytes(as_csv("x", ["head"] * len(cells), [cells]).body).decode()
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert len(rows) == 2
    assert len(rows[1]) == len(cells)
    assert not any(cell[:1] in tuple("=+-@\t\r") and cell for cell in rows[1])


def test_it_is_a_file_to_be_saved() -> None:
    response = as_csv("days", ["a"], [])
    assert response.headers["content-disposition"] == 'attachment; filename="days.csv"'
    assert response.headers["content-type"].startswith("text/csv")

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts import dates
from gatepost_policies.facts.dates import find_days
from kit.grounds import ground, words

D23, D25 = date(2026, 11, 23), date(2026, 11, 25)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-23",
        "2026/11/23",
        "23.11.2026",
        "23/11/2026",
        "23-11-2026",
        "23.11.26",
        "23. 11. 2026",
        "November 23, 2026",
        "Nov. 23rd, 2026",
        "Monday, November 23rd 2026",
        "23 November 2026",
        "the 23rd of November 2026",
        "23. November 2026",
        "Montag, den 23. Nov. 2026",
        "lundi 23 novembre 2026",
        "23 de noviembre de 2026",
        "23 novembre 2026",
        "maandag 23 november 2026",
        "23 listopada 2026 r.",
        "23 de novembro de 2026",
        "måndag 23 november 2026",
        "23 Kasım 2026",
        "2026年11月23日",
        "2026年11月23日(月)",
        "令和8年11月23日",
        "２０２６年１１月２３日",
    ],
)
def test_a_day_is_read_in_every_form(text: str) -> None:
    (day,) = find_days(ground(f"It comes {text}."))
    assert (day.first, day.last) == (D23, D23)


@pytest.mark.parametrize(
    "text",
    [
        "November 23-25, 2026",
        "Nov 23 - Nov 25, 2026",
        "between 23 and 25 November 2026",
        "from November 23, 2026 to November 25, 2026",
        "23.-25. November 2026",
        "zwischen dem 23. und 25. November 2026",
        "23.11.2026 - 25.11.2026",
        "23.11.2026 bis 25.11.2026",
        "du 23 au 25 novembre 2026",
        "entre el 23 y el 25 de noviembre de 2026",
        "tra il 23 e il 25 novembre 2026",
        "tussen 23 en 25 november 2026",
        "między 23 a 25 listopada 2026",
        "entre 23 e 25 de novembro de 2026",
        "mellan 23 och 25 november 2026",
        "23-25 Kasım 2026",
        "2026年11月23日〜25日",
        "2026年11月23日(月)から11月25日(水)",
        "Monday 23 November to Wednesday 25 November 2026",
    ],
)
def test_a_range_is_one_find(text: str) -> None:
    (day,) = find_days(ground(f"It comes {text}."))
    assert (day.first, day.last) == (D23, D25)


@pytest.mark.parametrize(
    "text",
    [
        "23 November",
        "Nov 23",
        "23.11.",
        "11月23日",
        "den 23 november",
        "23 de noviembre",
        "November 23rd-25th",
    ],
)
def test_a_day_without_a_year_has_a_place_only(text: str) -> None:
    (day,) = find_days(ground(f"Expected: {text}"))
    assert (day.first, day.last) == (None, None)


def test_a_range_over_new_year_gets_the_right_years() -> None:
    (day,) = find_days(ground("30 December to 2 January 2027"))
    assert (day.first, day.last) == (date(2026, 12, 30), date(2027, 1, 2))


@pytest.mark.parametrize(("month_first", "month"), [(True, 4), (False, 5)])
def test_the_store_says_how_slashes_are_read(month_first: bool, month: int) -> None:
    (day,) = find_days(ground("04/05/2026"), month_first=month_first)
    assert day.first is not None
    assert day.first.month == month


def test_a_slash_form_that_fits_one_way_only_is_read_so() -> None:
    (day,) = find_days(ground("11/23/2026"))
    assert day.first == D23


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("version 1.2.3 and 10.12.1", id="versions"),
        pytest.param("manual_v2.1. and v1.2.", id="versions-of-files"),
        pytest.param("31.02.2026", id="no-such-day"),
        pytest.param("you may 2 times", id="may-the-verb"),
        pytest.param("rated 5 out of 5", id="out-the-word"),
        pytest.param("112-1234567-1234567", id="order"),
        pytest.param("1 set of lamps", id="set-the-word"),
        pytest.param("12 Main Street", id="beginning-of-a-word"),
        pytest.param("a 4/5 rating", id="fraction"),
        pytest.param("10.50 EUR", id="amount"),
        pytest.param("192.168.10.12", id="address"),
    ],
)
def test_what_is_no_day_is_left_alone(text: str) -> None:
    assert find_days(ground(text)) == []


def test_the_place_covers_the_range_as_written() -> None:
    text = "It comes between Nov 23 and Nov 25, 2026!"
    (day,) = find_days(ground(text))
    assert words(text, day.span) == "Nov 23 and Nov 25, 2026"


@given(st.text(alphabet=st.sampled_from("0123456789./- novmayto年月日,")))
def test_places_are_in_order_and_in_range(text: str) -> None:
    days = find_days(ground(text))
    assert all(0 <= day.span.start < day.span.end <= len(text) for day in days)


@pytest.mark.parametrize("text", ["31 February 2026", "February 31, 2026", "2月31日", "13月1日"])
def test_days_that_do_not_exist_are_none(text: str) -> None:
    assert find_days(ground(text)) == []


def test_finds_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dates, "MAX_DAYS", 2)
    assert len(find_days(ground("1.1.2026, 2.1.2026, 3.1.2026"))) == 2

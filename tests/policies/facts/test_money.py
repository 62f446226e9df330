from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts import money
from gatepost_policies.facts.money import find_amounts, parse_number
from kit.grounds import ground, words


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("$1,234.56", "1234.56", "USD"),
        ("US$ 12", "12", "USD"),
        ("CA$12.50", "12.50", "CAD"),
        ("R$ 1.234,56", "1234.56", "BRL"),
        ("£9.99", "9.99", "GBP"),
        ("1.234,56 €", "1234.56", "EUR"),
        ("EUR 1.234,56", "1234.56", "EUR"),
        ("12,50 Euro", "12.50", "EUR"),
        ("€ 5,-", "5", "EUR"),
        ("1 234,50 zł", "1234.50", "PLN"),
        ("1 200 kr", "1200", "SEK"),
        ("¥1,234", "1234", "JPY"),
        ("￥1,234", "1234", "JPY"),
        ("1,234円", "1234", "JPY"),
        ("全額1,234円を返金", "1234", "JPY"),
        ("１，２３４円", "1234", "JPY"),
        ("1.234,56 TL", "1234.56", "TRY"),
        ("₺99,90", "99.90", "TRY"),
        ("CHF 1'234.50", "1234.50", "CHF"),
        ("Rs. 500", "500", "INR"),
        ("15$", "15", "USD"),
        ("$-5.00", "-5.00", "USD"),
        ("-5.00 EUR", "-5.00", "EUR"),
        ("12.345 EUR", "12345", "EUR"),
    ],
)
def test_a_sum_is_read_in_national_forms(text: str, value: str, currency: str) -> None:
    (amount,) = find_amounts(ground(f"We refund {text} now"))
    assert (amount.value, amount.currency) == (Decimal(value), currency)


@pytest.mark.parametrize(
    "text",
    ["12.50", "5 stars", "item TL-88", "112-1234567-1234567", "krona 5", "10% off", "USB 3.0"],
)
def test_numbers_without_a_currency_are_no_sums(text: str) -> None:
    assert find_amounts(ground(text)) == []


def test_the_store_says_which_dollar_it_is() -> None:
    (amount,) = find_amounts(ground("$5"), "A2EUQ1WTGCTBG2")
    assert amount.currency == "CAD"


def test_the_place_covers_the_sum_as_written() -> None:
    text = "Refund: 1.234,56 EUR."
    (amount,) = find_amounts(ground(text))
    assert words(text, amount.span) == "1.234,56 EUR"


@given(st.integers(min_value=0, max_value=10**7), st.integers(min_value=0, max_value=99))
def test_both_national_forms_mean_the_same(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert parse_number(english) == parse_number(german) == Decimal(f"{whole}.{cents:02}")


@given(st.text(alphabet=st.sampled_from("0123456789.,$€ -EURzłkr円")))
def test_places_are_in_range(text: str) -> None:
    assert all(0 <= one.span.start < one.span.end <= len(text) for one in find_amounts(ground(text)))


def test_finds_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(money, "MAX_AMOUNTS", 1)
    assert len(find_amounts(ground("$1 and then, much further on, there is also $2"))) == 1

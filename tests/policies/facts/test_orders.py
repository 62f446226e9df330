from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts.orders import find_orders
from kit.grounds import ground, words

ID = "112-1234567-1234567"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"Order {ID}.", id="plain"),
        pytest.param(f"(Order: {ID})", id="in-brackets"),
        pytest.param(f"#{ID}#", id="between-signs"),
        pytest.param("112–1234567–1234567", id="en-dashes"),
        pytest.param("112−1234567‐1234567", id="minus-and-hyphen"),
        pytest.param("１１２－１２３４５６７－１２３４５６７", id="full-width"),
        pytest.param("注文番号112-1234567-1234567の件", id="within-japanese"),
        pytest.param("112-1234567-\n1234567", id="wrapped-at-the-hyphen"),
        pytest.param("> 112-1234567-\n> 1234567", id="wrapped-in-a-quotation"),
        pytest.param("112 - 1234567 - 1234567", id="spaced"),
        pytest.param("order number 11212345671234567", id="undashed-beside-a-label"),
        pytest.param("Bestellnummer: 11212345671234567", id="undashed-beside-a-german-label"),
    ],
)
def test_an_order_id_is_found_however_dressed(text: str) -> None:
    assert [order.id for order in find_orders(ground(text))] == [ID]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("11212345671234567", id="undashed-alone"),
        pytest.param("D01-1234567-1234567", id="digital"),
        pytest.param("1112-1234567-1234567", id="four-digits-first"),
        pytest.param("112-1234567-12345678", id="eight-digits-last"),
        pytest.param("5-112-1234567-1234567", id="longer-number"),
        pytest.param("112-1234567-1234567-9", id="longer-number-behind"),
        pytest.param("112-123456-1234567", id="six-digits"),
        pytest.param("order value 1.12123456712345678", id="part-of-a-number"),
    ],
)
def test_other_numbers_are_no_order_ids(text: str) -> None:
    assert list(find_orders(ground(text))) == []


def test_the_place_covers_the_id_as_written() -> None:
    text = "㎏ Order 112-1234567-\n1234567!"
    (order,) = find_orders(ground(text))
    assert words(text, order.span) == "112-1234567-\n1234567"


@given(st.text(alphabet=st.sampled_from("0123456789-–\n >order")))
def test_places_are_in_range(text: str) -> None:
    assert all(0 <= order.span.start < order.span.end <= len(text) for order in find_orders(ground(text)))

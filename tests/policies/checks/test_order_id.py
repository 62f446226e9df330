"""The order ID must stand where the buyer sees it."""

from __future__ import annotations

import pytest

from kit.judged import case, evidence, words

ID = "112-1234567-1234567"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        pytest.param(f"Order {ID}", "Hello", id="subject"),
        pytest.param("Hello", f"Order {ID}", id="text"),
        pytest.param("Hello", "Order 112\u20111234567\u20111234567", id="typographic hyphens"),
        pytest.param("Hello", f"See https://www.amazon.com/gp/css/x?orderID={ID}", id="a written address"),
    ],
)
def test_an_order_id_in_sight_counts(subject: str, text: str) -> None:
    assert words("order_id", case(text, subject=subject)) == []


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(f"<p>Hello</p><p style='display:none'>{ID}</p>", id="hidden"),
        pytest.param(
            f"<p>Hello <a href='https://www.amazon.com/gp/css/x?orderID={ID}'>there</a></p>", id="in a target"
        ),
        pytest.param(
            f"<p>It is ready now.</p><blockquote>On 3 May 2026 Ann wrote:<br>{ID}</blockquote>", id="quoted"
        ),
    ],
)
def test_an_order_id_out_of_sight_does_not_count(html: str) -> None:
    assert words("order_id", case(html=html, subject="Re: Hello")) == [
        "no order ID in the subject or the text"
    ]


def test_a_misspelt_order_id_is_quoted() -> None:
    [found] = evidence("order_id", case("Order 112-123456-1234567 is ready.", subject="Hello"))
    assert (found.text, found.note) == ("112-123456-1234567", "not an order ID: it has 3, 7 and 7 digits")

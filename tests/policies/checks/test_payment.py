"""Ways of payment around Amazon, and the words of a refund through it."""

from __future__ import annotations

import pytest

from kit.scenes import found, plain


@pytest.mark.parametrize(
    "text",
    [
        "Please pay by bank transfer.",
        "Send us your PayPal address and we refund you.",
        "Please reply with your IBAN.",
        "Order directly from us next time, it is cheaper outside of Amazon.",
    ],
)
def test_a_way_around_amazon_is_found(text: str) -> None:
    assert "off-amazon-payment" in found(plain(text))


@pytest.mark.parametrize(
    "text",
    [
        "The refund will show on your bank account in five days.",
        "We can't refund by bank transfer; Amazon returns the money to your card.",
        "Please ask your bank about the refund.",
        "Customs fees are paid to the carrier.",
    ],
)
def test_a_refund_through_amazon_is_not(text: str) -> None:
    assert found(plain(text)) == {}


def test_how_a_reward_is_paid_is_part_of_the_reward() -> None:
    text = "Leave a review and we send you $5 to your PayPal account."
    assert set(found(plain(text))) == {"review-incentive"}

"""Offers and other products, against what a service mail says in the same words."""

from __future__ import annotations

import pytest

from kit.scenes import found, plain


@pytest.mark.parametrize(
    "text",
    [
        "Here is a voucher for you.",
        "You have won a gift card, claim it today.",
        "A voucher has been created in your name.",
    ],
)
def test_a_voucher_given_is_marketing(text: str) -> None:
    assert set(found(plain(text))) == {"marketing"}


@pytest.mark.parametrize(
    "text",
    [
        "The voucher that you paid with has been restored.",
        "Does the discount code fail?",
        "Sorry for the scratch. We can offer you a discount of 10%.",
        "You asked for a voucher code. We will give you one with the next invoice.",
    ],
)
def test_a_voucher_merely_spoken_of_is_not(text: str) -> None:
    assert found(plain(text)) == {}


def test_a_reward_for_a_review_is_not_marketing_as_well() -> None:
    assert set(found(plain("Leave a review and claim your $5 voucher."))) == {"review-incentive"}


@pytest.mark.parametrize(
    "text",
    ["Leave a review and get 10% off your next order.", "Review the lamp and a discount of 15% is yours."],
)
def test_a_discount_is_marketing_beside_the_reward(text: str) -> None:
    assert set(found(plain(text))) == {"review-incentive", "marketing"}


def test_another_product_as_a_substitute_is_no_promotion() -> None:
    assert found(plain("The blue one is sold out. Please have a look at our other models.")) == {}
    assert set(found(plain("Please have a look at our other models."))) == {"cross-promotion"}


@pytest.mark.parametrize(
    ("text", "found_as"),
    [
        ("We are sorry about that newsletter. It does not come from us.", set()),
        ("Der Newsletter stammt nicht von uns.", set()),
        ("Quei messaggi con la newsletter non sono nostri.", set()),
        ("Die nieuwsbrief komt niet van ons.", set()),
        ("That newsletter does not come from us. Join our own newsletter instead.", {"marketing"}),
        ("Our newsletter brings you the best offers.", {"marketing"}),
    ],
)
def test_a_newsletter_of_somebody_else_is_not_advertised(text: str, found_as: set[str]) -> None:
    assert set(found(plain(text))) & {"marketing", "opt-out-link"} == found_as

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


OFFERS = [
    pytest.param("You get 20% off your next order.", "marketing", id="a voucher"),
    pytest.param("You have 24 hours: this bargain ends tonight.", "marketing", id="a bargain"),
    pytest.param("You may also like our matching cups.", "cross-promotion", id="goods that go with it"),
    pytest.param("See what else we make.", "cross-promotion", id="other goods"),
    pytest.param("Our newsletter has it all.", "marketing", id="a newsletter"),
]
NOT_OURS = "That mail was not sent by us."


@pytest.mark.parametrize(("offer", "kind"), OFFERS)
def test_an_offer_in_a_mail_of_somebody_else_is_not_the_sellers(offer: str, kind: str) -> None:
    """What is said within two sentences, or in the subject, to come from others is not offered here."""
    assert set(found(plain(offer))) == {kind}
    assert found(plain(f"{offer} {NOT_OURS}")) == {}
    assert found(plain(f"{offer} We know it. {NOT_OURS}")) == {}
    assert set(found(plain(f"{offer} We know it. It is spam. {NOT_OURS}"))) == {kind}
    assert found(plain(NOT_OURS, subject=offer)) == {}
    assert set(found(plain(f"{NOT_OURS} {offer}"))) == {kind}

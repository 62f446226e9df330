"""Rewards near and far from the ask, and remedies that are none."""

from __future__ import annotations

import pytest

from kit.scenes import found, plain


def test_the_offer_may_stand_paragraphs_away_from_the_ask() -> None:
    text = (
        "Dear Anna,\n\nWe enclosed a $10 gift card for you.\n\nThe lamp needs two batteries.\n\n"
        "They are in the box.\n\nPlease leave us a review on Amazon.\n"
    )
    assert found(plain(text)) == {"review-incentive": ["gift card"]}


@pytest.mark.parametrize(
    "text",
    [
        "We have refunded the late delivery. Please leave a review if you find the time.",
        "Your replacement is on its way free of charge. We would welcome your review.",
        "Your gift receipt is in the box. Please leave a review.",
        "The coupon was applied to your order. Please leave a review.",
    ],
)
def test_what_is_owed_is_no_reward(text: str) -> None:
    assert found(plain(text)) == {}


@pytest.mark.parametrize(
    "text",
    [
        "We will refund you once you have posted your review.",
        "We can refund the order. In return we would ask you to delete your review.",
        "Contact us instead of leaving a bad review and we will refund you.",
    ],
)
def test_a_refund_bound_to_the_review_is_a_reward(text: str) -> None:
    assert "review-incentive" in found(plain(text))


@pytest.mark.parametrize(
    "text",
    [
        "We would like to refund you in full. Could you then take down the review?",
        "Could you take down the review? We would like to refund you in full.",
        "Wir möchten Ihnen den Kaufpreis erstatten. Könnten Sie dann die Bewertung löschen?",
        "Queremos reembolsarle el importe. Después, ¿podría eliminar su reseña?",
        "全額返金させていただきます。その後、レビューを削除していただけますか。",
    ],
)
def test_a_refund_offered_beside_a_wish_to_change_the_review_buys_it(text: str) -> None:
    assert set(found(plain(text))) == {"review-change", "review-incentive"}


def test_a_refund_already_made_does_not_buy_the_change() -> None:
    text = "We have refunded you today. Could you take down the review?"
    assert set(found(plain(text))) == {"review-change"}


def test_a_gift_given_back_for_a_review_that_was_read_is_a_reward() -> None:
    text = "We read your kind lines about the pot. As a thank you we send two cups, on the house."
    assert "review-incentive" in found(plain(text))


def test_a_gift_beside_a_review_that_was_read_is_none_when_nothing_is_given_back() -> None:
    text = "We read your lines about the broken lid. The new one comes on the house."
    assert "review-incentive" not in found(plain(text))


@pytest.mark.parametrize(
    "text",
    [
        "Our technicians will review your pictures and refund you on Monday.",
        "The maker has two days to complete its review. Then you get the refund.",
    ],
)
def test_a_refund_after_a_look_into_the_case_is_no_reward(text: str) -> None:
    assert found(plain(text)) == {}


def test_a_voucher_handed_over_after_thanks_for_a_review_is_a_reward() -> None:
    text = "Thank you for your review of the lamp! Please accept this coupon."
    assert set(found(plain(text))) == {"review-incentive"}


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        pytest.param("We give a discount for a review.", True, id="what another use excuses"),
        pytest.param("We offer $10 in exchange for a review.", True, id="a sum"),
        pytest.param("レビューのお礼に500円を差し上げます。", True, id="a sum, after what it is for"),
        pytest.param("We give no discount for a review.", False, id="denied"),
        pytest.param("You paid $10. Your review helps others.", False, id="no price of it"),
        pytest.param("It costs $10 as always, and we are curious for your review.", False, id="apart"),
    ],
)
def test_what_stands_beside_what_it_is_given_for_is_a_reward(text: str, paid: bool) -> None:
    assert ("review-incentive" in found(plain(text))) is paid


LONG = (
    "It has been a week since your order. Did Biscuit try the snack? Tell us how it went. Did he like it? "
    "Was it good for his teeth? Would you buy it for another dog? We are a shop for dogs. "
)


def test_in_a_long_mail_the_sentence_that_asks_ties_a_hint_to_the_review() -> None:
    text = LONG + "Leave a review and it will be worth your while."
    assert "review-incentive" in found(plain(text))


def test_in_a_long_mail_a_hint_beside_the_ask_rewards_nobody() -> None:
    text = LONG + "The manual is worth your while. Please leave a review."
    assert "review-incentive" not in found(plain(text))

"""The parts of an ask that a sentence alone does not show: quotation, distance, evidence."""

from __future__ import annotations

import pytest

from gatepost_policies.checks.review import asks_review, find_change_request
from gatepost_policies.language.scene import observe
from gatepost_policies.model import Mail, Passage, Source
from kit.scenes import case_of, found, plain


def test_evidence_quotes_the_telling_words() -> None:
    assert found(plain("Dear Anna, please leave us a 5-star review if you find the time.")) == {
        "review-positive-only": ["leave us a 5-star"]
    }


def test_a_condition_is_quoted_not_the_whole_sentence() -> None:
    assert found(plain("If you are happy with it, we'd love to read your review."))["review-gating"] == [
        "If you are happy"
    ]


def test_the_buyers_own_words_never_count() -> None:
    mail = plain("Thank you for your message.\n", quoted="> Shall I delete my review for a gift card?\n")
    assert found(mail) == {}


def test_words_that_the_html_repeats_are_quoted_once() -> None:
    text = "Please remove your negative review."
    mail = Mail((), "", (Passage(Source.PLAIN, "p", text), Passage(Source.HTML, "h", text)))
    assert [evidence.text for evidence in find_change_request(case_of(mail), {})] == [
        "remove your negative review"
    ]


def test_the_subject_counts() -> None:
    assert "review-positive-only" in found(plain("Thank you.", subject="Please leave us a 5 star review"))


@pytest.mark.parametrize(
    "text",
    [
        "Are you happy with the lamp? Please leave a review.",
        "We hope you love it. If so, please leave a review.",
        "If there is a problem, write to us. Otherwise please leave a review.",
        "We are so glad that you love the lamp! Would you leave a review?",
        "If you love the lamp, we'd be thrilled to hear from you! Your review takes a minute.",
    ],
)
def test_a_condition_may_stand_in_the_sentence_before(text: str) -> None:
    assert set(found(plain(text))) == {"review-gating"}


@pytest.mark.parametrize(
    "text",
    [
        "We hope you are happy with the lamp. Please leave a review.",
        "Are you happy with the lamp? Your invoice is attached. It shows the tax. Please leave a review.",
        "If you are not happy, you can return it. We would welcome an honest review.",
        "Are you happy with the lamp? If you wish, rate the seller. Praise and criticism are welcome.",
        "How satisfied were you with the delivery? Please leave seller feedback.",
        "How do you like the lamp? Please leave a review.",
        "Would you like to tell others what you think of the lamp? We'd love to read your review.",
        "Did the parcel arrive? If so, you can rate the order in your account.",
        "We are glad that you wrote to us. Please leave an honest review.",
    ],
)
def test_happiness_that_is_no_condition_gates_nothing(text: str) -> None:
    assert found(plain(text)) == {}


def test_a_link_to_the_review_page_is_an_ask() -> None:
    text = "See www.amazon.com/review/create-review?asin=B000000000"
    assert asks_review(observe(plain(text))) != ()


def test_a_pronoun_may_stand_for_the_review() -> None:
    assert "review-change" in found(plain("You left negative feedback for us. Could you please remove it?"))
    assert found(plain("You left the lid on the box. Could you please remove it?")) == {}


@pytest.mark.parametrize(
    "text",
    [
        "If you feel like it, please leave us a review on Amazon.",
        "Wenn Sie mögen, schreiben Sie eine Bewertung auf Amazon.",
        "Si vous en avez envie, laissez un avis sur Amazon.",
    ],
)
def test_an_ask_left_to_the_buyers_will_is_not_one_of_the_satisfied(text: str) -> None:
    assert found(plain(text)) == {}


@pytest.mark.parametrize(
    ("text", "gates"),
    [
        pytest.param("If the kite made your day, please leave a review.", True, id="a condition to meet"),
        pytest.param("If you have a minute, please leave a review.", False, id="his leisure"),
        pytest.param("If you like, leave a review.", False, id="his will"),
        pytest.param("Should you need help, write to us, and please leave a review.", False, id="his need"),
    ],
)
def test_a_condition_on_an_ask_gates_unless_it_leaves_the_buyer_free(text: str, gates: bool) -> None:
    assert ("review-gating" in found(plain(text))) is gates


def test_pressure_that_is_hinted_at_is_told_where_nothing_plainer_is() -> None:
    plea = "Each star keeps the shop afloat."
    assert set(found(plain(plea))) == {"review-influence"}
    assert set(found(plain(f"If you love the lamp, please leave a review. {plea}"))) == {"review-gating"}
    assert set(found(plain(f"Leave a review and claim your $5 voucher. {plea}"))) == {"review-incentive"}


def test_what_is_not_to_be_said_of_a_reward_is_part_of_it() -> None:
    hush = "Please do not mention this offer in the review."
    assert set(found(plain(hush))) == {"review-influence"}
    assert set(found(plain(f"Leave a review and claim your $5 voucher. {hush}"))) == {"review-incentive"}


@pytest.mark.parametrize(
    ("text", "wished"),
    [
        pytest.param("Please rate the lamp \u2b50\u2b50\u2b50\u2b50\u2b50", True, id="with words"),
        pytest.param(
            "\u2605\u2605\u2605\u2605\u2605\nPlease rate the lamp.", False, id="in a line of their own"
        ),
    ],
)
def test_drawn_stars_wish_for_five_where_words_stand_by_them(text: str, wished: bool) -> None:
    assert ("review-positive-only" in found(plain(text))) is wished


def test_what_is_bad_is_not_asked_for_alike_where_only_the_seller_is_to_hear_it() -> None:
    asked = "If you are happy, please leave a review. If it was bad or good, or something is wrong, {}"
    assert "review-gating" in found(plain(asked.format("please tell us first.")))
    assert "review-gating" not in found(plain(asked.format("say so in it.")))


@pytest.mark.parametrize(
    "text",
    [
        "Good day Anna. We have your return and are currently reviewing it.",
        "Great news! Please leave a review of the lamp.",
        "Are you happy with the refund? Your return is here, and we are currently reviewing it.",
    ],
)
def test_a_greeting_is_no_condition_and_a_case_looked_into_is_no_review(text: str) -> None:
    assert "review-gating" not in found(plain(text))


@pytest.mark.parametrize(
    ("text", "gates"),
    [
        ("Thanks for your great rating! Would you share it on Google too?", True),
        ("Thank you for giving us five stars. Please leave a review on Amazon.", True),
        ("Thanks for leaving us five stars on Amazon.", False),
        ("Thank you for your message. Would you share the photo on Google Drive?", False),
        ("Thank you for your rating. Please leave a review of the lamp, too.", False),
        ("Thanks in advance for your five stars! Please leave your review on Amazon.", False),
        ("Thank you for the five stars! The manual is on Amazon.", False),
    ],
)
def test_who_is_thanked_for_praise_and_asked_for_more_is_asked_for_the_praise(text: str, gates: bool) -> None:
    assert ("review-gating" in found(plain(text))) is gates

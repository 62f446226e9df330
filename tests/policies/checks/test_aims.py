"""Mails without a permitted purpose, and kinds of mail that an edition forbids."""

from __future__ import annotations

from kit.judged import case, evidence, words

THANKS = "Dear Ann,\n\nThank you for your purchase. We are here for any questions."


def test_the_first_sentence_that_is_more_than_a_greeting_is_quoted() -> None:
    [found] = evidence("purpose", case(THANKS))
    assert (found.text, found.note) == ("Thank you for your purchase.", "purpose: other")


def test_the_words_that_tell_the_aim_are_quoted() -> None:
    assert words("purpose", case("Dear Ann,\n\nWe wish you a happy birthday!")) == ["happy birthday"]


def test_a_mail_with_a_purpose_is_left_alone() -> None:
    assert words("purpose", case("Please confirm your address for the lamp.")) == []


def test_an_edition_may_forbid_a_purpose() -> None:
    built = case("Your order has been shipped.")
    assert words("purpose", built) == []
    assert words("purpose", built, forbidden=["shipment-confirmation"]) == ["Your order has been shipped."]


def test_a_mail_without_words_has_no_words_to_quote() -> None:
    [found] = evidence("purpose", case(html="<img src='cid:a'>", subject="Hello"))
    assert (found.text, found.label) == ("", "subject")


def test_a_concept_is_found_unless_another_is_spoken_of() -> None:
    built = case("We have received your order. Please confirm the colour.")
    assert words("concept", built, concept="order_confirmed") == ["received your order"]
    assert words("concept", built, concept="order_confirmed", unless=["question_to_buyer"]) == []

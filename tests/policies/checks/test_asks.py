"""Where a mail asks: by verb, by wish, by naming a review; and where it merely speaks of one."""

from __future__ import annotations

import pytest

from gatepost_policies.checks.asks import Asks, asks_review
from gatepost_policies.checks.sense import Talk
from gatepost_policies.language.scene import observe
from kit.scenes import plain


def asks(text: str) -> Asks:
    return Asks(Talk(observe(plain(text))))


@pytest.mark.parametrize(
    "text",
    [
        "Please leave a review.",
        "Would you help us with a product review?",
        "A five star rating would make our day.",
        "Bitte unterstützen Sie uns mit einer Bewertung.",
        "ぜひレビューにご協力ください。",
    ],
)
def test_an_ask_needs_no_particular_verb(text: str) -> None:
    assert asks_review(observe(plain(text))) != ()


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for your review.",
        "Your review was published by Amazon.",
        "The rating plate is on the back.",
        "You asked where your review is. It is under Your Account.",
        "We never ask for reviews.",
    ],
)
def test_a_review_that_is_spoken_of_is_no_ask(text: str) -> None:
    assert asks_review(observe(plain(text))) == ()


def test_an_ask_of_either_kind_wishes_for_no_praise() -> None:
    assert asks("Please leave a good or bad review.").praise == ()
    assert asks("Please leave a good review.").praise != ()


def test_the_kinds_of_asks_are_told_apart() -> None:
    found = asks(
        "Please change your review. Before leaving negative feedback contact us. Send us the review link."
    )
    assert [len(group) > 0 for group in (found.changes, found.diversions, found.proofs)] == [True, True, True]


def test_a_mail_without_reviews_asks_nothing() -> None:
    assert not asks("Your order has been shipped.").any


def test_a_screenshot_is_a_proof_only_soon_after_an_ask() -> None:
    asked = "Please leave a review. Mail us a screenshot."
    later = "Please leave a review. Oil the lid. Dry the pan. Warm the oven. Grease it. Mail us a screenshot."
    assert len(asks(asked).proofs) == 1
    assert asks(later).proofs == ()
    assert asks("Please send us a screenshot of the display.").proofs == ()


def test_a_wish_to_change_it_may_stand_two_sentences_from_the_review() -> None:
    text = "There is still the one star from May. The lamp works now. Could you kindly go back there?"
    assert [number for number, _ in asks(text).changes] == [2]


def test_it_is_no_review_when_nothing_is_begged() -> None:
    text = (
        "We read your review. The lamp works now. When I see it disappeared from the list I call the courier."
    )
    assert asks(text).changes == ()


def test_an_unhappy_buyer_is_diverted_across_two_sentences() -> None:
    assert asks("Had trouble? Please don't air it there. Contact us.").diversions
    assert asks("Please don't air it there. The room is damp.").diversions == ()


@pytest.mark.parametrize(
    "text",
    [
        "Thank you for your feedback about the manual. We will change it.",
        "Ihr Text für die Gravur ist zu lang. Möchten Sie den nochmal anpassen?",
        "Pana tekst na grawer jest za długi. Czy może go Pan poprawić?",
        "El texto del grabado es demasiado largo. ¿Puede cambiarlo?",
    ],
)
def test_what_the_seller_changes_or_what_is_engraved_is_no_review(text: str) -> None:
    assert asks(text).changes == ()


@pytest.mark.parametrize(
    "text",
    [
        "Could the stars you left us become more?",
        "What you posted is still there.",
        "Please give that one star another thought.",
    ],
)
def test_a_review_that_exists_and_a_wish_ask_for_a_change(text: str) -> None:
    assert asks(text).changes != ()


@pytest.mark.parametrize(
    "text",
    [
        "Could you send a photo of what the review you left describes?",
        "The stars you left us are yours, no need to change them.",
        "Amazon removed the review you left.",
    ],
)
def test_a_review_that_exists_may_be_spoken_of(text: str) -> None:
    assert asks(text).changes == ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("Any trouble should come to my desk first and not to the listing.", True, id="in one"),
        pytest.param("Trouble? No stars needed, just hit reply.", True, id="a question before"),
        pytest.param("If you love it, tell Amazon; if you don't, tell us.", True, id="told apart"),
        pytest.param("Tell others on Amazon, good or bad. If it broke, write to us.", False, id="either"),
        pytest.param("If there is any trouble with the parcel, please contact us.", False, id="no review"),
    ],
)
def test_the_unhappy_are_sent_elsewhere_in_many_ways(text: str, count: bool) -> None:
    assert (asks(text).diversions != ()) is count


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        pytest.param("Please leave a review. Reply once your review is online.", set(), id="to be written"),
        pytest.param("Now that it works, your review may no longer be fair.", {"changes"}, id="written"),
        pytest.param("Schreiben Sie uns eine Bewertung auf Amazon.", set(), id="written to us, on Amazon"),
        pytest.param("Please judge whether the scratch is a bad one.", set(), id="not of a review"),
        pytest.param("Za napisanie opinii na Amazon otrzyma Pani kartę podarunkową.", set(), id="paid for"),
        pytest.param("低い評価を削除していただけないでしょうか。", {"changes"}, id="to be removed"),
    ],
)
def test_one_passage_is_told_as_one_kind(text: str, kinds: set[str]) -> None:
    found = asks(text)
    assert {name for name in ("praise", "changes", "diversions") if getattr(found, name)} == kinds


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("Thanks for the five stars and the kind words.", 0, id="for praise that came"),
        pytest.param("Beş yıldız ve nazik sözleriniz için teşekkürler.", 0, id="thanks come last"),
        pytest.param("Thanks in advance for the five stars and the kind words.", 1, id="in advance"),
        pytest.param("Please rate us. Thanks for the five stars and the kind words!", 1, id="beside an ask"),
    ],
)
def test_thanks_for_praise_wish_for_none(text: str, count: int) -> None:
    assert (len(asks(text).praise) > 0) is bool(count)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param(
            "You would like to change your review. That is entirely up to you.",
            False,
            id="wished by the buyer",
        ),
        pytest.param("Please change your review. That is entirely up to you.", True, id="asked for"),
        pytest.param("Change your review and get a gift. It is entirely up to you.", True, id="bought"),
    ],
)
def test_a_change_left_to_the_buyer_is_not_asked_for(text: str, asked: bool) -> None:
    assert (asks(text).changes != ()) is asked


def test_to_judge_a_fact_is_not_to_review() -> None:
    assert asks("Proszę samemu ocenić, czy rysa jest widoczna na zdjęciu.").asks == ()
    assert asks("Proszę ocenić zakup na Amazon.").asks != ()


@pytest.mark.parametrize(
    ("text", "count"),
    [
        pytest.param("Leave a review and come back here to claim your gift.", 1, id="given for a review"),
        pytest.param(
            "The parcel holds your gift and a card that says how to claim it.", 0, id="what was bought"
        ),
    ],
)
def test_a_gift_that_is_claimed_with_a_review_is_given_for_it(text: str, count: int) -> None:
    assert len({hit.span for _, hit in asks(text).gifts}) == count


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        pytest.param("You asked about your review. Would you mind updating it?", True, id="begged for"),
        pytest.param(
            "You asked about your review. You can delete it in your profile.", False, id="explained"
        ),
        pytest.param("Your review stands on Amazon. You can delete it there.", True, id="hinted at"),
        pytest.param("Your order is still open. You can delete it in your account.", False, id="no review"),
    ],
)
def test_a_review_named_before_is_not_to_be_changed_unless_asked_how(text: str, asked: bool) -> None:
    assert (1 in {number for number, _ in asks(text).changes}) is asked

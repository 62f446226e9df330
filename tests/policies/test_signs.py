"""What the sentences of a mail tell of its order, and whether it answers one."""

from __future__ import annotations

import pytest

from gatepost_policies.facts import read
from gatepost_policies.language.scene import observe
from gatepost_policies.signs import Signs, is_reply, signs_of
from kit.judged import case, raw


def signs(text: str, subject: str = "Your lamp") -> Signs:
    reading = read(raw(text, subject=subject))
    return signs_of(reading, observe(reading.mail), answers=False)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        pytest.param("Your order was shipped today.", {"shipped"}, id="what happened"),
        pytest.param("Once your order has been shipped, we will write.", set(), id="what will happen"),
        pytest.param("Has your order been shipped?", set(), id="a question"),
        pytest.param("We had to cancel your order, it is sold out.", {"cancelled", "unavailable"}, id="two"),
    ],
)
def test_events_are_told_apart_from_words_that_sound_like_them(text: str, told: set[str]) -> None:
    assert signs(text).told == told


def test_a_dispatch_is_news_in_the_subject_and_a_circumstance_in_an_excuse() -> None:
    excuse = "We are sorry that we have no number for you. Your order has been shipped on Monday."
    assert not signs(excuse).sent_as_news
    assert signs("Thank you for your patience.", subject="Your order has been shipped").sent_in_subject


def test_news_after_what_the_buyer_wrote_is_prompted() -> None:
    assert signs("Thank you for your message. Your order has been shipped.").prompted
    assert not signs("Your order has been shipped. Thank you for your message.").prompted


@pytest.mark.parametrize(
    "subject", ["Re: lamp", "AW: Lampe", "Antw.: lamp", "RE[2]: lamp", "[#12] Re: lamp", "返信：ランプ"]
)
def test_a_reply_is_known_by_its_subject(subject: str) -> None:
    assert is_reply(case("No.", subject=subject).mail)


@pytest.mark.parametrize("header", ["In-Reply-To", "References"])
def test_a_reply_is_known_by_its_headers(header: str) -> None:
    assert is_reply(case("No.", headers={header: "<a@b>"}).mail)


@pytest.mark.parametrize("subject", ["Regarding your order", "Return", "Awaiting payment"])
def test_a_word_that_begins_like_a_reply_is_none(subject: str) -> None:
    assert not is_reply(case("No.", subject=subject).mail)

"""The buyer's own words, quoted within the seller's text."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies import judge, load, read
from gatepost_policies.facts.speech import MAX_QUOTATIONS, with_speech
from gatepost_policies.model import Section, Stretch

ANSWER = " We have passed it on to the warehouse, and a new lid goes out to you today, free of charge."


def quoted(text: str) -> list[str]:
    parts = with_speech(text, (Stretch(0, len(text), Section.AUTHOR),))
    return [text[part.start : part.end] for part in parts if part.section is Section.QUOTED]


@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ('You wrote: "the lid leaks".', "the lid leaks"),
        ("In your message of Monday you say “the lid leaks”.", "the lid leaks"),
        ("Sie schrieben: „Der Deckel ist undicht“.", "Der Deckel ist undicht"),
        ("„Der Deckel ist undicht“, schreiben Sie.", "Der Deckel ist undicht"),
        ("Vous écrivez : « le couvercle fuit ».", " le couvercle fuit "),
        ("Nos escribe: «la tapa gotea».", "la tapa gotea"),
        ("Ci ha scritto: «il coperchio perde».", "il coperchio perde"),
        ('U schrijft: "het deksel lekt".', "het deksel lekt"),
        ("Pisze Pani: „pokrywka przecieka”.", "pokrywka przecieka"),
        ("Você escreveu: “a tampa vaza”.", "a tampa vaza"),
        ("Du skriver: ”locket läcker”.", "locket läcker"),
        ('"Kapak su sızdırıyor" diye yazmışsınız.', "Kapak su sızdırıyor"),
        ("「ふたが漏れる」とのこと、申し訳ございません。", "ふたが漏れる"),
    ],
)
def test_what_the_buyer_is_said_to_have_written_is_the_buyers(text: str, inside: str) -> None:
    assert quoted(text + ANSWER) == [inside]


@pytest.mark.parametrize(
    "text",
    [
        'Please write: "the best lid ever".',
        'The "Leaks Never" lid is yours.',
        "You wrote to us on Monday. “The best lid ever” is what we hope to read.",
        "Bitte schreiben Sie einfach „Der beste Deckel“ in das Feld.",
        'You wrote: "".',
    ],
)
def test_marks_alone_prove_nothing(text: str) -> None:
    assert quoted(text + ANSWER) == []


def test_a_quotation_longer_than_the_answer_is_the_sellers_own() -> None:
    assert quoted(f'You wrote: "{ANSWER * 3}". Yes.') == []


def test_only_so_many_quotations_are_sought() -> None:
    text = f'You wrote: "the lid leaks".{ANSWER} ' * (MAX_QUOTATIONS + 3)
    assert len(quoted(text)) == MAX_QUOTATIONS


def test_words_that_are_quoted_already_stay_so() -> None:
    text = 'You wrote: "the lid leaks".' + ANSWER
    whole = (Stretch(0, len(text), Section.QUOTED),)
    assert with_speech(text, whole) == whole


@given(st.text(alphabet='ab. \n"“”„«»「」', max_size=200), st.sampled_from(["", 'You wrote: "', "ご質問「"]))
def test_the_stretches_cover_the_text_without_gaps(text: str, lead: str) -> None:
    text = lead + text
    parts = with_speech(text, (Stretch(0, len(text), Section.AUTHOR),) if text else ())
    assert "".join(text[part.start : part.end] for part in parts) == text
    assert all(one.end == other.start for one, other in itertools.pairwise(parts))


def categories(body: str) -> set[str]:
    raw = (
        f"To: k3v9x2m7q4w8z1p@marketplace.amazon.com\r\nSubject: Order 111-5590128-6647730\r\n\r\n{body}\r\n"
    )
    verdict = judge(read(raw.encode()), load("amazon-2018-10"))
    return {finding.category for finding in verdict.findings if finding.acts}


def test_a_demand_of_the_buyer_is_not_an_offer_of_the_seller() -> None:
    demand = 'You wrote: "Give me a $20 gift card and I change my 2 star review to 5 stars."'
    refusal = " That is not possible: we give nothing for a review. Your new lid was sent today."
    assert categories(f"Hello,\r\n\r\n{demand}{refusal}") == set()


def test_an_offer_of_the_seller_is_found_between_marks_too() -> None:
    assert "review-incentive" in categories(
        'Hello,\r\n\r\nRemember: "Leave us a 5 star review and get a $20 gift card." Your lid was sent.'
    )

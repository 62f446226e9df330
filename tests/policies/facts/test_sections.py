from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.facts.sections import is_reply_subject, stretches
from gatepost_policies.html import Quote
from gatepost_policies.model import Section

OWN = "Thank you, we have sent a new lamp today."
HEADINGS = {
    "en": "On 3 May 2026, at 10:12, Ann Buyer <a1@marketplace.amazon.com> wrote:",
    "de": "Am 03.05.2026 um 10:12 schrieb Anna Käufer:",
    "fr": "Le 03/05/2026 à 10:12, Anne Client a écrit :",
    "es": "El 03/05/2026 a las 10:12, Ana Cliente escribió:",
    "it": "Il giorno 03/05/2026 10:12, Anna Cliente ha scritto:",
    "nl": "Op 03-05-2026 om 10:12 schreef Anna Klant:",
    "pl": "W dniu 03.05.2026 o 10:12, Anna Klient napisała:",
    "pt": "Em 03/05/2026 10:12, Ana Cliente escreveu:",
    "sv": "Den 03/05/2026 kl. 10:12 skrev Anna Kund:",
    "tr": "3 Mayıs 2026 10:12 tarihinde Ayşe şunları yazdı:",
    "ja": "2026年5月3日 10:12 山田 <a1@marketplace.amazon.co.jp>:",
}
BLOCKS = {
    "en": "From: Ann <a1@marketplace.amazon.com>\nSent: 3 May 2026 10:12\nTo: Shop\nSubject: Lamp",
    "de": "Von: Anna <a1@marketplace.amazon.de>\nGesendet: 3. Mai 2026 10:12\nAn: Laden\nBetreff: Lampe",
    "fr": "De : Anne <a1@marketplace.amazon.fr>\nEnvoyé : 03/05/2026 10:12\nÀ : Boutique\nObjet : Lampe",
    "ja": "差出人: 山田 <a1@marketplace.amazon.co.jp>\n送信日時: 2026年5月3日\n宛先: 店\n件名: ランプ",
}


def quoted(text: str, *, answers: bool = False, quotes: tuple[Quote, ...] = ()) -> str:
    """The quoted words of `text`."""
    found = stretches(text, answers=answers, quotes=quotes)
    return "".join(text[one.start : one.end] for one in found if one.section is Section.QUOTED).strip()


def of(text: str, section: Section) -> str:
    """The words of `text` in one section."""
    return "".join(text[one.start : one.end] for one in stretches(text) if one.section is section).strip()


@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS.keys())
def test_marked_lines_under_an_attribution_are_quoted(heading: str) -> None:
    assert quoted(f"{OWN}\n\n{heading}\n\n> It broke.\n> Help.\n") == f"{heading}\n\n> It broke.\n> Help."


@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS.keys())
def test_an_attribution_alone_quotes_only_in_an_answer(heading: str) -> None:
    text = f"{OWN}\n\n{heading}\nIt broke."
    assert quoted(text) == ""
    assert quoted(text, answers=True) == f"{heading}\nIt broke."


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_a_ruled_line_over_a_field_block_quotes_the_rest(block: str) -> None:
    text = f"{OWN}\n\n-----Original Message-----\n{block}\n\nIt broke."
    assert quoted(text).endswith("It broke.")


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_a_field_block_alone_quotes_only_in_an_answer(block: str) -> None:
    text = f"{OWN}\n\n{block}\n\nIt broke."
    assert quoted(text) == ""
    assert quoted(text, answers=True).endswith("It broke.")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"{OWN}\n> Leave us five stars.\n", id="marks-alone"),
        pytest.param(f"{OWN}\n-----Original Message-----\nLeave us five stars.", id="rule-alone"),
        pytest.param(f"{OWN}\nHe wrote:\n> Leave us five stars.", id="attribution-without-day-or-address"),
        pytest.param(f"{OWN}\n____________\nLeave us five stars.", id="line"),
        pytest.param(f"{OWN}\nFrom: us\nTo: you\n\nLeave us five stars.", id="fields-without-substance"),
        pytest.param(
            "-----Original Message-----\n" + BLOCKS["en"] + "\n\nLeave us five stars.",
            id="nothing-but-quotation",
        ),
        pytest.param(f"Hi,\n{HEADINGS['en']}\n> Leave us five stars.", id="hardly-a-word-beside-it"),
    ],
)
def test_words_are_not_quoted_for_one_mark(text: str) -> None:
    assert quoted(text) == ""


def test_an_attribution_wrapped_over_two_lines_is_one() -> None:
    head = "On Sun, 3 May 2026 at 10:12, Ann Buyer\n<a1@marketplace.amazon.com> wrote:"
    assert quoted(f"{OWN}\n\n{head}\n> It broke.") == f"{head}\n> It broke."


def test_words_below_marked_lines_are_the_authors() -> None:
    text = f"{OWN}\n\n{HEADINGS['en']}\n> It broke.\n\nLeave us five stars."
    assert quoted(text, answers=True) == f"{HEADINGS['en']}\n> It broke."


@pytest.mark.parametrize(
    ("marked", "answers", "head", "is_quoted"),
    [
        pytest.param(True, True, "", True, id="marked-answer"),
        pytest.param(True, False, "", False, id="marked-alone"),
        pytest.param(False, True, "", False, id="bare-answer"),
        pytest.param(False, False, HEADINGS["en"] + "\n", True, id="bare-with-heading"),
        pytest.param(True, False, HEADINGS["de"] + "\n", True, id="marked-with-heading"),
    ],
)
def test_quotation_elements_need_a_second_sign(
    marked: bool, answers: bool, head: str, is_quoted: bool
) -> None:
    text = f"{OWN}\n{head}It broke."
    start = text.index("It broke.")
    found = quoted(text, answers=answers, quotes=(Quote(start, len(text), marked),))
    assert found.endswith("It broke.") is is_quoted


@pytest.mark.parametrize(
    "closing",
    [
        "Best regards,",
        "Mit freundlichen Grüßen",
        "Cordialement,",
        "Saludos cordiales,",
        "Cordiali saluti",
        "Met vriendelijke groet,",
        "Z poważaniem",
        "Atenciosamente,",
        "Med vänliga hälsningar",
        "Saygılarımızla,",
        "敬具",
    ],
)
def test_a_closing_begins_the_signature(closing: str) -> None:
    assert of(f"{OWN}\n\n{closing}\nAnn\nShop team", Section.SIGNATURE) == f"{closing}\nAnn\nShop team"


def test_the_dashed_line_begins_the_signature() -> None:
    assert of(f"{OWN}\n-- \nAnn", Section.SIGNATURE) == "-- \nAnn"


def test_a_postscript_is_the_authors_again() -> None:
    assert of(f"{OWN}\n\nBest regards,\nAnn\n\nP.S. Leave us five stars.", Section.AUTHOR).endswith(
        "five stars."
    )


def test_a_long_line_is_no_signature() -> None:
    sentence = "We would like to tell you that " + "very " * 30 + "soon it comes."
    assert of(f"{OWN}\n\nBest regards,\nAnn\n{sentence}", Section.AUTHOR).endswith(sentence)


@pytest.mark.parametrize(
    "footer",
    [
        "Registered in England No 1234567",
        "Handelsregister: HRB 12345",
        "Ce message est confidentiel.",
        "特定商取引法に基づく表記",
    ],
)
def test_legal_words_begin_the_footer(footer: str) -> None:
    assert of(f"{OWN}\n\nBest regards,\nAnn\n\n{footer}", Section.FOOTER) == footer


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Lamp",
        "AW: Lampe",
        "SV: lampa",
        "Odp: lampa",
        "Odp.: lampa",
        "YNT: lamba",
        "RE[2]: x",
        "返信：ランプ",
    ],
)
def test_subjects_of_answers_are_known(subject: str) -> None:
    assert is_reply_subject(subject)


@pytest.mark.parametrize("subject", ["Reorder lamp", "Your order: lamp", "Review: lamp", ""])
def test_other_subjects_are_no_answers(subject: str) -> None:
    assert not is_reply_subject(subject)


@given(
    st.lists(
        st.sampled_from(
            [OWN, "", "> x", *HEADINGS.values(), "-- ", "Best regards,", "VAT no 1", "P.S. x", BLOCKS["en"]]
        )
    ),
    st.booleans(),
)
def test_stretches_cover_a_text_without_gaps(lines: list[str], answers: bool) -> None:
    text = "\n".join(lines)
    found = stretches(text, answers=answers)
    assert (found[0].start, found[-1].end) == (0, len(text))
    assert all(first.end == second.start for first, second in itertools.pairwise(found))


def test_a_closing_with_a_name_behind_it_begins_the_signature() -> None:
    assert of(f"{OWN}\n\nBest regards, Ann", Section.SIGNATURE) == "Best regards, Ann"


@given(
    st.lists(
        st.sampled_from(["Kind regards,", "Ann", "", "words of a mail", "VAT No DE123", " > x", "--", "a: b"])
    )
)
def test_a_text_that_surely_quotes_nothing_is_read_as_any_other(lines: list[str]) -> None:
    text = "\n".join(lines)
    nothing = Quote(len(text), len(text), marked=False)  # its presence makes every line be looked at
    assert stretches(text) == stretches(text, quotes=[nothing])

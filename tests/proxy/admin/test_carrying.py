"""A changed text and the HTML that said the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.admin.carrying import carried, laid_out_plainly

PAGE = (
    "<style>p {color: red}</style><p>Thank you. <b>20%&nbsp;off</b> if you come&amp;stay.</p><!-- 20% off -->"
)
TEXT = "Thank you. 20% off if you come&stay."


@pytest.mark.parametrize(
    ("new", "page"),
    [
        (TEXT, PAGE),
        ("Thank you.", "<style>p {color: red}</style><p>Thank you. <b>&nbsp;</b>   </p><!-- 20% off -->"),
        (TEXT.replace("20%", "30%"), PAGE.replace("<b>20%", "<b>30%")),
        (
            TEXT.replace("you. ", "you. Dear\n<friend>, "),
            PAGE.replace("you. ", "you. Dear<br>\n&lt;friend&gt;, "),
        ),
        (f"Hello! {TEXT}", PAGE.replace("Thank", "Hello! Thank")),
        (f"{TEXT} Bye", PAGE.replace("stay.", "stay. Bye")),
    ],
    ids=["unchanged", "words gone", "a word replaced", "words put in", "at the start", "at the end"],
)
def test_words_change_in_their_place_and_markup_stays(new: str, page: str) -> None:
    assert carried(PAGE, TEXT, new) == page


@pytest.mark.parametrize("old", ["Thank you. See shop.example if", "20% off"])
def test_a_word_that_the_page_does_not_show_so_is_not_guessed(old: str) -> None:
    assert carried("<p>Thank you. See <a href=x>us</a> if</p><!-- 20% off -->", old, "Thank you. if") is None


def test_a_long_text_is_not_compared() -> None:
    assert carried("<p>a</p>", "a " * 2_000, "b") is None


@pytest.mark.parametrize(
    "page",
    ["<" * 200_000, "<!--" * 50_000, "<script>" * 25_000, "<p " * 66_000, "&" * 200_000, "<style><" * 25_000],
)
def test_a_hostile_page_takes_time_in_proportion_to_its_length(page: str) -> None:
    began = time.process_time()
    carried(page, "one two", "one")
    assert time.process_time() - began < 2


def test_a_word_that_stands_everywhere_takes_bounded_time() -> None:
    text = " ".join(f"x a{number}" for number in range(590))
    page = f"<p>{text.replace('a', 'b')}</p>"
    began = time.process_time()
    assert carried(page, text, "z") is None
    assert time.process_time() - began < 1


WORDS = st.lists(st.sampled_from(["lamp", "the", "20%", "a&b", "<p>", "ü"]), max_size=12).map(" ".join)


@settings(deadline=None)
@given(WORDS, WORDS)
def test_a_page_of_a_text_alone_says_the_new_text_or_is_not_made(old: str, new: str) -> None:
    """Invariant: what is carried says just the new words."""
    page = carried(laid_out_plainly(old), old, new)
    if page is not None:
        from gatepost_policies.facts import read_text

        said = [passage.text for passage in read_text(page, html=True).mail.passages]
        assert " ".join(said).split() == new.split()


@settings(deadline=None)
@given(st.text(max_size=200))
def test_a_plain_layout_says_the_text_and_no_markup(text: str) -> None:
    page = laid_out_plainly(text)
    assert page.count("<") == page.count(">")
    assert "<script" not in page

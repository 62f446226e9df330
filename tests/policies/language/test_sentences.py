"""Where sentences begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.language.sentences import MAX_CHARACTERS, split


def pieces(text: str) -> list[str]:
    return [text[start:end] for start, end in split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="closing marks"),
        pytest.param(
            "Some don't. Tell us.", ["Some don't.", "Tell us."], id="the end of a word is no initial"
        ),
        pytest.param("Dear Mr. Smith, hello.", ["Dear Mr. Smith, hello."], id="abbreviation"),
        pytest.param("Am 12. November kommt es.", ["Am 12. November kommt es."], id="ordinal"),
        pytest.param("Costs 3.50 in all.", ["Costs 3.50 in all."], id="decimal point"),
        pytest.param("It arrived.Please look.", ["It arrived.", "Please look."], id="missing space"),
        pytest.param("Hello\n\nWe write", ["Hello", "We write"], id="blank line"),
        pytest.param("Hi Anna\nYour order", ["Hi Anna", "Your order"], id="short line"),
        pytest.param(
            "We are writing to you because the parcel that we\nsent has come back to us",
            ["We are writing to you because the parcel that we\nsent has come back to us"],
            id="wrapped line",
        ),
        pytest.param("How it works\n- one\n- two", ["How it works", "- one", "- two"], id="list"),
        pytest.param("届きました。ご確認ください。", ["届きました。", "ご確認ください。"], id="Japanese"),
        pytest.param("Wow!💸We pay", ["Wow!", "💸We pay"], id="emoji after the mark"),
    ],
)
def test_text_is_split_where_a_reader_pauses(text: str, expected: list[str]) -> None:
    assert pieces(text) == expected


@given(st.text(max_size=400))
def test_sentences_come_in_order_and_do_not_overlap(text: str) -> None:
    before = 0
    for start, end in split(text):
        assert before <= start < end <= len(text)
        before = end


@given(st.text(max_size=400))
def test_only_white_space_lies_between_sentences(text: str) -> None:
    before = 0
    for start, end in split(text):
        assert text[before:start].strip() == ""
        before = end
    assert text[before:].strip() == ""


def test_a_text_without_any_mark_is_cut_into_bounded_pieces() -> None:
    assert max(map(len, pieces("word " * 5000))) <= MAX_CHARACTERS

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.text import as_seen, has_mixed_scripts, lowered, unmask


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        pytest.param("plain text\nof two lines", "plain text\nof two lines", id="ascii"),
        pytest.param("f\u200bree", "free", id="zero-width-space"),
        pytest.param("Bestell\u00adbestätigung", "Bestellbestätigung", id="soft-hyphen"),
        pytest.param("\u202emoc.pohs\u202c", "shop.com", id="right-to-left-override"),
        pytest.param("a\x00b\x1bc", "abc", id="controls"),
        pytest.param("u\u0308ber", "über", id="decomposed"),
        pytest.param("x\U000e0061\U000e0062y", "xy", id="tag-characters"),
        pytest.param("5 ★\ufe0f", "5 ★", id="variation-selector"),
        pytest.param("odd \ufffd stays", "odd \ufffd stays", id="replacement-character"),
    ],
)
def test_text_is_seen_without_what_shows_nothing(text: str, seen: str) -> None:
    assert as_seen(text).text == seen


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("f\u200bree gift", ("free",), id="within-a-word"),
        pytest.param("\u202emoc.pohs\u202c", ("shop.com",), id="override"),
        pytest.param("hi \U000e0061\U000e0062", ("ab",), id="tag-characters"),
        pytest.param("word \u200b\u200c next", (), id="between-words"),
        pytest.param("Bestell\u00adbestätigung", (), id="soft-hyphen-is-spelling"),
        pytest.param("می\u200cخواهم", (), id="joiner-of-a-script-that-needs-it"),
    ],
)
def test_masked_words_are_told(text: str, masked: tuple[str, ...]) -> None:
    assert as_seen(text).masked == masked


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        pytest.param("ｗｗｗ．ｓｈｏｐ．ｃｏｍ", "www.shop.com", id="full-width"),
        pytest.param("112–1234567—1234567", "112-1234567-1234567", id="dashes"),
        pytest.param("fr\u0435\u0435", "free", id="cyrillic-among-latin"),
        pytest.param("привет", "привет", id="wholly-cyrillic"),
        pytest.param("καλημέρα", "καλημέρα", id="wholly-greek"),
        pytest.param("１２３㎏", "123kg", id="growing-letter"),
        pytest.param("a\u00a0b", "a b", id="no-break-space"),
    ],
)
def test_unmasking_makes_letters_plain(text: str, plain: str) -> None:
    assert unmask(text).text == plain


def test_an_unmasked_place_leads_back_to_its_source() -> None:
    text = "㎏ and shop"
    plain = unmask(text)
    at = plain.text.index("shop")
    start, end = plain.origin(at, at + 4)
    assert text[start:end] == "shop"


@given(st.text())
def test_unmasking_keeps_every_place_in_range(text: str) -> None:
    plain = unmask(text)
    start, end = plain.origin(0, len(plain.text))
    assert 0 <= start <= end <= len(text)


@given(st.text())
def test_seeing_twice_changes_nothing(text: str) -> None:
    once = as_seen(text).text
    assert as_seen(once).text == once


@given(st.text())
def test_lower_case_keeps_the_length(text: str) -> None:
    assert len(lowered(text)) == len(text)


def test_mixed_scripts_are_told_from_whole_words() -> None:
    assert has_mixed_scripts("\u0430mazon")
    assert not has_mixed_scripts("амазон")

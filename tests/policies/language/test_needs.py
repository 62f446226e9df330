"""The words that phrases need: what they rule out never matches, what they tell always does."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.language.fold import fold
from gatepost_policies.language.needs import Index, ways_of
from gatepost_policies.language.phrase import parsed, re2_pattern, re_pattern

PHRASES = {
    "en": (
        "leave ~2 review", "rat*", "*star", "*view*", "(give|write us) [a] review", "$#", "5★", "don't",
        "(like|love|(no|any) doubt) ~1", "E#", "% off", "[please] (thank|thanks)", "#x", "+",
    ),
    "de": ("für", "überm*", "(äöüä|*sterne)", "gern ~3 (für uns|bewert*)"),
    "nl": ("(our ~1|us) ~2 review", "leave (a|a review) us [for ~1] star*", "[write] (#|*view) ~3 (a|rat*)"),
    "ja": ("星5", "レビュー ~4 書いて", "amazon", "(評価|口コミ)を", "五つ星"),
}  # fmt: skip
ALL = [(language, phrase) for language, phrases in PHRASES.items() for phrase in phrases]
WORDS = """
leave review reviews preview rate rating aerate star stars give write us a $ 5 $5 15$ 5★ ⭐ don't don t like
love our for no any doubt E7 % off please thank 12x + fur fuer für überm uberman aöüä sterne gern bewerten
funfsterne 星5 星 レビュー 書いて レビューを書いて amazon amazonの 評価を 口コミ 五つ星 _ - x 0 e
"""


def texts_of(words: Sequence[str]) -> st.SearchStrategy[str]:
    """Folded texts of these words."""
    return st.lists(
        st.tuples(st.sampled_from(words), st.sampled_from(["", " ", " ", "  ", ", "])), max_size=9
    ).map(lambda pairs: fold("".join(word + space for word, space in pairs)).text)


TEXTS = texts_of(WORDS.split())


def index_of(language: str, phrases: tuple[str, ...]) -> Index:
    return Index(ways_of(parsed(phrase, {}), language) for phrase in phrases)


@pytest.mark.parametrize("language", PHRASES)
def test_no_phrase_that_matches_is_ruled_out_and_none_is_told_that_does_not(language: str) -> None:
    phrases = PHRASES[language]
    index = index_of(language, phrases)
    patterns = [re2.compile(re2_pattern(parsed(phrase, {}), language)) for phrase in phrases]

    @given(TEXTS)
    def check(text: str) -> None:
        matching = {number for number, pattern in enumerate(patterns) if pattern.search(text)}
        sure, maybe = index.met(text)
        assert sure <= matching <= sure | maybe

    check()


@pytest.mark.parametrize(("language", "phrase"), ALL)
def test_an_engine_that_tries_finds_what_re2_finds(language: str, phrase: str) -> None:
    meaning = parsed(phrase, {})
    tried = re.compile(re_pattern(meaning, language), re.ASCII)
    automaton = re2.compile(re2_pattern(meaning, language))
    own_words = sorted({"5", "x", *re.findall(r"[^\W_0-9]+", phrase)})

    @given(texts_of(own_words))
    def check(text: str) -> None:
        places = [found.span() for found in tried.finditer(text)]
        assert places == [found.span() for found in automaton.finditer(text)]

    check()


@pytest.mark.parametrize(
    ("phrase", "text", "told"),
    [
        pytest.param("(review|rating)", "your rating", "sure", id="one word of a list"),
        pytest.param("rat*", "no rating", "sure", id="a stem"),
        pytest.param("*star", "a superstar", "sure", id="an end"),
        pytest.param("für", "fuer", "sure", id="an umlaut written out"),
        pytest.param("leave ~2 review", "review and leave", "maybe", id="words in another order"),
        pytest.param("[please] review", "a review", "sure", id="what may be left out"),
        pytest.param("(review|leave us)", "leave us", "maybe", id="more than one word"),
        pytest.param("$#", "$15", "maybe", id="a number"),
        pytest.param("rate", "separate", "no", id="part of another word"),
        pytest.param("leave ~2 review", "leave it", "no", id="a word missing"),
        pytest.param("5★", "5 stars", "no", id="a sign missing"),
    ],
)
def test_the_words_of_a_text_tell_a_phrase(phrase: str, text: str, told: str) -> None:
    sure, maybe = index_of("de", (phrase,)).met(fold(text).text)
    assert ("sure" if sure else "maybe" if maybe else "no") == told


@pytest.mark.parametrize(("language", "phrase"), ALL)
def test_every_way_to_say_a_phrase_has_a_need(language: str, phrase: str) -> None:
    assert all(way.needs and all(way.needs) for way in ways_of(parsed(phrase, {}), language))


def test_a_run_too_long_to_be_kept_is_read_all_the_same() -> None:
    sure, _ = index_of("en", ("*star",)).met("x" * 600 + "star")
    assert sure == {0}

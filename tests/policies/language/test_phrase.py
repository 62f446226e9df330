"""The pattern language of word files."""

from __future__ import annotations

import pytest

from gatepost_policies.language.fold import fold
from gatepost_policies.language.lexicon import MAX_EFFORT, Phrases
from gatepost_policies.language.phrase import effort, parsed


def hits(phrase: str, text: str, language: str = "en") -> list[str]:
    folded = fold(text).text
    return [folded[a:b] for _, a, b in Phrases.compiled({"x": [phrase]}, language=language).find(folded)]


@pytest.mark.parametrize(
    ("phrase", "text", "expected"),
    [
        pytest.param("free gift", "a free gift!", ["free gift"], id="words"),
        pytest.param("free gift", "free, gift", ["free  gift"], id="punctuation between words"),
        pytest.param("free ~2 gift", "free and nice gift", ["free and nice gift"], id="gap"),
        pytest.param("free ~1 gift", "free and nice gift", [], id="gap too wide"),
        pytest.param("bewert*", "die Bewertungen", ["bewertungen"], id="stem"),
        pytest.param("*sterne", "Fünfsterne", ["funfsterne"], id="end of a compound"),
        pytest.param("(leave|write) [us] a", "write us a", ["write us a"], id="alternatives and an option"),
        pytest.param("a [b]", "a c", ["a"], id="option at the end"),
        pytest.param("[b] a", "a", ["a"], id="option at the start"),
        pytest.param("$#", "only $15 today", ["$15"], id="number after a currency sign"),
        pytest.param("# % off", "now 15% off", ["15% off"], id="sign right after a number"),
        pytest.param("# pieces", "15pieces", [], id="letters right after a number"),
        pytest.param("# % off", "20% off", ["20% off"], id="per cent right behind its number"),
        pytest.param("# (percent|%) off", "20 % off", ["20 % off"], id="per cent apart from its number"),
        pytest.param("★ review", "a ⭐ review", ["* review"], id="drawn star"),
        pytest.param("don't", "don’t", ["don t"], id="apostrophes"),
        pytest.param("star", "stars mustard", [], id="no hits inside words"),
    ],
)
def test_phrases_match_what_they_say(phrase: str, text: str, expected: list[str]) -> None:
    assert hits(phrase, text) == expected


@pytest.mark.parametrize("text", ["für", "fuer", "fur"])
def test_german_umlauts_may_be_written_out(text: str) -> None:
    assert hits("für", text, "de") == [fold(text).text]


def test_japanese_needs_no_spaces_between_words() -> None:
    assert hits("レビュー ~4 書いて", "ぜひレビューを書いてください", "ja") == ["レビューを書いて"]


@pytest.mark.parametrize(
    ("phrase", "bound"),
    [
        pytest.param("free gift", 2, id="words"),
        pytest.param("free ~4 gift", 5 * 2, id="a gap leaves a way for each word"),
        pytest.param("a ~4 b ~2 c", 5 * 3 * 3, id="gaps multiply"),
        pytest.param("a [b] c", 2 * 3, id="an option is there or not"),
        pytest.param("(a|b|c) d", 4, id="of single words one is on the way"),
        pytest.param("(a|b ~1|c ~2 d) e", (1 + 2 + 3) * 5, id="longer branches add up"),
    ],
)
def test_what_an_engine_may_try_is_bounded(phrase: str, bound: int) -> None:
    assert effort(parsed(phrase, {})) == bound


def test_a_word_that_is_open_at_its_start_weighs_more() -> None:
    assert effort(parsed("*sterne", {})) > effort(parsed("sterne*", {}))


WIDE = "one ~20 two ~20 three ~20 four"


def test_a_phrase_that_leaves_too_many_ways_is_found_all_the_same() -> None:
    assert effort(parsed(WIDE, {})) > MAX_EFFORT
    assert hits(WIDE, "or one and two and three or four more") == ["one and two and three or four"]


def test_places_beyond_ascii_are_counted_in_characters() -> None:
    assert hits(WIDE, "レビュー one two three four") == ["one two three four"]

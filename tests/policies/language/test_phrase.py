"""The pattern language of word files."""

from __future__ import annotations

import pytest

from gatepost_policies.language.fold import fold
from gatepost_policies.language.lexicon import Phrases


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

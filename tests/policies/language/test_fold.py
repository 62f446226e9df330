"""Folding: what word patterns see, and the way back to the original words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.language.fold import fold

ANY_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=80)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        pytest.param("Straße", "strasse", id="sharp s"),
        pytest.param("fr\u200bee g\u0456ft", "free gift", id="zero width and Cyrillic look-alike"),
        pytest.param("ＦＲＥＥ 𝐅𝐫𝐞𝐞", "free free", id="full width and mathematical"),
        pytest.param("re\u00adview", "review", id="soft hyphen"),
        pytest.param("e\u0301te\u0301", "ete", id="combining accents"),
        pytest.param("ﾚﾋﾞｭｰ を\n書く", "レビューを書く", id="half-width kana, white space dropped"),
        pytest.param("İSTANBUL ışık", "istanbul isik", id="Turkish i"),
        pytest.param("5⭐️ und 5*", "5* und 5*", id="stars after digits"),
        pytest.param("**free** gift", "  free   gift", id="Markdown is no star"),
        pytest.param("20 € £5", "20 $ $5", id="currency signs"),
        pytest.param("f r e e now", "free now", id="letters written apart"),
        pytest.param("œuvre ﬁx", "oeuvre fix", id="ligatures"),
    ],
)
def test_words_fold_to_what_a_reader_reads(text: str, folded: str) -> None:
    assert fold(text).text == folded


@given(ANY_TEXT)
def test_every_folded_range_comes_from_a_range_of_the_original(text: str) -> None:
    folded = fold(text)
    for at in range(len(folded.text)):
        start, end = folded.span(at, at + 1)
        assert 0 <= start < end <= len(text)


@given(ANY_TEXT)
def test_origins_never_go_back(text: str) -> None:
    folded = fold(text)
    starts = [folded.span(at, at + 1)[0] for at in range(len(folded.text))]
    assert starts == sorted(starts)


@given(ANY_TEXT)
def test_an_index_of_the_original_finds_its_folded_place(text: str) -> None:
    folded = fold(text)
    for at in range(len(text)):
        index = folded.index(at)
        assert index == len(folded.text) or folded.span(index, index + 1)[0] >= at


def test_evidence_is_quoted_with_its_accents_and_disguises() -> None:
    text = "Ein gr\u200batis Geschenk für Sie"
    folded = fold(text)
    start = folded.text.index("gratis")
    first, last = folded.span(start, start + 6)
    assert text[first:last] == "gr\u200batis"

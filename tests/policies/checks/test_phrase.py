"""The operator's own phrases."""

from __future__ import annotations

from typing import Any

import pytest

from gatepost_policies.checks.phrase import validate
from kit.judged import case, words

FAX = {"phrases": {"en": ["fax ~2 #"], "de": ["faxnummer"], "all": ["zeta*"]}}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("Please note that our fax is 12345 in the shop.", ["fax is 12345"], id="english"),
        pytest.param("Bitte beachten Sie, die Faxnummer steht auf der Rechnung.", ["Faxnummer"], id="german"),
        pytest.param(
            "Bitte beachten Sie, unser Fax 12345 ist auf der Rechnung.", [], id="not a German phrase"
        ),
        pytest.param("Bitte beachten Sie die Zetaform auf der Rechnung.", ["Zetaform"], id="every language"),
        pytest.param("The facts are known to us and to you.", [], id="a stem is not a word"),
    ],
)
def test_phrases_are_found_in_their_language(text: str, found: list[str]) -> None:
    assert words("phrase", case(text), **FAX) == found


def test_a_sentence_with_an_exception_is_left_alone() -> None:
    text = "The old fax is 12345. We do not have a fax at 12345 in the shop."
    assert words("phrase", case(text), **FAX, unless={"en": ["do not have"]}) == ["fax is 12345"]


def test_quoted_words_never_count() -> None:
    text = "Thank you for your message.\n\nOn 3 May 2026 Ann wrote:\n> my fax is 12345"
    assert words("phrase", case(text), **FAX) == []


def test_sections_narrow_the_search() -> None:
    built = case("Please note that our fax is 12345 in the shop.")
    assert words("phrase", built, **FAX, sections=["signature"]) == []


@pytest.mark.parametrize(
    ("params", "why"),
    [
        pytest.param({}, "phrases: expected lists", id="none"),
        pytest.param({"phrases": ["fax"]}, "phrases: expected lists", id="no languages"),
        pytest.param({"phrases": {"en": "fax"}}, "phrases.en: expected a list", id="no list"),
        pytest.param({"phrases": {"en": ["(fax"]}}, "phrases.en: ", id="a bracket left open"),
        pytest.param(
            {"phrases": {"en": ["fax"]}, "unless": {"en": ["[x"]}}, "unless.en: ", id="a wrong exception"
        ),
        pytest.param({"phrases": {"en": ["fax"]}, "sections": ["middle"]}, "sections: some of", id="section"),
    ],
)
def test_wrong_phrases_are_refused_at_load(params: dict[str, Any], why: str) -> None:
    with pytest.raises(ValueError, match=why.replace("(", r"\(")):
        validate(params)


def test_right_phrases_are_taken() -> None:
    validate(FAX)

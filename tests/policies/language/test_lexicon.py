"""Every concept of every word file, by its own examples, and the matcher itself."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from gatepost_policies.errors import PackError
from gatepost_policies.language.fold import fold
from gatepost_policies.language.lexicon import Concept, Phrases, concepts, known_languages, lexicon

LANGUAGES = ("de", "en", "es", "fr", "it", "ja", "nl", "pl", "pt", "sv", "tr")

# Concepts that only say something together (policies/README.md): a language that lacks one hears less of what
# is said round the word, and nothing wrong.
MEETING = frozenset(
    {
        "addressed", "asks_service", "bad_news", "bargain_hint", "benefit",
        "divert_hint", "goes_with", "other_stars",
        "our_goods", "pay_means", "pay_moves", "plea_hint", "praise_harmless", "praise_hint", "praise_word",
        "rather", "review_free", "review_other", "review_past", "review_talk", "review_yours",
        "service_done", "shop_hint", "tell_all",
        "titled", "to_us",
    }
)  # fmt: skip


def found(language: str, text: str) -> dict[str, list[str]]:
    folded = fold(text).text
    result: dict[str, list[str]] = {}
    for concept, start, end in lexicon(language).find(folded):
        result.setdefault(concept, []).append(folded[start:end])
    return result


def wrong(concept: Concept, language: str, sentences: Sequence[str], *, expected: bool) -> list[str]:
    return [say for say in sentences if (concept.name in found(language, say)) is not expected]


def test_all_eleven_languages_have_words() -> None:
    assert known_languages() == LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
def test_concepts_are_found_in_their_examples(language: str) -> None:
    missed = {(c.file, c.name): wrong(c, language, c.hits, expected=True) for c in concepts(language)}
    assert {name: say for name, say in missed.items() if say} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_concepts_are_not_found_in_their_counterexamples(language: str) -> None:
    stray = {(c.file, c.name): wrong(c, language, c.misses, expected=False) for c in concepts(language)}
    assert {name: say for name, say in stray.items() if say} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_phrases_are_found_where_re2_alone_would_find_them(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = lexicon(language)
    monkeypatch.setattr("gatepost_policies.language.lexicon.MAX_EFFORT", -1)
    by_re2_alone = lexicon.__wrapped__(language)
    said = {fold(say).text for c in concepts(language) for say in (*c.hits, *c.misses)}
    different = {say for say in said if [*shipped.find(say)] != [*by_re2_alone.find(say)]}
    assert different == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_phrase_can_be_looked_for(language: str) -> None:
    phrases = lexicon(language)
    for _ in phrases.prepared():
        pass
    assert not list(phrases.prepared())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_concept_has_examples_both_ways(language: str) -> None:
    bare = [(c.file, c.name) for c in concepts(language) if not (c.hits and c.misses)]
    assert bare == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_speaks_of_the_concepts_that_english_speaks_of(language: str) -> None:
    only_english = {"denied", "change_it", *MEETING}  # forms that the others say otherwise
    english = {c.name for c in concepts("en") if "purpose" not in c.file} - only_english
    assert english - {c.name for c in concepts(language)} == set()


def test_a_stem_is_not_found_inside_another_word() -> None:
    phrases = Phrases.compiled({"rate": ["rat*"], "star": ["star"]}, language="en")
    assert [place[0] for place in phrases.find("start a ration of mustard")] == ["rate"]


def test_the_shortest_of_overlapping_matches_is_quoted() -> None:
    phrases = Phrases.compiled({"ask": ["leave ~4 review"]}, language="en")
    assert list(phrases.find("leave us a review or a review")) == [("ask", 0, 17)]


def test_of_two_phrases_the_one_that_begins_first_is_quoted() -> None:
    phrases = Phrases.compiled({"ask": ["review", "leave ~4 review us", "us"]}, language="en")
    assert list(phrases.find("leave a review us or review us")) == [
        ("ask", 0, 17),
        ("ask", 21, 27),
        ("ask", 28, 30),
    ]


def test_of_two_phrases_at_one_place_the_first_listed_is_quoted() -> None:
    phrases = Phrases.compiled({"ask": ["leave", "leave a review"]}, language="en")
    assert list(phrases.find("leave a review")) == [("ask", 0, 5)]


def test_a_phrase_too_large_to_compile_is_refused_at_load() -> None:
    wide = " ".join(["(" + "|".join(["a ~24 b"] * 60) + ")"] * 24)
    with pytest.raises(PackError, match="usable"):
        Phrases.compiled({"x": [wide]}, language="en")


@pytest.mark.parametrize("phrase", ["(a|b", "a)", "~0 a", "~99 a", "@nothing", "[a]", "!", "* a"])
def test_a_malformed_phrase_is_refused_at_load(phrase: str) -> None:
    with pytest.raises(PackError):
        Phrases.compiled({"x": [phrase]}, language="en")


def test_lists_that_refer_to_each_other_are_refused() -> None:
    with pytest.raises(PackError, match="without end"):
        Phrases.compiled({"x": ["@a"]}, language="en", lists={"a": ["@b"], "b": ["@a"]})


def test_an_unknown_language_reads_with_english_words() -> None:
    assert lexicon("xx") is lexicon("en")


def test_phrases_are_made_ready_once() -> None:
    phrases = Phrases.compiled({"ask": ["leave ~2 review", "write us"]}, language="en")
    list(phrases.find("please leave a review"))
    assert len(list(phrases.prepared())) == 1
    assert not list(phrases.prepared())

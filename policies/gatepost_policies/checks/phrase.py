"""The operator's own words: phrases over folded text, on a linear-time engine.

The phrases are written as in the word files (`gatepost_policies.language.phrase`): whole words,
`stem*`, `(one|of|these)`, `[optional]`, `~4` for up to four words between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.errors import PackError
from gatepost_policies.language.lexicon import Phrases
from gatepost_policies.language.scene import Sentence
from gatepost_policies.model import Section, Span

NAMES = frozenset({"phrases", "unless", "sections"})
_ALL = "all"  # the key of phrases that hold in every language


def find_phrases(case: Case, params: Params) -> Iterator[Evidence]:
    """Each place where one of `phrases` stands, in a sentence that holds none of `unless`."""
    sections = frozenset(params.get("sections", ("author", "signature", "footer")))
    for sentence in case.scene.own():
        if sentence.section.value not in sections:
            continue
        if _first(sentence, params.get("unless") or {}):
            continue
        hit = _first(sentence, params["phrases"])
        if hit is not None:
            yield case.at(hit)


def validate(params: Params) -> None:
    """Compile the phrases, so that a wrong one is refused when the rule is loaded."""
    if set(params.get("sections", ())) - {section.value for section in Section}:
        raise ValueError("sections: some of author, signature, footer")
    for key in ("phrases", "unless"):
        given = params.get(key)
        if given is None and key == "unless":
            continue
        if not isinstance(given, dict) or not given:
            raise ValueError(f"{key}: expected lists of phrases by language, or under `all`")
        for language, phrases in given.items():
            _check(key, language, phrases)


def _check(key: str, language: str, phrases: object) -> None:
    if not isinstance(phrases, list) or not phrases:
        raise ValueError(f"{key}.{language}: expected a list of phrases")
    try:
        _compiled(language, tuple(map(str, phrases)))
    except PackError as error:
        raise ValueError(f"{key}.{language}: {error.why}") from error


def _first(sentence: Sentence, by_language: Mapping[str, list[str]]) -> Span | None:
    for language in (_ALL, sentence.language):
        phrases = by_language.get(language)
        if phrases:
            for hit in sentence.find(_compiled(language, tuple(map(str, phrases)))):
                return hit.span
    return None


@lru_cache(maxsize=1024)
def _compiled(language: str, phrases: tuple[str, ...]) -> Phrases:
    return Phrases.compiled({"phrase": phrases}, language="" if language == _ALL else language)

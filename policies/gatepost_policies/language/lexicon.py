"""Word files (`data/words/`) -> compiled phrases: which concepts a sentence speaks of, and where.

One RE2 set a language tells which concepts occur; single patterns then tell where. Files are read and
compiled when their language is first met; nothing is read again.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

import re2

from gatepost_policies.errors import PackError
from gatepost_policies.language.phrase import translate
from gatepost_policies.yamlfile import Document, parse

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "words"
COMMON: Final = "any"  # the file whose concepts every language shares: stars, amounts
MAX_MEMORY_BYTES: Final = 256 << 20  # RE2 takes what it needs up to this; beyond it a set refuses to compile

Place = tuple[str, int, int]  # concept, start and end in the folded text


@dataclass(frozen=True, slots=True)
class Concept:
    """One concept of one file: its phrases, and sentences that must and must not speak of it."""

    name: str
    phrases: tuple[str, ...]
    hits: tuple[str, ...] = ()
    misses: tuple[str, ...] = ()
    file: str = ""


def _options() -> Any:
    options = re2.Options()
    options.max_mem = MAX_MEMORY_BYTES
    options.log_errors = False
    return options


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """Compiled concepts of one language. Linear in the text, whatever the text."""

    language: str
    names: tuple[str, ...]
    _set: Any = field(repr=False)
    _patterns: Mapping[str, Any] = field(repr=False)

    @classmethod
    def compiled(
        cls,
        concepts: Mapping[str, Iterable[str]],
        *,
        language: str,
        lists: Mapping[str, Sequence[str]] | None = None,
    ) -> Phrases:
        """Compile phrase patterns; raises PackError for a malformed or too large one."""
        return cls.built(
            {name: _translated(name, phrases, lists or {}, language) for name, phrases in concepts.items()},
            language,
        )

    @classmethod
    def built(cls, concepts: Mapping[str, Iterable[str]], language: str) -> Phrases:
        """The same from RE2 patterns."""
        search = re2.Set.SearchSet(_options())
        search.Add("")  # the canary: RE2 sets answer "nothing" when their automaton runs out of memory
        patterns = {}
        try:
            for name, branches in concepts.items():
                joined = "|".join(branches)
                search.Add(joined)
                patterns[name] = re2.compile(joined, _options())
            search.Compile()
        except re2.error as error:
            raise PackError(f"not a usable pattern: {error}") from error
        search.Match("warm up")  # the first match builds the automaton
        return cls(language, tuple(concepts), search, patterns)

    def find(self, folded: str) -> Iterator[Place]:
        """Each place where a concept occurs, concept by concept, in order within a concept."""
        for name in self.spoken(folded):
            for start, end in self.where(name, folded):
                yield name, start, end

    def spoken(self, folded: str) -> tuple[str, ...]:
        """The concepts that occur: one look at the text for all of them, far cheaper than their places."""
        matched = self._set.Match(_bytes(folded))
        if matched is None or 0 not in matched:
            return tuple(name for name in self.names if any(self.where(name, folded)))
        return tuple(self.names[index - 1] for index in sorted(matched) if index)

    def where(self, name: str, folded: str) -> Iterator[tuple[int, int]]:
        """The places of one concept."""
        for match in self._patterns[name].finditer(_bytes(folded)):
            start, end = match.span()
            if end > start:
                yield start, end


def _bytes(folded: str) -> str | bytes:
    """What RE2 searches: of ASCII, byte offsets are character offsets, and cheaper."""
    return folded.encode("ascii") if folded.isascii() else folded


def _translated(
    name: str, phrases: Iterable[str], lists: Mapping[str, Sequence[str]], language: str
) -> tuple[str, ...]:
    patterns = []
    for phrase in phrases:
        try:
            patterns.append(translate(phrase, lists=lists, language=language))
        except PackError as error:
            raise PackError(f"{error.why}, in {phrase!r}", key=name) from error
    return tuple(patterns)


@lru_cache(maxsize=1)
def known_languages() -> tuple[str, ...]:
    """The languages that have a word file, by ISO 639-1 code."""
    return tuple(sorted(path.stem for path in FOLDER.glob("??.yaml")))


@lru_cache(maxsize=64)
def lexicon(language: str) -> Phrases:
    """The compiled concepts of `language` ("" and unknown languages: English)."""
    if language not in known_languages():
        return lexicon("en")
    merged: dict[str, list[str]] = {}
    for path in _files(language):
        document = _read(path)
        lists = _lists(document)
        for concept in _concepts(document):
            with _naming(document.file):
                own = COMMON if path.stem == COMMON else language  # what is shared is written with spaces
                patterns = _translated(concept.name, concept.phrases, lists, own)
            merged.setdefault(concept.name, []).extend(patterns)
    with _naming(f"words/{language}.yaml"):
        return Phrases.built(merged, language)


def concepts(language: str) -> tuple[Concept, ...]:
    """The concepts in the files of `language`, with their examples; for tests and `policy test`."""
    return tuple(concept for path in _files(language) for concept in _concepts(_read(path)))


def _files(language: str) -> tuple[Path, ...]:
    own = sorted(path for path in FOLDER.glob(f"*{language}.yaml") if path.stem.split("_")[-1] == language)
    return (FOLDER / f"{COMMON}.yaml", *own)


@contextlib.contextmanager
def _naming(file: str) -> Iterator[None]:
    try:
        yield
    except PackError as error:
        raise PackError(error.why, file=file, line=error.line, key=error.key) from error


@lru_cache(maxsize=64)
def _read(path: Path) -> Document:
    document = parse(path.read_bytes(), f"words/{path.name}")
    if not isinstance(document.value, dict) or not set(document.value) <= {"lists", "concepts"}:
        raise document.fault("a word file holds `lists` and `concepts`")
    return document


def _lists(document: Document) -> dict[str, Sequence[str]]:
    lists = document.value.get("lists") or {}
    return {name: _lines(document, words, "[,\n]", "lists", name) for name, words in lists.items()}


def _concepts(document: Document) -> Iterator[Concept]:
    for name, body in (document.value.get("concepts") or {}).items():
        at = ("concepts", name)
        if not isinstance(body, dict) or not set(body) <= {"words", "hit", "miss"} or "words" not in body:
            raise document.fault("a concept holds `words`, `hit` and `miss`", *at)
        yield Concept(
            name,
            _lines(document, body["words"], "\n", *at, "words"),
            _lines(document, body.get("hit") or "", "\n", *at, "hit"),
            _lines(document, body.get("miss") or "", "\n", *at, "miss"),
            document.file,
        )


def _lines(document: Document, value: Any, between: str, *at: str) -> tuple[str, ...]:
    if isinstance(value, str):
        value = re.split(between, value)
    if not isinstance(value, list) or not all(isinstance(line, (str, int)) for line in value):
        raise document.fault("must be phrases, one a line", *at)
    return tuple(str(line).strip() for line in value if str(line).strip())

"""Word files (`data/words/`) -> compiled phrases: which concepts a sentence speaks of, and where.

A sentence's words tell which phrases it may hold; only their patterns are then tried, by `re` where a bound
can be given for what it tries, else by RE2, whose automata are built anew for what they have not met before.
Files are read and compiled when their language is first met; nothing is read again.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heappop, heappush
from pathlib import Path
from typing import Any, Final, NamedTuple, Protocol

import re2

from gatepost_policies.errors import PackError
from gatepost_policies.language.needs import Index, Way, ways_of
from gatepost_policies.language.phrase import Group, effort, parsed, re2_pattern, re_pattern
from gatepost_policies.yamlfile import Document, parse

FOLDER: Final = Path(__file__).resolve().parent.parent / "data" / "words"
COMMON: Final = "any"  # the file whose concepts every language shares: stars, amounts
MAX_PHRASE_BYTES: Final = 1 << 20  # RE2 takes what it needs up to this; beyond it a phrase does not compile
MAX_EFFORT: Final = 8_000  # of a phrase that `re` looks for: under a millisecond in the worst of sentences

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
    options.max_mem = MAX_PHRASE_BYTES
    options.log_errors = False
    return options


_OPTIONS: Final = _options()


class _Pattern(Protocol):
    """Where a phrase stands in folded text."""

    @property
    def is_ready(self) -> bool: ...

    def search(self, text: str, pos: int = 0) -> Any: ...


class _Tried:
    """A phrase that `re` looks for, at less than the cost of one call of RE2; compiled when first asked."""

    __slots__ = ("_compiled", "_pattern")

    def __init__(self, phrase: Group, language: str) -> None:
        self._pattern = re_pattern(phrase, language)
        self._compiled: re.Pattern[str] | None = None

    @property
    def is_ready(self) -> bool:
        return self._compiled is not None

    def search(self, text: str, pos: int = 0) -> re.Match[str] | None:
        if self._compiled is None:
            self._compiled = re.compile(self._pattern, re.ASCII)
        return self._compiled.search(text, pos)


class _Automaton:
    """A phrase that leaves so many ways that only an engine that never goes back may look for it."""

    __slots__ = ("_compiled",)
    is_ready = True

    def __init__(self, phrase: Group, language: str) -> None:
        try:
            self._compiled = re2.compile(re2_pattern(phrase, language), _OPTIONS)
        except re2.error as error:
            raise PackError(f"not a usable pattern: {error}") from error

    def search(self, text: str, pos: int = 0) -> Any:
        # Of ASCII, byte offsets are character offsets, and cheaper.
        return self._compiled.search(text.encode("ascii") if text.isascii() else text, pos)


class _Phrase(NamedTuple):
    """One phrase: how it is looked for, and the ways to say it."""

    pattern: _Pattern
    ways: Sequence[Way]


@dataclass(frozen=True, slots=True, eq=False)
class Phrases:
    """Compiled concepts of one language. Linear in the text, whatever the text."""

    language: str
    names: tuple[str, ...]
    _index: Index = field(repr=False)
    _patterns: Sequence[_Pattern] = field(repr=False)  # of all phrases, concept by concept
    _owners: Sequence[str] = field(repr=False)  # the concept of each

    @classmethod
    def compiled(
        cls,
        concepts: Mapping[str, Iterable[str]],
        *,
        language: str,
        lists: Mapping[str, Sequence[str]] | None = None,
    ) -> Phrases:
        """Compile phrases; raises PackError for a malformed or too large one."""
        return cls.built(
            {name: _parsed(name, phrases, lists or {}, language) for name, phrases in concepts.items()},
            language,
        )

    @classmethod
    def built(cls, concepts: Mapping[str, Iterable[_Phrase]], language: str) -> Phrases:
        """The same from phrases that were read."""
        owned = [(name, phrase) for name, phrases in concepts.items() for phrase in phrases]
        index = Index(phrase.ways for _, phrase in owned)
        patterns = [phrase.pattern for _, phrase in owned]
        return cls(language, tuple(concepts), index, patterns, [name for name, _ in owned])

    def prepared(self) -> Iterator[None]:
        """Make each phrase ready that was not asked for yet; some 0.2 ms a step."""
        for pattern in self._patterns:
            if not pattern.is_ready:
                pattern.search("")
                yield

    def find(self, folded: str) -> Iterator[Place]:
        """Each place where a concept occurs, concept by concept, in order within a concept."""
        spoken = self.spoken(folded)
        for name in self.names:
            if name in spoken:
                for start, end in self.where(name, folded):
                    yield name, start, end

    def spoken(self, folded: str) -> frozenset[str]:
        """The concepts that occur: far cheaper than their places."""
        sure, maybe = _met(self._index, folded)
        owners, found = self._owners, {self._owners[number] for number in sure}
        for number in maybe:
            if owners[number] not in found and self._patterns[number].search(folded):
                found.add(owners[number])
        return frozenset(found)

    def where(self, name: str, folded: str) -> Iterator[tuple[int, int]]:
        """The places of one concept, as one pattern of all its phrases would find them.

        The first place comes first; of two phrases that begin at one place the first listed is taken.
        """
        nearest = list[tuple[int, int, int]]()
        for number in _by_concept(self, folded).get(name, ()):
            _seek(nearest, number, self._patterns[number], folded, 0)
        done = 0
        while nearest:
            start, number, end = heappop(nearest)
            if start >= done:
                yield start, end
                done = end
            _seek(nearest, number, self._patterns[number], folded, done)


@lru_cache(maxsize=2048)
def _met(index: Index, folded: str) -> tuple[set[int], set[int]]:
    """Remembered, for whoever asks whether a concept occurs may ask next where."""
    return index.met(folded)


@lru_cache(maxsize=2048)
def _by_concept(phrases: Phrases, folded: str) -> Mapping[str, Sequence[int]]:
    """The phrases that a text may hold, by their concepts: a sentence is asked for several."""
    grouped: dict[str, list[int]] = {}
    for met in _met(phrases._index, folded):
        for number in met:
            grouped.setdefault(phrases._owners[number], []).append(number)
    return grouped


def _seek(nearest: list[tuple[int, int, int]], number: int, pattern: _Pattern, text: str, pos: int) -> None:
    """Note the next place of a pattern from `pos` on, if there is one."""
    match = pattern.search(text, pos)
    if match:
        start, end = match.span()
        heappush(nearest, (start, number, end))


def _parsed(
    name: str, phrases: Iterable[str], lists: Mapping[str, Sequence[str]], language: str
) -> tuple[_Phrase, ...]:
    read = []
    for phrase in phrases:
        try:
            meaning = parsed(phrase, lists)
            pattern = (_Tried if effort(meaning) <= MAX_EFFORT else _Automaton)(meaning, language)
            read.append(_Phrase(pattern, ways_of(meaning, language)))
        except PackError as error:
            raise PackError(f"{error.why}, in {phrase!r}", key=name) from error
    return tuple(read)


@lru_cache(maxsize=1)
def known_languages() -> tuple[str, ...]:
    """The languages that have a word file, by ISO 639-1 code."""
    return tuple(sorted(path.stem for path in FOLDER.glob("??.yaml")))


@lru_cache(maxsize=64)
def lexicon(language: str) -> Phrases:
    """The compiled concepts of `language` ("" and unknown languages: English)."""
    if language not in known_languages():
        return lexicon("en")
    merged: dict[str, list[_Phrase]] = {}
    for path in _files(language):
        document = _read(path)
        lists = _lists(document)
        for concept in _concepts(document):
            with _naming(document.file):
                own = COMMON if path.stem == COMMON else language  # what is shared is written with spaces
                phrases = _parsed(concept.name, concept.phrases, lists, own)
            merged.setdefault(concept.name, []).extend(phrases)
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

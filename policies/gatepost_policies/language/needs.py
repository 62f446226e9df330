"""Which words a phrase can't do without: they tell, before any pattern is tried, that it can't match.

A need is a set of pieces of words, one of which stands in every text that the phrase matches; a phrase
has one or more needs. They follow from the phrase alone, so nothing that matches is ever left out.

A piece is written with a space where a word begins or ends: ` rate ` is the word, ` bewert` begins one.
It lies within one run of letters and digits, or of anything else but spaces.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import product
from typing import Final, NamedTuple

from gatepost_policies.language.identify import is_frequent
from gatepost_policies.language.phrase import (
    NUMBER,
    UMLAUT,
    Group,
    Items,
    Word,
    has_edge,
    is_needed,
    is_spaced,
    spelled,
)

Need = frozenset[str]

MAX_KEPT: Final = 32_768  # runs, of all languages together, and
MAX_KEPT_CHARACTERS: Final = 32  # of one
MAX_TOLD: Final = 8192  # sets of pieces, of all languages together: a few kilobytes each at most
_RUNS: Final = re.compile("[a-z0-9]+|[^a-z0-9 ]+")
_DIGITS: Final = frozenset("0123456789")
_MOST_UMLAUTS: Final = 3  # written out both ways; what follows a further one is not asked for


class Way(NamedTuple):
    """One way to say a phrase: what it can't do without, and whether that is all there is to it."""

    needs: tuple[Need, ...]
    enough: bool


def ways_of(phrase: Group, language: str) -> tuple[Way, ...]:
    """The ways to say a phrase.

    A phrase that is one word of a list is told by that word alone: the words become one way together.
    """
    words: set[str] = set()
    ways: list[Way] = []
    for items in _branches(phrase):
        needs = _of_items(items, language)
        if _is_told(items, language):
            words |= needs[0]
        else:
            ways.append(Way(tuple(dict.fromkeys(needs)), enough=False))
    return (*([Way((frozenset(words),), enough=True)] if words else ()), *ways)


def _branches(group: Group) -> Iterator[Items]:
    """All branches, those of a branch that is but a group in its stead; what may be left out is."""
    for items in group.branches:
        needed = tuple(item for item in items if is_needed(item))
        if len(needed) == 1 and isinstance(needed[0], Group):
            yield from _branches(needed[0])
        else:
            yield needed


def _is_told(items: Items, language: str) -> bool:
    """Whether the one need of a branch is met only where the branch matches."""
    word = items[0]
    if len(items) > 1 or not isinstance(word, Word):
        return False
    (first, *others) = spelled(word.core, language)
    if others or NUMBER in first or first.count(UMLAUT) > _MOST_UMLAUTS or len(_RUNS.findall(first)) > 1:
        return False
    return _is_word(first) or not any(_closed(word, language))


def _of_items(items: Items, language: str) -> list[Need]:
    needs: list[Need] = []
    for item in items:
        if isinstance(item, Word):
            needs += _of_word(item, language)
        elif isinstance(item, Group) and is_needed(item):
            needs += _of_group(item, language)
    return needs


def _of_group(group: Group, language: str) -> list[Need]:
    """Of one branch all needs; of several one, met by what is rarest in each."""
    branches = [_of_items(items, language) for items in group.branches]
    if len(branches) == 1:
        return branches[0]
    return [frozenset().union(*(min(needs, key=_frequency) for needs in branches))]


def _closed(word: Word, language: str) -> tuple[bool, bool]:
    """Whether a word has an edge at its start and at its end."""
    spaced = is_spaced(language)
    start = spaced and not word.open_start and has_edge(word.core[0])
    return start, spaced and not word.open_end and has_edge(word.core[-1])


@lru_cache(maxsize=4096)
def _of_word(word: Word, language: str) -> Sequence[Need]:
    """A need for each run of the word; only its own ends may be open."""
    runs = [run for part in spelled(word.core, language) for run in _RUNS.findall(part)]
    closed_start, closed_end = _closed(word, language)
    last = len(runs) - 1
    return [
        _of_run(run, start=closed_start or at > 0, end=closed_end or at < last) for at, run in enumerate(runs)
    ]


def _of_run(run: str, *, start: bool, end: bool) -> Need:
    if not _is_word(run):
        return frozenset({run})
    text = (" " if start else "") + run + (" " if end else "")
    text = max(text.split(NUMBER), key=len)
    if not text.strip():
        return _DIGITS
    stems = text.split(UMLAUT)
    return frozenset(_spellings(stems[: _MOST_UMLAUTS + 1]))


def _spellings(stems: Sequence[str]) -> Iterator[str]:
    for letters in product(("", "e"), repeat=len(stems) - 1):
        yield stems[0] + "".join(letter + stem for letter, stem in zip(letters, stems[1:], strict=True))


def _is_word(run: str) -> bool:
    return run.isascii() and run.isalnum()


def _frequency(need: Need) -> float:
    """A guess at how many sentences meet a need."""
    return sum(map(_share, need))


@lru_cache(maxsize=16_384)
def _share(piece: str) -> float:
    """A guess at how many sentences hold a piece: short ones most; Japanese signs are rarer than letters."""
    word = piece.strip()
    if word != piece and is_frequent(word):
        return 0.1
    if not word.isascii():
        return 64.0 ** -len(word)
    return 8.0 ** -max(len(word), 2)


class _Told(NamedTuple):
    """What the pieces of a run tell, as sets of numbers kept in the bits of an integer."""

    sure: Sequence[int]  # the phrases that they tell
    met: Sequence[int]  # the ways whose first need they meet, those whose second, and so on


_NOTHING: Final = _Told((), ())


class Index:
    """The ways to say many phrases, to find those that a text may hold."""

    def __init__(self, phrases: Iterable[Iterable[Way]]) -> None:
        self._sure: dict[str, list[int]] = {}  # a piece -> the phrases that it tells
        self._met: dict[str, list[int]] = {}  # a piece -> the ways whose first need it meets, and so on
        self._owners: list[int] = []  # the phrase of each way
        self._fewer: list[int] = []  # the ways that have no first need, those without a second, and so on
        for number, ways in enumerate(phrases):
            for needs, enough in ways:
                if enough:
                    for piece in needs[0]:
                        self._sure.setdefault(piece, []).append(number)
                else:
                    self._add(needs, number)
        pieces = frozenset().union(self._sure, self._met)
        self._pieces = pieces
        self._inner = tuple(piece for piece in pieces if " " not in piece and _is_word(piece))
        self._longest = max((len(piece) for piece in pieces if not _is_word(piece.strip())), default=0)

    def _add(self, needs: Sequence[Need], number: int) -> None:
        bit, before = 1 << len(self._owners), (1 << len(self._owners)) - 1
        self._owners.append(number)
        self._fewer += [before] * (len(needs) - len(self._fewer))
        for at in range(len(needs), len(self._fewer)):
            self._fewer[at] |= bit
        for at, need in enumerate(needs):
            for piece in need:
                met = self._met.setdefault(piece, [])
                met += [0] * (at + 1 - len(met))
                met[at] |= bit

    def met(self, folded: str) -> tuple[set[int], set[int]]:
        """The phrases that `folded` surely holds, and those that it may hold for all the words it has."""
        sure: set[int] = set()
        met = [0] * len(self._fewer)
        for run in set(_RUNS.findall(folded)):
            told = _kept(self, run) if len(run) <= MAX_KEPT_CHARACTERS else self.read(run)
            sure.update(told.sure)
            for at, ways in enumerate(told.met):
                met[at] |= ways
        possible = -1 if met else 0
        for ways, fewer in zip(met, self._fewer, strict=True):
            possible &= ways | fewer
        owners = self._owners
        return sure, {owners[way] for way in _bits(possible)} - sure

    def read(self, run: str) -> _Told:
        """What a run tells; linear in it."""
        pieces = self.pieces_in(run)
        return _told(self, pieces) if pieces else _NOTHING

    def tell(self, pieces: frozenset[str]) -> _Told:
        """What some pieces of one run tell together."""
        met: list[int] = []
        for piece in pieces:
            for at, ways in enumerate(self._met.get(piece, ())):
                met += [0] * (at + 1 - len(met))
                met[at] |= ways
        return _Told(tuple({number for piece in pieces for number in self._sure.get(piece, ())}), met)

    def pieces_in(self, run: str) -> frozenset[str]:
        """The pieces that stand in a run."""
        if _is_word(run):
            text = f" {run} "
            starts = {text[:end] for end in range(2, len(text) + 1)}
            ends = {text[at:] for at in range(1, len(text) - 1)}
            return (self._pieces & (starts | ends)).union(piece for piece in self._inner if piece in run)
        lengths = range(1, self._longest + 1)
        found = (run[at : at + length] for at in range(len(run)) for length in lengths)
        return self._pieces.intersection(found)


def _bits(number: int) -> Iterator[int]:
    """The places of the bits that are set."""
    while number:
        lowest = number & -number
        yield lowest.bit_length() - 1
        number ^= lowest


@lru_cache(maxsize=MAX_KEPT)
def _kept(index: Index, run: str) -> _Told:
    """Remembered: mails are written with few words, again and again."""
    return index.read(run)


@lru_cache(maxsize=MAX_TOLD)
def _told(index: Index, pieces: frozenset[str]) -> _Told:
    """The same for all words that have the same pieces."""
    return index.tell(pieces)

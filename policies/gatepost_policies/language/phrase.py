"""The pattern language of word files -> regular expressions over folded words.

    leave ~4 review          up to four words between; at the end: and up to four words more
    bewert*                  a stem: any inflection; without the star a whole word
    (leave|write) [us] a     one of several; an optional word or group
    *sterne                  a star in front: the word may be the end of a compound
    @review                  a list of the same file
    $#                       a number, here after a currency sign
    # %                      and before a sign, which may stand right after it

Words are folded as mail is, so they are written as people write them. Japanese is written without
spaces between words: a space joins, `~4` is up to four characters, and nothing marks a word's edge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from typing import Final

from gatepost_policies.errors import PackError
from gatepost_policies.language.fold import fold

MAX_GAP: Final = 24  # words, or characters of Japanese; a larger distance is for the checks to weigh
_TOKEN: Final = re.compile(r"\s+|~[0-9]+|@[a-z_]+|[()\[\]|]|[^\s()\[\]|~@]+|.")
_WRITTEN_OUT: Final = str.maketrans({"ä": "a0umlaut0", "ö": "o0umlaut0", "ü": "u0umlaut0"})
_UNSPACED: Final = frozenset({"ja"})
UMLAUT: Final = "0umlaut0"  # in a spelled word: an e may stand here
NUMBER: Final = "0number0"  # and here are digits
_OPEN_WEIGHT: Final = 40  # a run is gone through from each of its ends


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or a part of one where it is open: there it may go on."""

    core: str
    open_start: bool = False
    open_end: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """Up to so many words more."""

    most: int


@dataclass(frozen=True, slots=True)
class Group:
    """One of several sequences; whether one of them must be there."""

    branches: tuple[Items, ...]
    needed: bool = True


Items = tuple["Word | Gap | Group", ...]
_NUMBER: Final = Word("#")


def parsed(phrase: str, lists: Mapping[str, Sequence[str]]) -> Group:
    """What a phrase says; raises PackError when it is malformed."""
    return _Reader(_tokens(phrase), lists).read()


def re2_pattern(phrase: Group, language: str) -> str:
    """RE2's pattern for what a phrase says; raises PackError for a word without letters."""
    return _Writer(language).branches(phrase)


def re_pattern(phrase: Group, language: str) -> str:
    """One for an engine that goes back and tries again: it finds the same, and goes into no word twice.

    Raises PackError for a word without letters.
    """
    return _TryingWriter(language).branches(phrase)


def effort(phrase: Group) -> int:
    """A bound for how often an engine that tries may try, from one place on, what a phrase's words say.

    The ways that its gaps, lists and optional parts leave, times its words; of the words of a list that
    stand alone, which end where the run ends, one is on the way.
    """
    return _paths(phrase) * _weight(phrase)


def _paths(group: Group) -> int:
    longer, single = 0, 0
    for items in group.branches:
        if len(items) == 1 and isinstance(items[0], Word):
            single = 1
        else:
            longer += prod(
                item.most + 1 if isinstance(item, Gap) else _paths(item) + (not item.needed)
                for item in items
                if not isinstance(item, Word)
            )
    return longer + single


def _weight(group: Group) -> int:
    """The words; one that is open at its start is looked for in each run from end to end."""
    return sum(
        _weight(item) if isinstance(item, Group) else _OPEN_WEIGHT if item.open_start else 1
        for items in group.branches
        for item in items
        if not isinstance(item, Gap)
    )


def is_spaced(language: str) -> bool:
    """Whether words are written with spaces between them."""
    return language not in _UNSPACED


@lru_cache(maxsize=4096)
def spelled(core: str, language: str) -> tuple[str, ...]:
    """The folded words of a core, with UMLAUT and NUMBER in them; a space for punctuation inside."""
    if language == "de":
        core = core.translate(_WRITTEN_OUT)
    words = tuple(fold(core.replace("#", NUMBER)).text.split())
    if not words:
        raise PackError(f"{core!r} has no letters")
    return words


def has_edge(char: str) -> bool:
    """Whether a word that begins or ends with `char` has an edge there: only a letter or digit has one."""
    return char.isalnum() or char == "#"


def _tokens(phrase: str) -> list[str]:
    return [mark for mark in _TOKEN.findall(phrase) if not mark.isspace()]


class _Reader:
    """Reads one phrase from left to right."""

    def __init__(self, tokens: list[str], lists: Mapping[str, Sequence[str]], depth: int = 0) -> None:
        self.tokens, self.lists, self.depth = tokens, lists, depth
        self.at = 0

    def read(self) -> Group:
        if self.depth > 5:
            raise PackError("lists refer to each other without end")
        result = self.group("")
        if self.at < len(self.tokens):
            raise PackError(f"unexpected {self.tokens[self.at]!r}")
        return result

    def group(self, closing: str) -> Group:
        branches = [self.sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            branches.append(self.sequence())
        if closing:
            if self.at >= len(self.tokens) or self.tokens[self.at] != closing:
                raise PackError(f"{closing!r} is missing")
            self.at += 1
        return Group(tuple(branches), needed=closing != "]")

    def sequence(self) -> Items:
        items: list[Word | Gap | Group] = []
        while self.at < len(self.tokens) and self.tokens[self.at] not in "|)]":
            items.append(self.item())
        if not any(map(is_needed, items)):
            raise PackError("nothing that must be there")
        return tuple(items)

    def item(self) -> Word | Gap | Group:
        mark = self.tokens[self.at]
        self.at += 1
        if mark in "([":
            return self.group(")" if mark == "(" else "]")
        if mark[0] == "~":
            return self.distance(mark)
        if mark[0] == "@":
            return self.listed(mark[1:])
        if mark in ")]|":
            raise PackError(f"unexpected {mark!r}")
        if not mark.strip("*"):
            raise PackError(f"{mark!r}: a star needs a stem (a drawn star is written ★)")
        return Word(mark.strip("*"), mark.startswith("*"), mark.endswith("*"))

    def distance(self, mark: str) -> Gap:
        if not mark[1:].isdigit() or not 0 < int(mark[1:]) <= MAX_GAP:
            raise PackError(f"{mark!r}: a gap is ~1 to ~{MAX_GAP}")
        return Gap(int(mark[1:]))

    def listed(self, name: str) -> Group:
        if name not in self.lists:
            raise PackError(f"no list named {name!r}")
        entries = [_Reader(_tokens(entry), self.lists, self.depth + 1).read() for entry in self.lists[name]]
        return Group(tuple(branch for entry in entries for branch in entry.branches))


def is_needed(item: Word | Gap | Group) -> bool:
    """Whether a part of a phrase must be there."""
    return isinstance(item, Word) or (isinstance(item, Group) and item.needed)


class _Writer:
    """Writes what a phrase says as an RE2 pattern."""

    def __init__(self, language: str) -> None:
        self.language, self.spaced = language, is_spaced(language)
        self.edge, self.gap = (" +", "(?:[^ ]+ +){0,%d}?") if self.spaced else ("", ".{0,%d}?")
        self.tail = "(?: +[^ ]+){0,%d}" if self.spaced else ".{0,%d}"
        self.open_start, self.open_end = "[a-z0-9]*", "[a-z0-9]*"

    def branches(self, group: Group) -> str:
        return "|".join(map(self.sequence, group.branches))

    def sequence(self, items: Items) -> str:
        last = max(index for index, item in enumerate(items) if is_needed(item))
        parts = []
        for index, item in enumerate(items):
            if isinstance(item, Gap):
                parts.append((self.gap if index < last else self.tail) % item.most)
                continue
            text = self.word(item) if isinstance(item, Word) else f"(?:{self.branches(item)})"
            if is_needed(item):
                parts.append(text + (self.after(item) if index < last else ""))
            else:
                parts.append(f"(?:{text}{self.edge})?" if index < last else f"(?:{self.edge}{text})?")
        return "".join(parts)

    def after(self, item: Word | Group) -> str:
        """The spaces after a part; what no letter or digit begins may stand right after a number: "20%"."""
        return self.edge.replace("+", "*", 1) if item == _NUMBER else self.edge

    def word(self, word: Word) -> str:
        text = " +".join(map(re.escape, spelled(word.core, self.language)))
        text = text.replace(UMLAUT, "e?").replace(NUMBER, "[0-9]+")
        if not self.spaced:
            return text
        # Only a letter or digit has an edge: after a drawn star or a per cent sign none is asked for.
        left = self.open_start if word.open_start else r"\b" if has_edge(word.core[0]) else ""
        right = self.open_end if word.open_end else r"\b" if has_edge(word.core[-1]) else ""
        return left + text + right


class _TryingWriter(_Writer):
    """Writes it for `re`: what follows a word or a space can't begin within it."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.open_start, self.open_end = "(?<![a-z0-9])[a-z0-9]*", "[a-z0-9]*+"
        if self.spaced:
            self.edge, self.gap, self.tail = " ++", "(?:[^ ]++ ++){0,%d}?", "(?: ++[^ ]++){0,%d}"

"""The pattern language of word files -> RE2 patterns over folded words.

    leave ~4 review          up to four words between; at the end: and up to four words more
    bewert*                  a stem: any inflection; without the star a whole word
    (leave|write) [us] a     one of several; an optional word or group
    *sterne                  a star in front: the word may be the end of a compound
    @review                  a list of the same file
    $#                       a number, here after a currency sign

Words are folded as mail is, so they are written as people write them. Japanese is written without
spaces between words: a space joins, `~4` is up to four characters, and nothing marks a word's edge.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from gatepost_policies.errors import PackError
from gatepost_policies.language.fold import fold

MAX_GAP: Final = 24  # words, or characters of Japanese; a larger distance is for the checks to weigh
_TOKEN: Final = re.compile(r"\s+|~[0-9]+|@[a-z_]+|[()\[\]|]|[^\s()\[\]|~@]+|.")
_WRITTEN_OUT: Final = str.maketrans({"ä": "a0umlaut0", "ö": "o0umlaut0", "ü": "u0umlaut0"})
_UNSPACED: Final = frozenset({"ja"})


def translate(pattern: str, *, lists: Mapping[str, Sequence[str]], language: str) -> str:
    """The RE2 pattern for one phrase; raises PackError when the phrase is malformed."""
    tokens = [mark for mark in _TOKEN.findall(pattern) if not mark.isspace()]
    reader = _Reader(tokens, lists, language)
    return reader.read()


class _Reader:
    """Reads one phrase from left to right."""

    def __init__(
        self, tokens: list[str], lists: Mapping[str, Sequence[str]], language: str, depth: int = 0
    ) -> None:
        self.tokens, self.lists, self.language, self.depth = tokens, lists, language, depth
        self.at = 0
        spaced = language not in _UNSPACED
        self.edge, self.gap = (" +", "(?:[^ ]+ +){0,%d}?") if spaced else ("", ".{0,%d}?")
        self.tail = "(?: +[^ ]+){0,%d}" if spaced else ".{0,%d}"
        self.spaced = spaced

    def read(self) -> str:
        if self.depth > 5:
            raise PackError("lists refer to each other without end")
        result = self.alternatives("")
        if self.at < len(self.tokens):
            raise PackError(f"unexpected {self.tokens[self.at]!r}")
        return result

    def alternatives(self, closing: str) -> str:
        branches = [self.sequence()]
        while self.at < len(self.tokens) and self.tokens[self.at] == "|":
            self.at += 1
            branches.append(self.sequence())
        if closing:
            if self.at >= len(self.tokens) or self.tokens[self.at] != closing:
                raise PackError(f"{closing!r} is missing")
            self.at += 1
        return branches[0] if len(branches) == 1 else "(?:" + "|".join(branches) + ")"

    def sequence(self) -> str:
        items: list[tuple[str, bool]] = []  # the pattern, and whether it must be there
        while self.at < len(self.tokens) and self.tokens[self.at] not in "|)]":
            items.append(self.item())
        last = max((index for index, (_, needed) in enumerate(items) if needed), default=-1)
        if last < 0:
            raise PackError("nothing that must be there")
        parts = []
        for index, (text, needed) in enumerate(items):
            if needed:
                parts.append(text + (self.edge if index < last else ""))
            elif index < last:
                parts.append(text if text.endswith("}?") else f"(?:{text}{self.edge})?")
            elif text.endswith("}?"):
                parts.append(self.tail % int(text[text.rindex(",") + 1 : -2]))
            else:
                parts.append(f"(?:{self.edge}{text})?")
        return "".join(parts)

    def item(self) -> tuple[str, bool]:
        mark = self.tokens[self.at]
        self.at += 1
        if mark == "(":
            return f"(?:{self.alternatives(')')})", True
        if mark == "[":
            return f"(?:{self.alternatives(']')})", False
        if mark[0] == "~":
            return self.distance(mark), False
        if mark[0] == "@":
            return self.listed(mark[1:]), True
        if mark in ")]|":
            raise PackError(f"unexpected {mark!r}")
        return self.word(mark), True

    def distance(self, mark: str) -> str:
        if not mark[1:].isdigit() or not 0 < int(mark[1:]) <= MAX_GAP:
            raise PackError(f"{mark!r}: a gap is ~1 to ~{MAX_GAP}")
        return self.gap % int(mark[1:])

    def listed(self, name: str) -> str:
        if name not in self.lists:
            raise PackError(f"no list named {name!r}")
        branches = []
        for entry in self.lists[name]:
            tokens = [mark for mark in _TOKEN.findall(entry) if not mark.isspace()]
            branches.append(_Reader(tokens, self.lists, self.language, self.depth + 1).read())
        return "(?:" + "|".join(branches) + ")"

    def word(self, mark: str) -> str:
        if not mark.strip("*"):
            raise PackError(f"{mark!r}: a star needs a stem (a drawn star is written ★)")
        before, after, core = mark.startswith("*"), mark.endswith("*"), mark.strip("*")
        text = self.spelled(core)
        if not self.spaced:
            return text
        # Only a letter or digit has an edge: after a drawn star or a per cent sign none is asked for.
        left = "[a-z0-9]*" if before else r"\b" if _has_edge(core[0]) else ""
        right = "[a-z0-9]*" if after else r"\b" if _has_edge(core[-1]) else ""
        return left + text + right

    def spelled(self, core: str) -> str:
        """The folded word; German umlauts also written out, a space for punctuation inside."""
        if self.language == "de":
            core = core.translate(_WRITTEN_OUT)
        core = core.replace("#", "0number0")
        folded = " +".join(re.escape(part) for part in fold(core).text.split())
        if not folded:
            raise PackError(f"{core!r} has no letters")
        return folded.replace("0umlaut0", "e?").replace("0number0", "[0-9]+")


def _has_edge(char: str) -> bool:
    return char.isalnum() or char == "#"

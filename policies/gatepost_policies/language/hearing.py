"""What each sentence of a text says by itself: its words, the votes of its words, whether it asks.

A text is heard paragraph by paragraph, and a paragraph heard before is not heard again: the plain text
and the HTML of a mail say the same, and sellers' mails are made of templates. What is kept depends on
the paragraph's own words only, never on the mail, and is bounded in number and in length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gatepost_policies.language.fold import Folded, fold
from gatepost_policies.language.identify import Votes, vote, winner
from gatepost_policies.language.sentences import split

MAX_KEPT: Final = 2048  # paragraphs, and
MAX_KEPT_CHARACTERS: Final = 800  # of one: together at most some 20 MB
_BLANK_LINE: Final = re.compile(r"\n[ \t\u00a0\u3000]*\n\s*")
# What follows the host of a web address says where it leads, not what the mail says.
_PATH: Final = re.compile(r"(?<![\w@.-])([\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?)(/[\w%#?&=+./:;,@~!$-]+)")


@dataclass(frozen=True, slots=True)
class Heard:
    """One sentence of a paragraph, wherever that stands."""

    start: int  # in the paragraph
    end: int
    offset: int  # in the paragraph's folded text
    words: str  # folded
    text: str
    votes: Votes
    likely: str  # the language its own votes make certain, "" when none
    question: bool


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph's folded text and its sentences."""

    folded: Folded
    sentences: tuple[Heard, ...]


def hear(text: str) -> Iterator[tuple[int, Paragraph]]:
    """The paragraphs of `text`, each with the place where it begins."""
    start = 0
    for match in _BLANK_LINE.finditer(text):
        # The blank line belongs to what stands above it, the indentation to what follows.
        end = text.rindex("\n", start, match.end()) + 1
        yield start, _paragraph(text[start:end])
        start = end
    if start < len(text):
        yield start, _paragraph(text[start:])


def _paragraph(text: str) -> Paragraph:
    return _kept(text) if len(text) <= MAX_KEPT_CHARACTERS else _heard(text)


def _heard(text: str) -> Paragraph:
    folded = fold(_PATH.sub(_without_path, text) if "/" in text else text)
    return Paragraph(folded, tuple(_sentence(text, folded, start, end) for start, end in split(text)))


_kept = lru_cache(maxsize=MAX_KEPT)(_heard)


def _without_path(address: re.Match[str]) -> str:
    """The address with its path blanked, so that all places stay; Amazon's pages are named by theirs."""
    return address[0] if "amazon." in address[1] else address[1] + " " * len(address[2])


def _sentence(text: str, folded: Folded, start: int, end: int) -> Heard:
    first, last = folded.index(start), folded.index(end)
    words, original = folded.text[first:last], text[start:end]
    return Heard(start, end, first, words, original, *_vote(words, original), _is_question(original))


@lru_cache(maxsize=8192)
def _vote(words: str, original: str) -> tuple[Votes, str]:
    votes = vote(words, original)
    return votes, winner(votes)


def _is_question(text: str) -> bool:
    return text.rstrip("\"'”’»)]」』）").endswith(("?", "？", ";")) or text.endswith("ですか。")

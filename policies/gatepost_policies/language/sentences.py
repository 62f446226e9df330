"""Where sentences begin and end in a passage; linear, and each sentence is bounded.

A boundary is a sentence's closing mark, a blank line, a new line that starts a list item, and the end
of a line well before the width at which mail is wrapped, unless the next line goes on in small letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

MAX_CHARACTERS: Final = 600  # longer runs of text without any mark are cut at a space
WRAPPED_FROM: Final = 48  # a line at least this long may go on in the next one
_WRAPPED_JAPANESE: Final = 18  # the same in characters of double width

# The first character decides the rest, so that the search skips from mark to mark.
_BREAK: Final = re.compile(
    r"(?P<mark>[.…!?。！？\n])(?:"
    r"(?<=\n)[ \t\u00a0\u3000]*(?P<blank>\n\s*)?"
    r"|(?<=[.…])(?P<more>[.…]*)(?:[\"'”’»)\]]*(?=\s|$)|(?=[A-ZÀ-Þ][a-zà-þ]+[ ,]))"
    r"|(?<=[!?])[!?]*[\"'”’»)\]]*"
    r"|(?<=[。！？])[」』）]*)"
)
_ABBREVIATED: Final = re.compile(
    r"(?:^|[\s(\"]|(?<!\w)')(?:[^\W\d_]|\d{1,2}|mr|mrs|ms|dr|prof|hr|fr|nr|no|st|str|sr|sra|srta|sig|dott|mme|mlle|ca|bzw|"
    r"inkl|evtl|ggf|usw|etc|approx|incl|vs|tel|art|abs|bijv|dhr|mw|mevr|nt|np|tzn|ul|pan|dl|t\.ex|bl\.a|"
    r"z\.\s?b|e\.g|i\.e|p\.ej|n\.b|d\.h|u\.a)$",
    re.IGNORECASE,
)
_ITEM: Final = re.compile(r"[\s>]*(?:[-*•·‣◦▪–—+#]|\d{1,2}[.)]|[a-z]\))\s|[\s>]*[^\w\s(\"'„“«‚‘¿¡$€£]")
_JAPANESE: Final = re.compile("[\u3041-\u30ff\u4e00-\u9fff]")


def split(text: str) -> Iterator[tuple[int, int]]:
    """The sentences of `text` as half-open ranges, in order, without surrounding white space."""
    start = 0
    for match in _BREAK.finditer(text):
        if match.start() < start or not _ends(text, match, start):
            continue
        yield from _bounded(text, start, match.end())
        start = match.end()
    yield from _bounded(text, start, len(text))


def _ends(text: str, match: re.Match[str], start: int) -> bool:
    if match["mark"] == "\n":
        return match["blank"] is not None or _is_hard(text, match.start(), match.end())
    if match["mark"] not in ".…":
        return True
    following = text[match.end() : match.end() + 40].lstrip()
    if following[:1].islower() and "\n" not in text[match.end() : match.end() + 3]:
        return False
    if match["mark"] == "…" or match["more"]:
        return True
    return not _ABBREVIATED.search(text[max(start, match.start() - 8) : match.start()])


def _is_hard(text: str, end: int, following: int) -> bool:
    """Whether the line break at `end` is the writer's own, not the wrapping of a long line."""
    line = text[text.rfind("\n", max(0, end - 200), end) + 1 : end]
    upcoming = text[following : following + 24]
    if _ITEM.match(upcoming):
        return True
    if _JAPANESE.search(upcoming[:3]):
        return len(line) < _WRAPPED_JAPANESE
    return len(line) < WRAPPED_FROM and not upcoming[:1].islower()


def _bounded(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > MAX_CHARACTERS:
        cut = text.rfind(" ", start + MAX_CHARACTERS // 2, start + MAX_CHARACTERS)
        cut = cut if cut > 0 else start + MAX_CHARACTERS
        yield start, cut
        start = cut
    piece = text[start:end]
    lead = len(piece) - len(piece.lstrip())
    stripped = piece.strip()
    if stripped:
        yield start + lead, start + lead + len(stripped)

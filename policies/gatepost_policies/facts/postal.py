"""Finds postal addresses (D1a) by the line of the town, and the street or the label beside it."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gatepost_policies.facts.ground import Ground, Runs
from gatepost_policies.facts.tables import table
from gatepost_policies.model import Span

MAX_ADDRESSES: Final = 100  # in one passage
_NEAR: Final = 3  # lines between street and town, or label and town
_LONG_LINE: Final = 300
_PREFECTURE: Final = re.compile("[都県府道]")


@dataclass(frozen=True, slots=True)
class _Words:
    town: re.Pattern[str]
    street: re.Pattern[str]
    label: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = table("postal")
    towns = [pattern for patterns in data["towns"].values() for pattern in patterns]
    return _Words(
        town=re.compile("|".join(towns)),
        street=re.compile("|".join(data["streets"]), re.IGNORECASE),
        label=re.compile(rf"(?<![^\W_])(?:{'|'.join(data['labels'])})\s*(?:[:：]|$)", re.IGNORECASE),
    )


def find_addresses(ground: Ground) -> list[Span]:
    """The postal addresses in a passage, each from its street or name line to the line of the town."""
    text = ground.text
    codes = [start for at, (start, _) in enumerate(ground.runs) if _may_be_code(text, ground.runs, at)]
    if ground.digits and not text.isascii():
        codes += [match.start() for match in _PREFECTURE.finditer(text)]
    if not codes:
        return []
    lines = _lines(text)
    starts = [start for start, _ in lines]
    found: list[Span] = []
    last = -1
    for at in sorted({bisect_right(starts, code) - 1 for code in codes}):
        if at <= last:
            continue
        span = _address(text, lines, at)
        if span is not None:
            found.append(ground.span(*span))
            last = at
        if len(found) >= MAX_ADDRESSES:
            break
    return found


def _may_be_code(text: str, runs: Runs, at: int) -> bool:
    """Whether the digits of one run may be (the first of) some country's postal code: few lines have such."""
    start, end = runs[at]
    following = runs[at + 1] if at + 1 < len(runs) else (len(text), len(text))
    joined = following[1] - following[0] if following[0] == end + 1 else 0
    match end - start:
        case 4 | 5:
            return joined < 5
        case 2 | 3:
            return 2 <= joined <= 4
        case 1:  # British and Canadian codes: a digit among capitals
            return text[end : end + 1].isupper()
        case length:
            return length == 6


def _address(text: str, lines: list[tuple[int, int]], at: int) -> tuple[int, int] | None:
    """The address whose town stands in line `at`; None when that line has none."""
    start, end = lines[at]
    if end - start > _LONG_LINE or _words().town.search(text[start:end]) is None:
        return None
    first = _first_line(text, lines, at)
    return None if first is None else (lines[first][0] + _indent(text, lines[first]), end)


def _lines(text: str) -> list[tuple[int, int]]:
    """The lines with words in them."""
    found = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            found.append((start, start + len(line)))
        start += len(line) + 1
    return found


def _indent(text: str, line: tuple[int, int]) -> int:
    raw = text[line[0] : line[1]]
    return len(raw) - len(raw.lstrip())


def _first_line(text: str, lines: list[tuple[int, int]], at: int) -> int | None:
    """The line in which the address with the town of line `at` begins; None when it is no address."""
    words = _words()
    for above in range(at, max(at - _NEAR, 0) - 1, -1):
        line = text[lines[above][0] : lines[above][1]]
        if words.street.search(line):
            return above
        if above < at and words.label.search(line):
            return above + 1 if len(line) < 40 else above
    line = text[lines[at][0] : lines[at][1]]
    return at if words.label.search(line) else None

"""Finds postal addresses (D1a) by the line of the town, and the street or the label beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gatepost_policies.facts.ground import Ground
from gatepost_policies.facts.tables import table
from gatepost_policies.model import Span

MAX_ADDRESSES: Final = 100  # in one passage
_NEAR: Final = 3  # lines between street and town, or label and town
_LONG_LINE: Final = 300
_DIGITS: Final = re.compile(r"\d{2}|都|県|府")


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
    words = _words()
    text = ground.text
    lines = _lines(text)
    found: list[Span] = []
    last = -1
    for at, (start, end) in enumerate(lines):
        line = text[start:end]
        if at <= last or not _DIGITS.search(line) or len(line) > _LONG_LINE:
            continue
        match = words.town.search(line)
        if match is None:
            continue
        first = _first_line(text, lines, at)
        if first is None:
            continue
        from_at = lines[first][0] + _indent(text, lines[first])
        found.append(ground.span(from_at, end))
        last = at
        if len(found) >= MAX_ADDRESSES:
            break
    return found


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
    for above in range(at, max(at - _NEAR, -1) - 1, -1):
        if above < 0:
            break
        line = text[lines[above][0] : lines[above][1]]
        if words.street.search(line):
            return above
        if above < at and words.label.search(line):
            return above + 1 if len(line) < 40 else above
    line = text[lines[at][0] : lines[at][1]]
    return at if words.label.search(line) else None

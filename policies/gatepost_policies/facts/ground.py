"""A passage prepared for finding: unmasked, in lower case, and with the places of its digits.

Most of what is looked for has digits in it, and most of a mail has none: finders look around the digits only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from gatepost_policies.model import Span
from gatepost_policies.text import Unmasked, lowered

_DIGITS: Final = re.compile(r"\d+")

Runs = Sequence[tuple[int, int]]  # places of digits in a row, in order


class Ground:
    """One passage to look for facts in."""

    __slots__ = ("_windows", "digits", "lower", "number", "plain", "runs", "text")

    def __init__(self, number: int, plain: Unmasked) -> None:
        self.number = number
        self.plain = plain
        self.text = plain.text
        self.lower = lowered(plain.text)  # character for character the same length
        self.runs: Runs = [match.span() for match in _DIGITS.finditer(plain.text)]
        self.digits = sum(end - start for start, end in self.runs)
        self._windows: dict[tuple[int, int, int], list[tuple[int, int]]] = {}

    def span(self, start: int, end: int) -> Span:
        """The place of `text[start:end]` in the passage."""
        return Span(self.number, *self.plain.origin(start, end))

    def around(self, before: int, after: int, *, least: int = 1) -> list[tuple[int, int]]:
        """The stretches of text within so many characters of a digit, merged where they meet.

        Those with fewer than `least` digits are left out: nothing that has so many can be found in them.
        """
        key = (before, after, least)
        if key not in self._windows:
            self._windows[key] = self.near(self.runs, before, after, least=least)
        return self._windows[key]

    def near(self, runs: Runs, before: int, after: int, *, least: int = 1) -> list[tuple[int, int]]:
        """The same of some of the runs of digits only."""
        found: list[tuple[int, int]] = []
        size = len(self.text)
        first = last = -1  # of the stretch that grows
        digits = 0
        for start, end in runs:
            if first < 0 or start - before > last:
                if digits >= least:
                    found.append((first, last))
                first, digits = max(0, start - before), 0
            last = min(size, end + after)
            digits += end - start
        if digits >= least:
            found.append((first, last))
        return found

    def free(self, taken: Sequence[Span]) -> Runs:
        """The runs of digits that do not lie within one of `taken`, which stand in reading order."""
        if not taken:
            return self.runs
        found: list[tuple[int, int]] = []
        at = 0
        for run in self.runs:
            start, end = self.plain.origin(*run)
            while at < len(taken) and taken[at].end < end:
                at += 1
            if at == len(taken) or start < taken[at].start:
                found.append(run)
        return found

"""A passage prepared for finding: unmasked, in lower case, and with the places of its digits.

Most of what is looked for has digits in it, and most of a mail has none: finders look around the digits only.
"""

from __future__ import annotations

import re
from typing import Final

from gatepost_policies.model import Span
from gatepost_policies.text import Unmasked, lowered

_DIGITS: Final = re.compile(r"\d+")


class Ground:
    """One passage to look for facts in."""

    __slots__ = ("_windows", "digits", "lower", "number", "plain", "runs", "text")

    def __init__(self, number: int, plain: Unmasked) -> None:
        self.number = number
        self.plain = plain
        self.text = plain.text
        self.lower = lowered(plain.text)  # character for character the same length
        self.runs = [match.span() for match in _DIGITS.finditer(plain.text)]
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
            self._windows[key] = self._stretches(before, after, least)
        return self._windows[key]

    def _stretches(self, before: int, after: int, least: int) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        size = len(self.text)
        first = last = -1  # of the stretch that grows
        digits = 0
        for start, end in self.runs:
            if first < 0 or start - before > last:
                if digits >= least:
                    found.append((first, last))
                first, digits = max(0, start - before), 0
            last = min(size, end + after)
            digits += end - start
        if digits >= least:
            found.append((first, last))
        return found

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
        self._windows: dict[tuple[int, int], list[tuple[int, int]]] = {}

    def span(self, start: int, end: int) -> Span:
        """The place of `text[start:end]` in the passage."""
        return Span(self.number, *self.plain.origin(start, end))

    def around(self, before: int, after: int) -> list[tuple[int, int]]:
        """The stretches of text within so many characters of a digit, merged where they meet."""
        known = self._windows.get((before, after))
        if known is not None:
            return known
        found: list[tuple[int, int]] = []
        size = len(self.text)
        for start, end in self.runs:
            low, high = max(0, start - before), min(size, end + after)
            if found and low <= found[-1][1]:
                found[-1] = (found[-1][0], high)
            else:
                found.append((low, high))
        self._windows[(before, after)] = found
        return found

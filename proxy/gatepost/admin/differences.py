"""Two texts as one: what stayed, what went, what is new; by words, of long texts by lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST, MOST_PAIRS = 1_200, 60_000
"""Words, or lines, that are compared, and pairs of equal ones: the same word everywhere takes its cube."""
_WORDS = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of text with one fate: "same", "gone" or "new"."""

    fate: str
    text: str


def differences(old: str, new: str) -> tuple[Stretch, ...]:
    """The old text and the new one, woven into each other."""
    if old == new:
        return (Stretch("same", old),) if old else ()
    for cut in (_WORDS.findall, lambda text: text.splitlines(keepends=True)):
        before, after = cut(old), cut(new)
        if is_comparable(before, after):
            return tuple(_woven(before, after))
    return (Stretch("gone", old), Stretch("new", new))


def is_comparable(before: Sequence[str], after: Sequence[str]) -> bool:
    """Whether comparing these takes a bounded time."""
    if max(len(before), len(after)) > MOST:
        return False
    counts = Counter(after)
    return sum(counts[each] for each in before) <= MOST_PAIRS


def _woven(before: Sequence[str], after: Sequence[str]) -> list[Stretch]:
    found = []
    for _, start, end, new_start, new_end in SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        gone, new = "".join(before[start:end]), "".join(after[new_start:new_end])
        if gone == new:
            found.append(Stretch("same", gone))
            continue
        found += [Stretch(fate, text) for fate, text in (("gone", gone), ("new", new)) if text]
    return found

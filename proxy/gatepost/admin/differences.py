"""Two texts as one: what stayed, what went, what is new; by words, of long texts by lines."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

MOST = 1_200
"""Words, or lines, that are compared: to compare takes their square."""
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
        if len(before) <= MOST and len(after) <= MOST:
            return tuple(_woven(before, after))
    return (Stretch("gone", old), Stretch("new", new))


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

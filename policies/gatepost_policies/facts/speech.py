"""The buyer's own words within the seller's text: a quotation that "you wrote" or the like introduces.

Two signs must agree, as for quoted mails (see `sections`): quotation marks, and words right beside them
that say the buyer said it. Marks alone prove nothing: a seller may put his own plea between them, or
dictate a review. And they are no longer than what the seller says himself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

from gatepost_policies.facts.tables import table
from gatepost_policies.model import Section, Stretch

MAX_QUOTATION: Final = 600  # characters between the marks
MAX_QUOTATIONS: Final = 50  # of one stretch
_BEFORE: Final = 90  # characters before the mark in which the introduction ends
_AFTER: Final = 40  # characters behind it in which one begins
_MARKS: Final = re.compile('["“”„«»「『]')
_PAIRS: Final = (
    ("“", "”"),
    ("„", "“”"),
    ("”", "”"),
    ('"', '"'),
    ("«", "»"),
    ("»", "«"),
    ("「", "」"),
    ("『", "』"),
)
_QUOTATION: Final = re.compile(
    "|".join(
        rf"{opening}[^{closing}{opening}]{{4,{MAX_QUOTATION}}}?[{closing}]" for opening, closing in _PAIRS
    )
)
_ENDED: Final = re.compile(r"[.!?…。！？](?:\s|$)|\n\s*\n")


def with_speech(text: str, parts: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The stretches of `text`, with the buyer's quoted words cut out of the author's as QUOTED."""
    known = tuple(parts)
    if _MARKS.search(text) is None:
        return known
    return tuple(piece for part in known for piece in _cut(text, part))


def _cut(text: str, part: Stretch) -> Iterator[Stretch]:
    spoken = tuple(_spoken(text, part)) if part.section is Section.AUTHOR else ()
    said = sum(end - start for start, end in spoken)
    at = part.start
    if said * 2 <= part.end - part.start:
        for start, end in spoken:
            yield Stretch(at, start, Section.AUTHOR)
            yield Stretch(start, end, Section.QUOTED)
            at = end
    if at < part.end:
        yield Stretch(at, part.end, part.section)


def _spoken(text: str, part: Stretch) -> Iterator[tuple[int, int]]:
    """The insides of the quotations that are introduced as the buyer's."""
    before, after = _introductions()
    for number, match in enumerate(_QUOTATION.finditer(text, part.start, part.end)):
        if number >= MAX_QUOTATIONS:
            return
        start, end = match.span()
        lead = text[max(part.start, start - _BEFORE) : start].lower()
        told = max((found.end() for found in before.finditer(lead)), default=-1)
        introduced = told >= 0 and _ENDED.search(lead, told) is None
        if introduced or after.match(text[end : min(part.end, end + _AFTER)].lower()):
            yield start + 1, end - 1


@lru_cache(maxsize=1)
def _introductions() -> tuple[re.Pattern[str], re.Pattern[str]]:
    data = table("speech")
    before, after = (_any_of(_longest_first(data[key])) for key in ("before", "after"))
    return re.compile(before), re.compile(rf"[^\w.!?]{{0,4}}(?:\w+\s){{0,2}}?(?:{after})")


def _any_of(said: list[str]) -> str:
    """A pattern for any of these; the edges of words are asked for once, where words have edges."""
    spaced = "|".join(re.escape(one) for one in said if one < "\u3000")
    return "|".join([rf"(?<!\w)(?:{spaced})(?!\w)", *(re.escape(one) for one in said if one >= "\u3000")])


def _longest_first(languages: dict[str, list[str]]) -> list[str]:
    return sorted({one for words in languages.values() for one in words}, key=len, reverse=True)

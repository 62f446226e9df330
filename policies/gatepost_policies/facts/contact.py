"""Finds e-mail addresses and telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gatepost_policies.facts.bare import undisguise
from gatepost_policies.facts.ground import Ground
from gatepost_policies.facts.hosts import canonical_host, registrable
from gatepost_policies.facts.tables import table
from gatepost_policies.model import Span

MAX_FOUND: Final = 500  # of each kind in one passage
_MIN_DIGITS: Final = 7
_GAP: Final = " ()./-"  # what stands between the digits of one number, and
_MAX_GAP: Final = 22  # how much of it at most
_LOCAL: Final = re.compile(r"[\w.!#$%&'*+=?^`{|}~-]{1,64}$")
_DOMAIN: Final = re.compile(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}")
_AT_SIGN: Final = re.compile(r"@|[ ]?[\[({][ ]?(?:at|@|arroba|ät)[ ]?[\])}][ ]?", re.IGNORECASE)
_MAY_BE_AT: Final = re.compile(r"[\[({][ ]?(?:at|arroba|ät)[ ]?[\])}]", re.IGNORECASE)

# With its country code; after a word that says so; in a national form that nothing else has.
_INTERNATIONAL: Final = r"(?<![\w.,/#-])(?:\+|00)[ ]?[1-9]\d{0,2}(?:[ ./-]{0,3}\(?\d{1,5}\)?){2,7}(?![\w-])"
_LABELLED: Final = r"[ \t]{0,3}[.:：#]{0,2}[ \t]{0,3}(?P<labelled>\+?\(?\d[\d ()./-]{5,22}\d)(?![\w-])"
_NATIONAL: Final = (
    r"(?<![\w(./#-])(?:1[ .-])?\([2-9]\d\d\)[ ]?\d{3}[-. ]\d{4}(?![\w-])",  # American
    r"(?<![\w(./#-])(?:1[-. ])?[2-9]\d\d(?:-\d{3}-|\.\d{3}\.)\d{4}(?![\w-])",
    r"(?<![\w./#-])(?:0\d{4} ?\d{6}|0\d{3} \d{3} \d{4}|0\d{2} \d{4} \d{4})(?![\w-])",  # British
    r"(?<![\w./#-])0\d{1,4}-\d{1,4}-\d{3,4}(?![\w-])",  # Japanese
    r"(?<![\w./#-])0[1-9](?:[ .]\d\d){4}(?![\w-])",  # French
)


@dataclass(frozen=True, slots=True)
class _Words:
    phone: re.Pattern[str]
    other: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = table("contact")
    labels, others = (
        "|".join(re.escape(word) for word in sorted(data[key], key=len, reverse=True))
        for key in ("phone_labels", "other_labels")
    )
    labelled = rf"(?<![^\W_])(?:{labels})(?:[ ]?(?:no|nr|number|num)\b)?{_LABELLED}"
    return _Words(
        phone=re.compile("|".join((_INTERNATIONAL, labelled, *_NATIONAL)), re.IGNORECASE),
        other=re.compile(rf"(?:{others})\W*$", re.IGNORECASE),
    )


def find_emails(ground: Ground) -> list[Span]:
    """The e-mail addresses in a passage, also those with their at-sign or their dots spelt out."""
    found: list[Span] = []
    if "@" not in ground.text and (
        not any(map(ground.text.__contains__, "[({")) or _MAY_BE_AT.search(ground.text) is None
    ):
        return found
    text, offsets = undisguise(ground.text)
    last = 0
    for sign in _AT_SIGN.finditer(text):
        local = _LOCAL.search(text[max(last, sign.start() - 64) : sign.start()])
        domain = _DOMAIN.match(text, sign.end())
        if local is None or domain is None:
            continue
        start = sign.start() - len(local[0])
        if text[start - 1 : start] == "/" or not _is_domain(domain[0]):
            continue  # the user name of an address such as https://name@host
        last = start + len(local[0]) + len(sign[0]) + len(domain[0].rstrip("-_"))
        place = (start, last) if offsets is None else (offsets[start], offsets[last])
        found.append(ground.span(*place))
        if len(found) >= MAX_FOUND:
            break
    return found


def _is_domain(text: str) -> bool:
    host = canonical_host(text.strip("-_."))
    return bool(host and registrable(host))


def find_phones(ground: Ground, taken: Sequence[Span], orders: Sequence[Span] = ()) -> list[Span]:
    """The telephone numbers in a passage; what stands in `taken` (parcel numbers, days …) is none.

    `orders` are the places of order IDs, in reading order: they are none either.
    """
    found: list[Span] = []
    if ground.digits < _MIN_DIGITS:
        return found
    text = ground.text
    for low, high in ground.near(list(_groups(ground, orders)), 30, 24):
        for match in _words().phone.finditer(text, low, high):
            start, end = match.span("labelled") if match["labelled"] else match.span()
            place = ground.span(start, end)
            digits = sum(letter.isdigit() for letter in text[start:end])
            is_taken = any(
                span.start < place.end and place.start < span.end
                for group in (taken, orders)
                for span in group
            )
            other = not match["labelled"] and _words().other.search(text[max(0, start - 12) : start])
            if _MIN_DIGITS <= digits <= 15 and not is_taken and not other:
                found.append(place)
        if len(found) >= MAX_FOUND:
            break
    return found


def _groups(ground: Ground, taken: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """Digits and what parts them in a telephone number, where together they are enough for one."""
    text = ground.text
    first, last, digits = 0, -1, 0
    for start, end in ground.free(taken):
        if last < 0 or start - last > _MAX_GAP or text[last:start].strip(_GAP):
            if digits >= _MIN_DIGITS:
                yield first, last
            first, digits = start, 0
        last = end
        digits += end - start
    if digits >= _MIN_DIGITS:
        yield first, last

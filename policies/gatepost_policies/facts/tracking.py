"""Finds carriers' names and parcel numbers. A number counts only with context: shapes alone match everything.

Context is a label word before it ("tracking number"), a carrier's name in the passage with a number of its
shape, a carrier's tracking address that holds it, or a shape that only one carrier has and its check digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote

import re2

from gatepost_policies.facts.checkdigits import CHECKS
from gatepost_policies.facts.ground import Ground
from gatepost_policies.facts.tables import table
from gatepost_policies.model import CarrierName, Link, Span, Tracking

MAX_NUMBERS: Final = 200  # in one passage
_REACH: Final = 80  # characters between a label word and its number
_BLANKS: Final = re.compile(r"[ \t-]")
# One run of letters and digits with at least seven digits, or digits in groups as carriers print them.
_RUN: Final = re.compile(r"(?<![\w./@-])(?=[A-Za-z%]{0,5}\d)[A-Za-z0-9%]{8,40}(?![\w@])", re.ASCII)
_GROUPED: Final = re.compile(
    r"(?<![\w./-])(?:1Z(?:[ \t-]?[0-9A-Z]{2,4}){4,8}|[A-Z]{2}[ \t]?\d{2,4}(?:[ \t]\d{2,4}){2,3}[ \t]?[A-Z]{2}"
    r"|\d{2,6}(?:[ \t]\d{2,6}){1,9}|\d{2,6}(?:-\d{2,6}){1,9})(?![\w@-])",
    re.ASCII,
)
_NUMBER_WORD: Final = re.compile(r"^\s*(?:no|nr|num|number|code|id|n[°º])?\.", re.IGNORECASE)
_MIN_DIGITS: Final = 7
_IN_URL: Final = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{0,5}\d[A-Za-z0-9]{6,36}(?![A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class _Shape:
    pattern: re.Pattern[str]
    check: str
    is_sure: bool

    def fits(self, number: str) -> bool:
        return self.pattern.fullmatch(number) is not None

    def is_valid(self, number: str) -> bool:
        match = self.pattern.fullmatch(number)
        if match is None:
            return False
        core = match[1] if match.re.groups else number
        return not self.check or CHECKS[self.check](core)


@dataclass(frozen=True, slots=True)
class _Carriers:
    folded: Any  # RE2 over lower-case text
    exact: Any  # RE2 over the text as written
    labels: Any
    by_name: dict[str, str]
    shapes: dict[str, tuple[_Shape, ...]]
    sure: tuple[tuple[str, _Shape], ...]
    hosts: dict[str, str]


@lru_cache(maxsize=1)
def _carriers() -> _Carriers:
    data = table("carriers")
    by_name: dict[str, str] = {}
    kinds: dict[str, list[str]] = {"names": [], "exact": [], "words": []}
    shapes: dict[str, tuple[_Shape, ...]] = {}
    for carrier, entry in data["carriers"].items():
        for kind, found in kinds.items():
            for name in entry.get(kind, ()):
                by_name.setdefault(name, carrier)
                found.append(name)
        shapes[carrier] = tuple(
            _Shape(re.compile(shape["pattern"]), shape["check"], bool(shape.get("sure", False)))
            for shape in entry.get("shapes", ())
        )
    pages = table("tracking_pages")["carriers"]
    return _Carriers(
        folded=re2.compile(
            rf"(?:^|[^\pL\pN])({_any(kinds['names'])})(?:$|[^\pL\pN])|({_any(kinds['words'])})"
        ),
        exact=re2.compile(rf"(?:^|[^\pL\pN])({_any(kinds['exact'])})(?:$|[^\pL\pN])"),
        labels=re2.compile(rf"(?:{_any(data['labels'])})"),
        by_name=by_name,
        shapes=shapes,
        sure=tuple((carrier, shape) for carrier, found in shapes.items() for shape in found if shape.is_sure),
        hosts={host: carrier for carrier, owned in pages.items() for host in owned},
    )


def carrier_key(name: str) -> str:
    """The key of the carrier that `name` or a feed's carrier code stands for; "" for an unknown one."""
    known = _carriers()
    plain = " ".join(name.lower().split())
    return (
        known.by_name.get(plain)
        or known.by_name.get(name.strip())
        or (plain if plain in known.shapes else "")
    )


def _any(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(set(names), key=len, reverse=True))


def find_carriers(ground: Ground) -> list[CarrierName]:
    """The carriers named in a passage."""
    known = _carriers()
    found: list[CarrierName] = []
    for pattern, text in ((known.folded, ground.lower), (known.exact, ground.text)):
        for match in _matches(pattern, text):
            group = 1 if match.group(1) is not None else 2
            found.append(CarrierName(known.by_name[match.group(group)], ground.span(*match.span(group))))
    return sorted(set(found), key=lambda name: name.span.start)[:MAX_NUMBERS]


def _matches(pattern: Any, text: str) -> Iterable[Any]:
    """Matches that may share the one character between two names."""
    at = 0
    for _ in range(MAX_NUMBERS):
        match = pattern.search(text, at)
        if match is None:
            return
        yield match
        at = max(match.end() - 1, match.start() + 1)


def find_numbers(ground: Ground, carriers: Sequence[CarrierName], taken: Sequence[Span]) -> list[Tracking]:
    """The parcel numbers in a passage that names `carriers`; what stands in `taken` (order IDs) is none."""
    candidates = _candidates(ground, taken) if ground.digits >= _MIN_DIGITS else []
    if not candidates:
        return []
    text = ground.text
    labels: list[int] | None = None  # sought when a number needs them
    named = tuple(dict.fromkeys(name.carrier for name in carriers))
    found: list[Tracking] = []
    last = -1
    for start, end in candidates:
        place = ground.span(start, end)
        if start < last or any(span.start < place.end and place.start < span.end for span in taken):
            continue
        if labels is None:
            labels = [match.end() for match in _carriers().labels.finditer(ground.lower)]
        bare = _BLANKS.sub("", text[start:end]).upper()
        labelled = any(0 <= start - at < _REACH and _is_gap(text[at:start]) for at in labels)
        tracking = _judged(bare, named, labelled=labelled)
        if tracking is not None:
            found.append(Tracking(bare, tracking[0], place, tracking[1]))
            last = end
        if len(found) >= MAX_NUMBERS:
            break
    return found


def _is_gap(between: str) -> bool:
    """Whether a label still speaks for what stands after `between`: no other sentence, no other number."""
    between = _NUMBER_WORD.sub("", between)
    return (
        between.count("\n") <= 2 and sum(letter.isdigit() for letter in between) < 5 and ". " not in between
    )


def _candidates(ground: Ground, taken: Sequence[Span]) -> list[tuple[int, int]]:
    found = {
        match.span()
        for start, end in ground.near(ground.free(taken), 6, 40, least=_MIN_DIGITS)
        for pattern in (_RUN, _GROUPED)
        for match in pattern.finditer(ground.text, start, end)
        if sum(letter.isdigit() for letter in match[0]) >= _MIN_DIGITS
    }
    # Of two that begin together the longer one is what a reader takes it for.
    return sorted(found, key=lambda span: (span[0], -span[1]))[: 4 * MAX_NUMBERS]


def _judged(number: str, named: Sequence[str], *, labelled: bool) -> tuple[str, bool] | None:
    """The carrier of a number ("" when unknown) and whether it is well-formed; None when it is none."""
    known = _carriers()
    for carrier in named:
        if any(shape.is_valid(number) for shape in known.shapes[carrier] if shape.check or labelled):
            return carrier, True
    for carrier, shape in known.sure:
        if shape.fits(number) and (shape.is_valid(number) or labelled or carrier in named):
            return carrier, shape.is_valid(number)
    if not labelled:
        return None
    for carrier in named:
        if any(shape.fits(number) for shape in known.shapes[carrier]):
            return carrier, False
    return "", True


def find_in_links(links: Sequence[Link]) -> list[Tracking]:
    """The parcel numbers in the addresses of carriers' tracking pages."""
    found: dict[tuple[str, str], Tracking] = {}
    for link in links[:1000]:
        carrier = _carrier_of(link.host)
        if not carrier or len(found) >= MAX_NUMBERS:
            continue
        for bare, valid in _numbers_in(link.url[:2000], carrier):
            found.setdefault((bare, carrier), Tracking(bare, carrier, link.span, valid))
    return list(found.values())


@lru_cache(maxsize=1024)
def _carrier_of(host: str) -> str:
    hosts = _carriers().hosts
    labels = host.split(".")
    return next((hosts[end] for at in range(len(labels)) if (end := ".".join(labels[at:])) in hosts), "")


@lru_cache(maxsize=256)
def _numbers_in(url: str, carrier: str) -> tuple[tuple[str, bool], ...]:
    """The numbers of a carrier's shapes in an address, and whether each is well-formed."""
    shapes = _carriers().shapes.get(carrier, ())
    found = []
    for match in _IN_URL.finditer(unquote(url)):
        bare = match[0].upper()
        if sum(letter.isdigit() for letter in bare) < _MIN_DIGITS:
            continue
        valid = not shapes or any(shape.is_valid(bare) for shape in shapes)
        if valid or any(shape.fits(bare) for shape in shapes):
            found.append((bare, valid))
    return tuple(found)

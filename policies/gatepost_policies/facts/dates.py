"""Finds days and ranges of days in the forms of eleven languages, with or without a year."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from gatepost_policies.facts.ground import Ground
from gatepost_policies.facts.tables import table
from gatepost_policies.model import Day

MAX_DAYS: Final = 500  # in one passage
_BEFORE: Final = 40  # characters before a month's name in which its days may stand

_SEPARATORS: Final = ("-", "/", ".")
_ISO: Final = re.compile(r"(?<![\w./-])((?:19|20)\d\d)([-/.])(\d{1,2})\2(\d{1,2})(?![\d]|[-/.]\d)", re.ASCII)
_NUMERIC: Final = re.compile(
    r"(?<![\w./-])(\d{1,2})([./-])[ ]?(\d{1,2})\2[ ]?((?:19|20)?\d\d)(?![\d]|[-/.]\d)", re.ASCII
)
_SHORT: Final = re.compile(r"(?<![\w./-])(\d{1,2})\.[ ]?(\d{1,2})\.(?![ ]?\d)", re.ASCII)
_WEEKDAY: Final = r"(?:[ ]?[(（][月火水木金土日](?:曜日?)?[)）])?"
_JAPANESE: Final = re.compile(
    rf"(?:(?:((?:19|20)\d\d)|令和(\d{{1,2}}|元))年[ ]?)?(?<!\d)(\d{{1,2}})月[ ]?(\d{{1,2}})日{_WEEKDAY}"
    rf"(?:[ ]?(?:~|〜|～|-|から)[ ]?(?:(\d{{1,2}})月[ ]?)?(\d{{1,2}})日{_WEEKDAY})?",
    re.ASCII,
)
_WORD: Final = re.compile(r"[^\W\d_]+")
_DASH: Final = r"[-~/〜]"
_ORDINAL: Final = r"(?:st|nd|rd|th|er|ère|º|ª|:e|\.)?"
_LINK: Final = r"(?:of|de|del|di|d['’]|dzień|the)?"


@dataclass(frozen=True, slots=True)
class _Found:
    """A day as it was read: year 0 where the mail gives none, and the same day twice where it is no range."""

    first: tuple[int, int, int]  # year, month, day
    last: tuple[int, int, int]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Words:
    months: dict[str, int]
    weak: frozenset[str]
    before: re.Pattern[str]
    after: re.Pattern[str]
    year: re.Pattern[str]
    between: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = table("dates")
    months = {
        name: number
        for names in data["months"].values()
        for number, forms in enumerate(names, start=1)
        for name in forms
    }
    to = "|".join(re.escape(word) for word in sorted(data["to"], key=len, reverse=True))
    joint = rf"\s*(?:{_DASH}|(?:{to})\b)\s*(?:(?:the|den?|dem|le|el|il|den|dnia)\s+)?"
    weekday = r"(?:\w{2,14}\.?,?\s+)?"
    return _Words(
        months=months,
        weak=frozenset(data["weak"]),
        before=re.compile(
            rf"(?<![\d.,/:-])(?:(\d{{1,2}}){_ORDINAL}{joint}{weekday})?(\d{{1,2}}){_ORDINAL}\s*{_LINK}\s*-?$"
        ),
        after=re.compile(
            rf"\.?\s*+(?:the\s++)?(\d{{1,2}})(?:st|nd|rd|th)?(?:{joint}(\d{{1,2}})(?:st|nd|rd|th)?)?(?![\d:/.]\d|\d)"
            r"(?:,?\s*((?:19|20)\d\d)(?!\d))?"
        ),
        year=re.compile(r"\.?-?,?\s*+(?:de|del|di|of)?\s*+((?:19|20)\d\d)(?!\d)"),
        between=re.compile(
            rf"\s*(?:{_DASH}|,?\s*(?:{to})\b)\s*(?:(?:on|the|le|el|il|den|dem|am|dnia)\s+)?{weekday}",
            re.IGNORECASE,
        ),
    )


def find_days(ground: Ground, *, month_first: bool = False) -> list[Day]:
    """The days in a passage, in order.

    `month_first` says how 04/05/2026 is read: the American way, or as the rest of the world does.
    """
    found: list[_Found] = []
    last = -1
    for one in sorted(_all(ground, month_first=month_first), key=lambda day: (day.start, -day.end)):
        if one.start >= last:
            found.append(one)
            last = one.end
        if len(found) >= MAX_DAYS:
            break
    days = []
    for one in _joined(found, ground.lower):
        first, last_day = _date(one.first), _date(one.last)
        whole = first is not None and last_day is not None
        span = ground.span(one.start, one.end)
        days.append(Day(first, last_day, span) if whole else Day(None, None, span))
    return days


def _date(parts: tuple[int, int, int]) -> date | None:
    try:
        return date(*parts)
    except ValueError:
        return None


def _is_day(month: int, day: int) -> bool:
    return _date((2024, month, day)) is not None


def _all(ground: Ground, *, month_first: bool) -> Iterator[_Found]:
    text = ground.lower
    for start, end in ground.runs:
        if end - start not in (1, 2, 4) or text[end : end + 1] not in _SEPARATORS:
            continue
        if match := _ISO.match(text, start):
            yield from _day(int(match[1]), int(match[3]), int(match[4]), match.span())
        if match := _NUMERIC.match(text, start):
            yield from _numeric(match, month_first=month_first)
        if match := _SHORT.match(text, start):
            yield from _day(0, int(match[2]), int(match[1]), match.span())
    if "月" in text:
        yield from _japanese(text)
    days = [run for run in ground.runs if run[1] - run[0] <= 2]
    for start, end in ground.near(days, _BEFORE, _BEFORE):
        yield from _by_month(ground, start, end)


def _day(year: int, month: int, day: int, span: tuple[int, int]) -> Iterator[_Found]:
    if _is_day(month, day):
        yield _Found((year, month, day), (year, month, day), *span)


def _numeric(match: re.Match[str], *, month_first: bool) -> Iterator[_Found]:
    one, two, year = int(match[1]), int(match[3]), int(match[4])
    year = year + 2000 if year < 100 else year
    american = match[2] == "/" and month_first
    month, day = (one, two) if (american and one <= 12) or two > 12 else (two, one)
    yield from _day(year, month, day, match.span())


def _japanese(text: str) -> Iterator[_Found]:
    for match in _JAPANESE.finditer(text):
        era = match[2]
        year = int(match[1] or 0) or (2018 + (1 if era == "元" else int(era)) if era else 0)
        month, day = int(match[3]), int(match[4])
        until = (int(match[5] or month), int(match[6] or day))
        if _is_day(month, day) and _is_day(*until):
            later = year + 1 if year and until < (month, day) else year
            yield _Found((year, month, day), (later, *until), *match.span())


def _by_month(ground: Ground, floor: int, ceiling: int) -> Iterator[_Found]:
    text = ground.lower
    months = _words().months
    if months.keys().isdisjoint(_WORD.findall(text, floor, ceiling)):
        return
    for match in _WORD.finditer(text, floor, ceiling):
        month = months.get(match[0])
        if month is None:
            continue
        start, end = match.span()
        found = _days_before(text, start, end, month) or _days_after(text, start, end, month)
        if found is not None and (found.first[0] or match[0] not in _words().weak or _is_name(ground, start)):
            yield found


def _is_name(ground: Ground, start: int) -> bool:
    """Whether the word is written as a name is, or stands after "de" as a month does."""
    return ground.text[start].isupper() or ground.text[max(0, start - 4) : start].endswith((" de ", "/", "-"))


def _days_before(text: str, start: int, end: int, month: int) -> _Found | None:
    floor = max(0, start - _BEFORE)
    match = _words().before.search(text[floor:start])
    if match is None:
        return None
    first, last = int(match[1] or match[2]), int(match[2])
    if not (_is_day(month, first) and _is_day(month, last)):
        return None
    year = _words().year.match(text, end)
    number = int(year[1]) if year else 0
    return _Found(
        (number, month, first), (number, month, last), floor + match.start(), year.end() if year else end
    )


def _days_after(text: str, start: int, end: int, month: int) -> _Found | None:
    match = _words().after.match(text, end)
    if match is None:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    if not (_is_day(month, first) and _is_day(month, last)):
        return None
    year = int(match[3] or 0)
    return _Found((year, month, first), (year, month, last), start, match.end())


def _joined(found: list[_Found], text: str) -> Iterator[_Found]:
    """Two days with "to" between them are one range; a year said once stands for both ends."""
    pending: _Found | None = None
    for one in found:
        if pending is not None and _are_range(pending, one, text):
            year = pending.first[0] or one.first[0]
            last_year = one.last[0] or year
            first = (
                year - 1 if not pending.first[0] and pending.first[1:] > one.last[1:] else year,
                *pending.first[1:],
            )
            yield _Found(first, (last_year, *one.last[1:]), pending.start, one.end)
            pending = None
            continue
        if pending is not None:
            yield pending
        pending = one
    if pending is not None:
        yield pending


def _are_range(first: _Found, last: _Found, text: str) -> bool:
    if first.first != first.last or last.first != last.last or last.start - first.end > 40:
        return False
    return _words().between.fullmatch(text[first.end : last.start]) is not None

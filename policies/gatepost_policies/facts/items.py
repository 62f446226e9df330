"""Finds item lines with their quantities (D1b, D1c): "2 x Lamp", "Menge: 1", "Lamp (1 pcs)", table rows."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import re2

from gatepost_policies.facts.ground import Ground
from gatepost_policies.facts.tables import table
from gatepost_policies.model import Item

MAX_ITEMS: Final = 500  # in one passage
MAX_LINE: Final = 600  # characters; a longer line is no item line
_NAME: Final = re.compile(r"[^\W\d_]{2}|[\u3040-\u30ff\u3400-\u9fff]")


_SIZE: Final = re.compile(r"\d+(?:[.,]\d+)?\s*(?:(?:cm|mm|m|in|inch|inches|ft|kg|g|ml|l)\b|[\"”x×*])")
_PRICED: Final = re.compile(r"\s*[(\[][^()\[\]]{0,60}\d[^()\[\]]{0,60}[)\]]?\s*$")  # "Lamp ($5.00)"
_MOST_CELLS: Final = 6  # of a row without a heading
_STOP: Final = re.compile(r"[.;!?。](?:\s|$)|\t")  # where the name of an item ends within a sentence


@dataclass(frozen=True, slots=True)
class _Words:
    hint: Any
    before: re.Pattern[str]  # "2 x Lamp"
    after: re.Pattern[str]  # "Lamp x 2"
    labelled: re.Pattern[str]  # "Qty: 2"
    counted: re.Pattern[str]  # "2 pcs"
    of: re.Pattern[str]  # "1 of The Lamp"
    leading: re.Pattern[str]  # "2 pcs Lamp", from the start of a line or after its label
    cell: re.Pattern[str]  # "2" or "2 pcs", all that a cell of a table holds
    header: re.Pattern[str]
    named: re.Pattern[str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = table("items")
    labels, units, items = (
        "|".join(re.escape(word) for word in sorted(set(data[key]), key=len, reverse=True))
        for key in ("labels", "units", "items")
    )
    leading = "|".join(
        re.escape(word) for word in sorted({*data["units"], *data["leading"]}, key=len, reverse=True)
    )
    times = r"(?:[x×✕]|\*)"
    label = rf"(?<![^\W_])(?:{labels})(?:[ ]?\([^)\n]{{0,20}}\))?"
    not_size = r"(?![\w.,]*\d|\w|[ ]?(?:cm|mm|m|in)\b)"
    return _Words(
        hint=re2.compile(
            r"(?i)\d[ ]?[x×*](?:[^\pL\pN]|$)|(?:^|[^\pL\pN])[x×*][ ]?\d|\d of \pL"
            rf"|{labels}|\d[ ]?(?:{units})|\d[ ](?:{leading})[ .]|\t\d{{1,3}}(?:\t|\n|$)|(?:^|\n)\d{{1,3}}\t"
            rf"|\t\d{{1,3}}[ ](?:{leading})"
        ),
        before=re.compile(rf"(?<![\d.,\w-])(\d{{1,4}})[ ]?{times}[ \t]+(?=\S)", re.IGNORECASE),
        after=re.compile(
            rf"(?<=\S)[ \t]*(?<![\w.])[(\[]?{times}[ ]?(\d{{1,4}})[)\]]?{not_size}", re.IGNORECASE
        ),
        labelled=re.compile(
            rf"{label}[ \t]*[:：.=#-]?[ \t]*[x×]?[ ]?(\d{{1,4}})(?:[ ]?(?:{units}))?(?![\d.,:/-]*\d|\w)",
            re.IGNORECASE,
        ),
        counted=re.compile(
            rf"(?<![\d.,/-])(?<!\d:)(\d{{1,4}})[ ]?(?:{units})(?![^\W\d_])"
            r"(?![ ]+(?!of\b|de\b|von\b)[^\W\d_])",
            re.IGNORECASE,
        ),
        of=re.compile(r"(?<![\d.,:/-])(\d{1,3}) of [\"“„]?(?=[A-ZÄÖÜÅ])"),
        leading=re.compile(
            rf"^\s*(?:[-*•·–—]\s*)?(?:[^\W\d_][^\W\d_ ]*(?:[ ][^\W\d_]+){{0,2}}[ ]?[:：][ ]?)?"
            rf"(\d{{1,4}})[ ](?:{leading})[ ]+(?=[^\W\d_]{{2}})",
            re.IGNORECASE,
        ),
        cell=re.compile(rf"\s*(\d{{1,3}})(?:[ ]?(?:{leading}))?\s*", re.IGNORECASE),
        header=re.compile(rf"(?:{labels})", re.IGNORECASE),
        named=re.compile(rf"^\s*(?:[-*•·]\s*)?(?:{items})\s*[:：]\s*(\S.*)$", re.IGNORECASE),
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in a line a quantity is said, and where its item's name stands; an empty name is above it."""

    quantity: int
    start: int
    end: int
    name: tuple[int, int]


def find_items(ground: Ground) -> list[Item]:
    """The item lines of a passage, in order, each with its name as far as the mail gives one."""
    text = ground.text
    if _words().hint.search(text) is None:
        return []
    found: list[Item] = []
    start = 0
    column: tuple[int, int] | None = None
    above = (0, 0)
    for line in text.split("\n"):
        if line.strip() and len(line) <= MAX_LINE:
            column = _column(line) or (column if "\t" in line else None)
            place = _row(line, column) or _item(line)
            if place is not None:
                span, name = _named(text, start, place, above)
                found.append(Item(name, place.quantity, ground.span(*span)))
        if line.strip():
            above = (start, start + len(line))
        if len(found) >= MAX_ITEMS:
            break
        start += len(line) + 1
    return found


def _named(text: str, start: int, place: _Place, above: tuple[int, int]) -> tuple[tuple[int, int], str]:
    """The range that says item and quantity, and the item's name; it may stand on the line above."""
    end = start + place.end
    name = text[start + place.name[0] : start + place.name[1]]
    if _NAME.search(name):
        return (start + place.start, end), _stripped(name)
    before = text[above[0] : above[1]]
    if _NAME.search(before) and len(before) <= MAX_LINE:
        return (above[0], end), _stripped(before)
    return (start + place.start, end), ""


def _stripped(words: str) -> str:
    match = _words().named.match(words)
    return _PRICED.sub("", match[1] if match else words).strip(" \t-*•·:,;|()[]")[:300]


def _column(line: str) -> tuple[int, int] | None:
    """In the heading of a table, the column of the quantity, and the number of columns."""
    cells = line.split("\t")
    if len(cells) < 2 or any(letter.isdigit() for letter in line):
        return None
    for at, cell in enumerate(cells):
        if _words().header.fullmatch(cell.strip().rstrip(":")):
            return at, len(cells)
    return None


def _row(line: str, column: tuple[int, int] | None) -> _Place | None:
    """A row of a table with a column of quantities; the longest other cell names the item."""
    if "\t" not in line:
        return None
    if column is None:
        return _bare_row(line)
    cells = line.split("\t")
    quantity = cells[column[0]].strip() if len(cells) == column[1] else ""
    if not quantity.isdigit() or len(quantity) > 4 or int(quantity) == 0:
        return None
    longest = max((cell for at, cell in enumerate(cells) if at != column[0]), key=len)
    at = line.index(longest)
    return _Place(int(quantity), 0, len(line), (at, at + len(longest)))


def _bare_row(line: str) -> _Place | None:
    """A row without a heading: a name, how many, and maybe what they cost; two numbers tell nothing."""
    cells = line.split("\t")
    counts = [cell for cell in cells if _words().cell.fullmatch(cell)]
    names = [cell for cell in cells if cell not in counts and _NAME.search(cell)]
    if len(counts) != 1 or not names or len(cells) > _MOST_CELLS:
        return None
    match = _words().cell.fullmatch(counts[0])
    priced = len(cells) > len(names) + 1
    if match is None or not int(match[1]) or not (priced or not counts[0].strip().isdigit()):
        return None
    longest = max(names, key=len)
    at = line.index(longest)
    return _Place(int(match[1]), 0, len(line), (at, at + len(longest)))


def _item(line: str) -> _Place | None:
    """The quantity that a line gives in words."""
    words = _words()
    for pattern in (words.before, words.of, words.leading):
        match = pattern.search(line)
        if (
            match
            and int(match[1])
            and _NAME.search(line[match.end() :])
            and not _SIZE.match(line, match.end())
        ):
            stop = _STOP.search(line, match.end())
            end = stop.start() if stop else len(line.rstrip())
            return _Place(int(match[1]), match.start(), end, (match.end(), end))
    for pattern in (words.after, words.labelled, words.counted):
        match = pattern.search(line)
        if match is None or not int(match[1]):
            continue
        if pattern is words.after and not _NAME.search(line[: match.start()]):
            continue
        start = 0 if _NAME.search(line[: match.start()]) else match.start()
        return _Place(int(match[1]), start, match.end(), (start, match.start()))
    return None

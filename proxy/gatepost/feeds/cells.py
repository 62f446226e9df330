"""The words in a report's cells -> values; ValueError says what is wrong, for the one who mends the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from gatepost.model import OrderId

Cells = Mapping[str, str]

MAX_CELL = 2_000  # characters that are kept of one
_ORDER = re.compile(r"\d{3}-\d{7}-\d{7}\Z", re.ASCII)
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_FORMS = ("%d-%b-%Y", "%b %d, %Y", "%d.%m.%Y", "%d %b %Y")
_LOST = "\ufffd"


def words(cells: Cells, name: str) -> str:
    """The cell as words; "" where there is none. A lost character is a fault, not a question mark."""
    text = cells.get(name, "").strip()
    if _LOST in text:
        raise ValueError(f"{name}: a character was lost when the file was written")
    return text[:MAX_CELL]


def order_id(cells: Cells) -> OrderId:
    """The order ID, which every row has."""
    text = words(cells, "order-id")
    if not _ORDER.match(text):
        raise ValueError(f"order-id: {text[:40]!r} is not like 112-1234567-1234567")
    return OrderId(text)


def count(cells: Cells, name: str) -> int:
    """A number of pieces; 0 where none is said."""
    text = words(cells, name)
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ValueError(f"{name}: {text[:40]!r} is not a number of pieces")
    return int(text)


def money(cells: Cells, name: str) -> Decimal | None:
    """A sum, with a decimal point or comma; None where none is said."""
    text = words(cells, name).replace("\xa0", "").replace(" ", "")
    if not text:
        return None
    if "," in text and text.rfind(",") > text.rfind("."):
        text = (
            text.replace(".", "").replace(",", ".")
            if len(text) - text.rfind(",") <= 3
            else text.replace(",", "")
        )
    else:
        text = text.replace(",", "")
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{name}: {text[:40]!r} is not a sum") from None
    if not value.is_finite() or abs(value) >= 10**10:
        raise ValueError(f"{name}: {text[:40]!r} is not a sum")
    return value


def day(cells: Cells, name: str) -> date | None:
    """A day, as ISO with or without time, or as "23-Nov-2026"; None where none is said."""
    text = words(cells, name)
    if not text:
        return None
    if match := _DAY.match(text):
        year, month, number = (int(part) for part in match.groups())
        try:
            return date(year, month, number)
        except ValueError:
            raise ValueError(f"{name}: {text[:40]!r} is not a day") from None
    for form in _FORMS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    raise ValueError(f"{name}: {text[:40]!r} is not a day")

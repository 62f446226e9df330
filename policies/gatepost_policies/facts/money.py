"""Finds sums of money in national forms: `1.234,56 EUR`, `$1,234.56`, `1 234,50 zł`, `¥1,234`, `1.234円`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

import re2

from gatepost_policies.facts.ground import Ground
from gatepost_policies.facts.tables import table
from gatepost_policies.model import Amount

MAX_AMOUNTS: Final = 500  # in one passage
_NUMBER: Final = (
    r"(\d{1,3}(?:[.,'’ ]\d{3}){1,4}(?:[.,]\d{1,2})?|\d{1,9}(?:[.,]\d{1,2})?)(?:,-|,--)?(?![\d]|[.,]\d)"
)
_JAPANESE: Final = "\u3041-\u30ff\u4e00-\u9fff"  # its words stand beside numbers without a space
_SEPARATORS: Final = re.compile(r"['’ ]")
_NO_CENTS: Final = frozenset({"JPY"})


@dataclass(frozen=True, slots=True)
class _Words:
    pattern: re.Pattern[str]
    hints: Any
    currencies: dict[str, str]
    dollars: dict[str, str]


@lru_cache(maxsize=1)
def _words() -> _Words:
    data = table("money")
    marks = "|".join(re.escape(mark) for mark in sorted(data["marks"], key=len, reverse=True))
    words = "|".join(re.escape(word) for word in sorted(data["words"], key=len, reverse=True))
    return _Words(
        pattern=re.compile(
            rf"(?<![^\W\d_])({marks})\.?[ ]?((?<![^\W\d_])-)?{_NUMBER}"
            rf"|(?:(?<![\w.,/#-])(?<!\d:)|(?<=[{_JAPANESE}]))(-)?{_NUMBER}[ ]?({marks}|(?i:{words}))"
            r"(?:(?<=円)|(?![^\W\d_円]|\d))"
        ),
        hints=re2.compile(rf"(?i){marks}|{words}"),
        currencies=data["marks"] | data["words"],
        dollars=data["dollars"],
    )


def find_amounts(ground: Ground, store: str = "") -> list[Amount]:
    """The sums in a passage, in order; `store` (a MarketplaceId) says which dollar a bare `$` is."""
    words = _words()
    if words.hints.search(ground.lower) is None:
        return []
    found = []
    for start, end in ground.around(8, 16):
        for match in words.pattern.finditer(ground.text, start, end):
            found.append(Amount(*_amount(match, store), ground.span(*match.span())))
        if len(found) >= MAX_AMOUNTS:
            break
    return found


def _amount(match: re.Match[str], store: str) -> tuple[Decimal, str]:
    words = _words()
    mark, digits = (match[1], match[3]) if match[1] else (match[6], match[5])
    currency = words.currencies.get(mark) or words.currencies.get(mark.lower(), "")
    if mark == "$":
        currency = words.dollars.get(store, currency)
    value = parse_number(digits, cents=currency not in _NO_CENTS)
    return (-value if match[2] or match[4] else value), currency


def parse_number(digits: str, *, cents: bool = True) -> Decimal:
    """The value of digits with national separators: the last one splits off cents if one or two follow it."""
    digits = _SEPARATORS.sub("", digits)
    at = max(digits.rfind("."), digits.rfind(","))
    after = len(digits) - at - 1
    if at < 0 or after == 3 or not cents:
        whole, part = digits, ""
    else:
        whole, part = digits[:at], digits[at + 1 :]
    whole = whole.replace(".", "").replace(",", "")
    return Decimal(f"{whole}.{part}" if part else whole)

"""Finds Amazon order IDs (O1): three, seven and seven digits, however they were dressed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from gatepost_policies.model import OrderId, Passage, Span
from gatepost_policies.text import Unmasked

MAX_ORDERS: Final = 1_000
# A line wrapped at a hyphen leaves a break, and perhaps a quotation mark, inside the ID.
_JOINT: Final = r"[ \t]?-(?:[ \t]?\n[ \t>|]{0,6})?[ \t]?"
_DASHED: Final = re.compile(rf"(?<![\d-])(\d{{3}}){_JOINT}(\d{{7}}){_JOINT}(\d{{7}})(?![\d-])", re.ASCII)
_PLAIN: Final = re.compile(r"(?<![\d.,-])\d{17}(?![\d-])", re.ASCII)
# Seventeen digits without dashes are an order only beside a word that says so.
_LABELS: Final = re.compile(
    r"order|bestell|auftrag|commande|pedido|ordine|bestelling|ordernummer|zam[óo]wieni|encomenda|beställning"
    r"|sipariş|注文",
    re.IGNORECASE,
)
_REACH: Final = 40


@lru_cache(maxsize=256)
def _canonical(first: str, second: str, third: str) -> str:
    return f"{first}-{second}-{third}"


def find_orders(number: int, passage: Passage, plain: Unmasked) -> Sequence[OrderId]:
    """The order IDs in a passage, in order, each with its place."""
    text = plain.text
    found = []
    if text.count("-") >= 2:
        for match in _DASHED.finditer(text):
            start, end = plain.origin(match.start(), match.end())
            found.append(OrderId(_canonical(match[1], match[2], match[3]), Span(number, start, end)))
    for match in _PLAIN.finditer(text):
        around = text[max(0, match.start() - _REACH) : match.start()]
        if _LABELS.search(around):
            digits = match[0]
            start, end = plain.origin(match.start(), match.end())
            found.append(OrderId(_canonical(digits[:3], digits[3:10], digits[10:]), Span(number, start, end)))
    return sorted(found, key=lambda order: order.span.start)[:MAX_ORDERS]

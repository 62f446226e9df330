"""Finds Amazon order IDs (O1): three, seven and seven digits, however they were dressed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from gatepost_policies.facts.ground import Ground
from gatepost_policies.model import OrderId

MAX_ORDERS: Final = 1_000
# A line wrapped at a hyphen leaves a break, and perhaps a quotation mark, inside the ID.
_JOINT: Final = r"[ \t]?-(?:[ \t]?\n[ \t>|]{0,6})?[ \t]?"
_DASHED: Final = re.compile(rf"(?<![\d-])(\d{{3}}){_JOINT}(\d{{7}}){_JOINT}(\d{{7}})(?![\d-])", re.ASCII)
# Seventeen digits without dashes are an order only beside a word that says so.
_LABELS: Final = re.compile(
    r"order|bestell|auftrag|commande|pedido|ordine|bestelling|ordernummer|zam[óo]wieni|encomenda|beställning"
    r"|sipariş|注文",
    re.IGNORECASE,
)
_REACH: Final = 40
_LENGTH: Final = 17


@lru_cache(maxsize=256)
def _canonical(first: str, second: str, third: str) -> str:
    return f"{first}-{second}-{third}"


def find_orders(ground: Ground) -> Sequence[OrderId]:
    """The order IDs in a passage, in order, each with its place."""
    if ground.digits < _LENGTH:
        return []
    found = []
    text = ground.text
    for start, end in ground.around(4, 8, least=_LENGTH):
        for match in _DASHED.finditer(text, start, end):
            found.append(OrderId(_canonical(match[1], match[2], match[3]), ground.span(*match.span())))
    for start, end in ground.runs:
        if end - start == _LENGTH and _LABELS.search(text[max(0, start - _REACH) : start]):
            digits = text[start:end]
            beside = text[start - 1 : start] + text[end : end + 1]
            if digits.isascii() and not any(sign in beside for sign in ".,-"):
                order = _canonical(digits[:3], digits[3:10], digits[10:])
                found.append(OrderId(order, ground.span(start, end)))
    return sorted(found, key=lambda order: order.span.start)[:MAX_ORDERS]

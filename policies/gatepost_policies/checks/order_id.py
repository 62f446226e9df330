"""The Amazon order ID that every mail and packing slip must carry (O1)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.model import Source, Span

COUNTS = frozenset({Source.SUBJECT, Source.PLAIN, Source.HTML, Source.DOCUMENT, Source.PICTURE})
"""Where an order ID is seen by the buyer."""
_ALMOST = re.compile(r"(?<![\w-])\d{2,4}-\d{5,9}-\d{5,9}(?![\w-])")


def find_missing(case: Case, params: Params) -> Iterator[Evidence]:
    """That no order ID stands where the buyer sees it; an attempt at one is quoted."""
    if any(_counts(case, order.span) for order in case.facts.order_ids):
        return
    yield from _attempts(case) or [Evidence(label="subject", note="no order ID in the subject or the text")]


def _counts(case: Case, span: Span) -> bool:
    return case.mail.passages[span.passage].source in COUNTS and case.is_own(span)


def _attempts(case: Case) -> list[Evidence]:
    for index, passage in enumerate(case.mail.passages):
        match = _ALMOST.search(passage.text) if passage.source in COUNTS else None
        if match and case.is_own(Span(index, match.start(), match.end())):
            return [
                case.at(Span(index, match.start(), match.end()), "not an order ID: it has 3, 7 and 7 digits")
            ]
    return []

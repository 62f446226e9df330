"""E-mail addresses and telephone numbers (2020-D7)."""

from __future__ import annotations

from collections.abc import Iterator

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.model import Span


def find_details(case: Case, params: Params) -> Iterator[Evidence]:
    """Addresses and numbers by which the buyer could write or call outside of Amazon, each once."""
    seen: set[str] = set()
    for span in (*case.facts.emails, *_numbers(case)):
        words = case.words(span)
        if case.is_own(span) and words.lower() not in seen and "@marketplace.amazon." not in words.lower():
            seen.add(words.lower())
            yield case.at(span)


def _numbers(case: Case) -> Iterator[Span]:
    """The telephone numbers, without those in a sentence on the carrier: its hotline may be needed."""
    for span in case.facts.phones:
        if not any(_same_line(case, span, name.span) for name in case.facts.carriers):
            yield span


def _same_line(case: Case, a: Span, b: Span) -> bool:
    if a.passage != b.passage:
        return False
    start, end = min(a.start, b.start), max(a.end, b.end)
    return end - start < 200 and "\n" not in case.mail.passages[a.passage].text[start:end]

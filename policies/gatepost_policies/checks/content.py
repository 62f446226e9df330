"""What a shipment, order-unavailable, delay or return mail must say (D1a-f, D2a-c, D3a-c).

One check with a `needs` parameter; each need is a predicate over facts and words. A need is met by the
thing itself (an address, a date) or, where its forms are endless, by the words that introduce it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.checks.sites import carrier_of, parts_of
from gatepost_policies.language.identify import is_frequent
from gatepost_policies.language.scene import Sentence
from gatepost_policies.model import Day, Section, Source, Span
from gatepost_policies.signs import tells

Need = Callable[[Case], bool]

_QUOTATION_MARKS: Final = ('"', "“", "„", "«", "「", "『")
_KATAKANA: Final = re.compile("[\u30a1-\u30fa\u30fc]{3,}")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")


def find_missing(case: Case, params: Params) -> Iterator[Evidence]:
    """That what the rule `needs` is not in the mail, unless a file goes with it that may hold it."""
    needed = str(params["needs"])
    if NEEDS[needed](case):
        return
    yield Evidence(label=_body_label(case), note=f"not found: {needed.replace('_', ' ')}")


def find_early_delivery(case: Case, params: Params) -> Iterator[Evidence]:
    """A delivery date before the day on which the mail says the order was shipped (D1f)."""
    shipped = _dates_beside(case, "shipped")
    for day in _dates_beside(case, "expected_delivery"):
        if any(_is_before(day, other) for other in shipped if other.span != day.span):
            yield case.at(day.span, "before the shipping date")
            return


def validate(params: Params) -> None:
    """Refuse a `needs` that no predicate answers to."""
    if params.get("needs") not in NEEDS:
        raise ValueError(f"needs: one of {', '.join(NEEDS)}")


def _has_address(case: Case) -> bool:
    return _any_own(case, case.facts.addresses) or _labelled(case, "buyer_address_label")


def _labelled(case: Case, concept: str) -> bool:
    """Whether a label is followed on its line, or by the next, by something with digits in it."""
    for hit in case.spoken(concept):
        text = case.mail.passages[hit.span.passage].text
        following = text[hit.span.end : hit.span.end + 160]
        if ":" in following[:25] and any(char.isdigit() for char in following):
            return True
    return False


def _has_items(case: Case) -> bool:
    return bool(case.facts.items)


def _has_carrier(case: Case) -> bool:
    if _any_own(case, tuple(name.span for name in case.facts.carriers)):
        return True
    if any(tracking.carrier for tracking in case.facts.tracking):
        return True
    return any(carrier_of(link.host) for link in case.mail.links) or bool(case.spoken("carrier_label"))


def _has_tracking(case: Case) -> bool:
    if any(tracking.valid for tracking in case.facts.tracking):
        return True
    return any(carrier_of(link.host) and _has_number(link.url) for link in case.mail.links)


def _has_number(url: str) -> bool:
    return sum(char.isdigit() for char in parts_of(url).rest) >= 8


def _has_delivery_date(case: Case) -> bool:
    """A day, or a number of days, in a sentence on delivery or in its next line."""
    return _near(case, "expected_delivery")


def _has_new_date(case: Case) -> bool:
    """A day, a span of time, or that none can be told yet."""
    told = any(map(case.scene.speakers, ("duration", "weekday", "date_unknown")))
    return bool(case.facts.days) or told or _is_on_its_way(case)


def _is_on_its_way(case: Case) -> bool:
    """Whether the goods were handed over: then the carrier is late, and nothing is left to cancel (D2c)."""
    return any(tells(sentence, "shipped") for sentence in case.scene.own())


def _near(case: Case, concept: str) -> bool:
    own = [sentence for sentence in case.scene.own() if sentence.section is not Section.FOOTER]
    for index, sentence in enumerate(own):
        if sentence.has(concept) and any(_is_timed(case, near) for near in own[index : index + 2]):
            return True
    return False


def _is_timed(case: Case, sentence: Sentence) -> bool:
    return sentence.has("duration", "weekday") or any(_within(day.span, sentence) for day in case.facts.days)


def _within(span: Span, sentence: Sentence) -> bool:
    return span.passage == sentence.passage and sentence.start <= span.start < sentence.end


def _has_adjustment(case: Case) -> bool:
    return bool(case.spoken("refunded") or case.spoken("refund_due"))


def _has_reason(case: Case) -> bool:
    return bool(case.spoken("unavailable") or case.spoken("reason_unavailable"))


def _may_cancel(case: Case) -> bool:
    return bool(case.spoken("may_cancel") or case.spoken("refund_due")) or _is_on_its_way(case)


def _has_returned_goods(case: Case) -> bool:
    """An item line, a name in quotation marks, or a name within the sentence on the return."""
    if case.facts.items or _quotes_something(case):
        return True
    return any(_names_something(case, sentence) for sentence in case.scene.own() if sentence.has("returned"))


def _quotes_something(case: Case) -> bool:
    return any(mark in passage.text for passage in case.mail.passages for mark in _QUOTATION_MARKS)


def _names_something(case: Case, sentence: Sentence) -> bool:
    """Whether the sentence holds a word that is neither frequent in a language nor part of a known phrase."""
    known = [(hit.span.start, hit.span.end) for hit in sentence.hits]
    text = case.mail.passages[sentence.passage].text
    words = _KATAKANA if sentence.language == "ja" else _WORD  # Japanese doesn't part its words
    for match in words.finditer(text, sentence.start, sentence.end):
        if not any(start <= match.start() < end for start, end in known) and not is_frequent(match.group()):
            return True
    return False


def _has_amount(case: Case) -> bool:
    return _any_own(case, tuple(amount.span for amount in case.facts.amounts))


def _has_refund_date(case: Case) -> bool:
    if _any_own(case, tuple(day.span for day in case.facts.days)):
        return True
    return any(
        hit.concept in ("duration", "weekday") and sentence.has("refunded")
        for sentence in case.scene.own()
        for hit in sentence.hits
    )


NEEDS: Final[Mapping[str, Need]] = {
    "address": _has_address,
    "items": _has_items,
    "carrier": _has_carrier,
    "tracking_number": _has_tracking,
    "delivery_date": _has_delivery_date,
    "adjustment": _has_adjustment,
    "reason": _has_reason,
    "new_date": _has_new_date,
    "right_to_cancel": _may_cancel,
    "returned_items": _has_returned_goods,
    "refund_amount": _has_amount,
    "refund_date": _has_refund_date,
}


def _any_own(case: Case, spans: tuple[Span, ...]) -> bool:
    return any(case.is_own(span) for span in spans)


def _dates_beside(case: Case, concept: str) -> list[Day]:
    sentences = [sentence for sentence in case.scene.own() if sentence.has(concept)]
    return [day for day in case.facts.days if any(_within(day.span, sentence) for sentence in sentences)]


def _is_before(day: Day, other: Day) -> bool:
    return day.last is not None and other.first is not None and day.last < other.first


def _body_label(case: Case) -> str:
    sources = (Source.PLAIN, Source.HTML, Source.DOCUMENT)
    return next((passage.label for passage in case.mail.passages if passage.source in sources), "subject")

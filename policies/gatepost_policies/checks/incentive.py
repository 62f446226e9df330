"""Something of value around a review (D4h): before or after it, in the same sentence or far from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.checks.review import Asks, evidence, shared_asks
from gatepost_policies.model import Span

HARMLESS: Final = ("gift_harmless", "review_thanks")
RETURN_REACH: Final = 2  # sentences between a refund and what is asked for it
GIFTS: Final = ("gift", "voucher", "discount")


def find_incentive(case: Case, params: Params) -> Iterable[Evidence]:
    """Offers something of value to who reviews, or to who does not (D4h)."""
    asks = shared_asks(case)
    return evidence(case, [*rewards(asks), *_remedies(asks)], "offers something for a review")


def rewards(asks: Asks) -> Iterator[Span]:
    """Gifts: their only sense beside an ask is a reward, wherever in the mail they stand."""
    for number, hit in asks.talk.meant(*GIFTS, besides=HARMLESS):
        if (asks.any or _speaks_of_review(asks, number)) and not asks.talk.answers_buyer(number):
            yield hit.span


def _remedies(asks: Asks) -> Iterator[Span]:
    """Refunds and replacements: what a seller owes; a reward only where they are bound to the review."""
    for number, hit in asks.talk.meant("remedy"):
        sentence = asks.talk.sentences[number]
        if asks.talk.answers_buyer(number):
            continue
        bound = asks.in_sentence(number) or (sentence.has("in_return") and _speaks_of_review(asks, number))
        if (bound and not sentence.has("remedy_done")) or _repaid(asks, number):
            yield hit.span


def _repaid(asks: Asks, number: int) -> bool:
    """Whether an ask nearby says that it is made in return."""
    numbers = range(number - RETURN_REACH, number + RETURN_REACH + 1)
    return any(
        asks.in_sentence(n) and asks.talk.sentences[n].has("tit_for_tat")
        for n in numbers
        if 0 <= n < len(asks.talk.sentences)
    )


def _speaks_of_review(asks: Asks, number: int) -> bool:
    """Whether the sentence speaks of a review that is not merely thanked for."""
    sentence = asks.talk.sentences[number]
    return sentence.has("review_noun") and (not sentence.has("review_thanks") or sentence.has("in_return"))

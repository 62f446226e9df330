"""Something of value around a review (D4h): before or after it, in the same sentence or far from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from gatepost_policies.checks.asks import Asks, asks_of, names_review, runs_errand
from gatepost_policies.checks.case import Case, Evidence, Params, evidence
from gatepost_policies.checks.sense import overlaps
from gatepost_policies.language.scene import Hit
from gatepost_policies.model import Span

RETURN_REACH: Final = 2  # sentences between a refund and what is asked for it
UNPAID: Final = ("rule_report", "remedy_done", "promo_past")  # sentences that reward nobody

Rewards = tuple[tuple[int, Span], ...]  # things of value, each with the number of its sentence


def find_incentive(case: Case, params: Params) -> Iterable[Evidence]:
    """Offers something of value to who reviews, or to who does not (D4h)."""
    return evidence(case, [span for _, span in rewards_of(case)], "offers something for a review")


def rewards_of(case: Case) -> Rewards:
    """The rewards of a case, found once for all checks."""
    return case.once("rewards", lambda case: _rewards(asks_of(case)))


def rewards(asks: Asks) -> tuple[Span, ...]:
    """Each thing of value that the mail ties to a review."""
    return tuple(span for _, span in _rewards(asks))


def _rewards(asks: Asks) -> Rewards:
    return (*_gifts(asks), *_hinted(asks), *_remedies(asks))


def _hinted(asks: Asks) -> Iterator[tuple[int, Span]]:
    """Rewards that are hinted at where the sentence, or an ask beside it, speaks of reviews.

    In a long mail only the sentence that asks ties them to a review; others meet it by chance.
    """
    met = asks.talk.together(
        "benefit",
        ("review_talk",),
        unless=UNPAID,
        besides=("gift_owed", "gift_harmless"),
        reach=1,
        anywhere=True,
    )
    for number, hit in met:
        if not (asks.talk.is_brief or number in asks.numbers):
            continue
        here = asks.talk.sentences[number]
        beside = not runs_errand(here) and asks.numbers & {number - 1, number + 1}
        if here.has("review_talk") or beside:
            yield number, hit.span


def _gifts(asks: Asks) -> Iterator[tuple[int, Span]]:
    """Gifts: their only sense beside an ask is a reward, wherever in the mail they stand."""
    for number, hit in asks.gifts:
        tied = asks.any or any(
            met(asks, number) for met in (_speaks_of_review, _thanks_for_review, _follows_talk)
        )
        tied = tied or (hit.concept == "voucher" and _gives_thanks(asks, number))
        if tied and not _is_owed(asks, number, hit) and not asks.talk.answers_buyer(number):
            yield number, hit.span


def _is_owed(asks: Asks, number: int, hit: Hit) -> bool:
    """Whether it is part of a repair, return or replacement, and nothing nearby asks a review for it."""
    sentence = asks.talk.sentences[number]
    if not any(overlaps(hit.span, other.span) for other in sentence.of("gift_owed")):
        return False
    if sentence.has("in_return") and _speaks_of_review(asks, number):  # "free in exchange for a review"
        return False
    return number not in asks.numbers and not _shown(asks, number)


def _shown(asks: Asks, number: int) -> bool:
    """Whether proof of a review is asked for in this sentence or the next to it."""
    return any(abs(number - n) <= 1 for n, _ in asks.proofs)


def _remedies(asks: Asks) -> Iterator[tuple[int, Span]]:
    """Refunds and replacements: what a seller owes; a reward only where they are bound to the review."""
    for number, hit in asks.talk.meant("remedy"):
        sentence = asks.talk.sentences[number]
        if asks.talk.answers_buyer(number):
            continue
        bound = (
            number in asks.numbers
            or _shown(asks, number)
            or _meets_change(asks, number)
            or (sentence.has("in_return") and _speaks_of_review(asks, number))
        )
        if (bound and not sentence.has("remedy_done")) or _repaid(asks, number):
            yield number, hit.span


def _meets_change(asks: Asks, number: int) -> bool:
    """Whether a sentence beside this one asks to change a review: what is offered here buys that."""
    sentences = asks.talk.sentences
    return any(
        abs(n - number) == 1 and sentences[n].passage == sentences[number].passage for n, _ in asks.changes
    )


def _repaid(asks: Asks, number: int) -> bool:
    """Whether an ask nearby says that it is made in return."""
    numbers = range(number - RETURN_REACH, number + RETURN_REACH + 1)
    return any(n in asks.numbers and asks.talk.sentences[n].has("tit_for_tat") for n in numbers)


def _thanks_for_review(asks: Asks, number: int) -> bool:
    """Whether a gift follows a review that was read: one for later purchases, or one given back for it."""
    around = asks.talk.near(number, RETURN_REACH)
    thanked = any(one.has("review_thanks") for one in around)
    return thanked and any(one.has("tit_for_tat", "promo") for one in around)


def _gives_thanks(asks: Asks, number: int) -> bool:
    """Whether a voucher is handed over right after thanks for a review."""
    before = asks.talk.before(number)
    return before is not None and before.has("review_thanks") and asks.talk.sentences[number].has("giving")


def _follows_talk(asks: Asks, number: int) -> bool:
    """Whether a gift is given in the sentence after one that speaks of reviewing."""
    before = asks.talk.before(number)
    if before is None or before.has("review_thanks"):
        return False
    return before.has("review_talk") and asks.talk.sentences[number].has("giving")


def _speaks_of_review(asks: Asks, number: int) -> bool:
    """Whether the sentence speaks of a review that is not merely thanked for."""
    sentence = asks.talk.sentences[number]
    return names_review(sentence) and (not sentence.has("review_thanks") or sentence.has("in_return"))

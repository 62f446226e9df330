"""Marketing and the promotion of other products (G2, P4, P5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.checks.incentive import rewards
from gatepost_policies.checks.review import Asks, evidence, shared_asks
from gatepost_policies.language.scene import Sentence
from gatepost_policies.model import Span

NO_OFFER: Final = (
    "gift_harmless",
    "promo_harmless",
    "pay_outside",
)  # uses of the same words that offer nothing


def find_marketing(case: Case, params: Params) -> Iterable[Evidence]:
    """Offers, codes, newsletters, social media, repeat purchase (G2, P4)."""
    asks = shared_asks(case)
    spans = [*_promotions(asks)]
    rewarded = set(rewards(asks))  # beside an ask a voucher is an incentive, and found as one
    spans += [span for span in _vouchers(asks) if span not in rewarded]
    return evidence(case, spans, "advertises")


def _promotions(asks: Asks) -> Iterator[Span]:
    for number, hit in asks.talk.meant("promo", besides=("promo_harmless",)):
        if not asks.talk.answers_buyer(number) and not asks.talk.sentences[number].has("pay_outside"):
            yield hit.span


def _vouchers(asks: Asks) -> Iterator[Span]:
    """Vouchers and discounts that are given, not those that are merely spoken of or concede a fault."""
    talk = asks.talk
    for number, hit in talk.meant("voucher", "discount", besides=NO_OFFER):
        given = any(sentence.has("giving") for sentence in talk.near(number))
        if not given or talk.answers_buyer(number):
            continue
        if hit.concept != "discount" or not _is_remedy(asks, talk.sentences[number], number):
            yield hit.span


def _is_remedy(asks: Asks, sentence: Sentence, number: int) -> bool:
    """Whether a discount is what the seller concedes for a fault of this order."""
    return sentence.has("remedy") or any(one.has("apology", "remedy") for one in asks.talk.near(number))


def find_cross_promotion(case: Case, params: Params) -> Iterable[Evidence]:
    """Other products, other shops, third parties (P5)."""
    talk = shared_asks(case).talk
    spans = [
        hit.span
        for number, hit in talk.meant("other_products", besides=("other_harmless",))
        if not talk.answers_buyer(number) and not any(one.has("substitute") for one in talk.near(number))
    ]
    return evidence(case, spans, "promotes other products")

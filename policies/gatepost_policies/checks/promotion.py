"""Marketing and the promotion of other products (G2, P4, P5)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from gatepost_policies.checks.asks import Asks, asks_of
from gatepost_policies.checks.case import Case, Evidence, Params, evidence
from gatepost_policies.checks.incentive import rewards_of
from gatepost_policies.checks.sense import Talk
from gatepost_policies.language.scene import Hit
from gatepost_policies.model import Span

# Uses of the same words that offer nothing.
NO_OFFER: Final = ("gift_harmless", "gift_owed", "promo_harmless", "pay_outside")

# Sentences whose bargain is none: spent, owed, a remedy or a reward that is found as one.
NO_BARGAIN: Final = (*NO_OFFER, "promo_past", "remedy", "apology", "review_talk")


def find_marketing(case: Case, params: Params) -> Iterable[Evidence]:
    """Offers, codes, newsletters, social media, repeat purchase (G2, P4)."""
    asks = asks_of(case)
    # Beside an ask a voucher is an incentive and found as one, and so is the campaign it is given in.
    rewarded = frozenset(span for _, span in rewards_of(case))
    harmless = ("promo_harmless", "promo_frame") if rewarded else ("promo_harmless",)
    # A discount on what is bought here next is both.
    given = (span for span in _vouchers(asks) if span not in rewarded)
    reduced = (hit.span for _, hit in asks.gifts if hit.concept == "discount" and hit.span in rewarded)
    spans = [*_promotions(asks, harmless), *given, *reduced]
    return evidence(case, spans, "advertises")


def _promotions(asks: Asks, harmless: tuple[str, ...]) -> Iterator[Span]:
    talk = asks.talk
    for number, hit in talk.together("bargain_hint", ("shop_hint",), unless=NO_BARGAIN, anywhere=True):
        if not talk.is_anothers(number):
            yield hit.span
    for number, hit in talk.meant("promo", besides=harmless):
        if not _is_spared(talk, number) and not talk.sentences[number].has("pay_outside", "promo_past"):
            yield hit.span


def _is_spared(talk: Talk, number: int) -> bool:
    """Whether what sentence `number` names is no offer: the buyer asked, or somebody else sent it."""
    return talk.answers_buyer(number) or talk.is_anothers(number)


def _vouchers(asks: Asks) -> Iterator[Span]:
    """Vouchers and discounts that are given, not those that are merely spoken of or concede a fault."""
    talk = asks.talk
    for number, hit in talk.meant("voucher", "discount", besides=NO_OFFER):
        given = any(sentence.has("giving") for sentence in talk.near(number))
        if not given or _is_spared(talk, number) or talk.sentences[number].has("promo_past"):
            continue
        if hit.concept != "discount" or not _is_remedy(asks, number):
            yield hit.span


def _is_remedy(asks: Asks, number: int) -> bool:
    """Whether a discount is what the seller concedes for a fault of this order."""
    here = asks.talk.sentences[number]
    return here.has("keep_item") or any(one.has("apology", "remedy") for one in asks.talk.near(number))


def find_cross_promotion(case: Case, params: Params) -> Iterable[Evidence]:
    """Other products, other shops, third parties (P5)."""
    talk = asks_of(case).talk
    spans = [hit.span for _, hit in _paired(talk)]
    spans += [
        hit.span
        for number, hit in talk.meant("other_products", besides=("other_harmless",))
        if not _is_spared(talk, number) and not any(one.has("substitute") for one in talk.near(number))
    ]
    return evidence(case, spans, "promotes other products")


def _paired(talk: Talk) -> Iterator[tuple[int, Hit]]:
    """Goods of the shop that are said to go with what was bought, where no substitute is spoken of."""
    for number, hit in talk.together("our_goods", ("goes_with",), unless=("other_harmless", "substitute")):
        if not talk.is_anothers(number) and not any(one.has("substitute") for one in talk.near(number)):
            yield number, hit

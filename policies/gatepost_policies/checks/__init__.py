"""The checks that rules name, one clause family a file, and the table of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from gatepost_policies.checks import (
    aims,
    attachments,
    contact,
    content,
    hidden,
    incentive,
    links,
    logo,
    order_id,
    orders,
    payment,
    phrase,
    promotion,
    review,
    style,
    unreadable,
)
from gatepost_policies.checks.case import Case, Evidence, Find, Params

UNLESS_FOUND: Final = "unless_found"  # categories of which this rule's finding would be a mere consequence
UNLESS_FOUND_ON_ORDER: Final = "unless_found_on_order"  # the same, in a mail that names its order


def _accept(params: Params) -> None:
    """Take any value of the named parameters."""


@dataclass(frozen=True, slots=True)
class Check:
    """A function that finds, with the parameters that a rule may give it."""

    find: Find
    names: frozenset[str] = frozenset()
    validate: Callable[[Params], None] = _accept  # raises ValueError with the reason, at load

    @property
    def params(self) -> frozenset[str]:
        """Every name that may stand under `with:`."""
        return self.names | {UNLESS_FOUND, UNLESS_FOUND_ON_ORDER}


def _never(case: Case, params: Params) -> Iterable[Evidence]:
    """Find nothing: the gateway's ledger of review requests fires this rule, not the engine."""
    return ()


CHECKS: Final[Mapping[str, Check]] = {
    "attachment_kind": Check(attachments.find_forbidden, frozenset({"endings", "most_bytes"})),
    "attachment_needless": Check(attachments.find_needless, frozenset({"named"})),
    "concept": Check(aims.find_concept, frozenset({"concept", "unless"})),
    "contact_details": Check(contact.find_details),
    "content": Check(content.find_missing, frozenset({"needs"}), content.validate),
    "early_delivery": Check(content.find_early_delivery),
    "empty_lines": Check(style.find_empty_lines),
    "emoji": Check(style.find_emojis),
    "encrypted": Check(unreadable.find_encrypted, frozenset({"types"})),
    "external_link": Check(links.find_external, frozenset({"only"}), links.validate_only),
    "foreign_language": Check(unreadable.find_foreign_language, frozenset({"least_words"})),
    "gif": Check(style.find_gifs),
    "hidden_text": Check(hidden.find_hidden, frozenset({"repeated_share", "least_words"})),
    "insecure_picture": Check(style.find_insecure_pictures),
    "ledger": Check(_never),
    "link_text": Check(links.find_mismatch),
    "linked_logo": Check(logo.find_linked_logo),
    "opt_out": Check(links.find_opt_out),
    "order_contradiction": Check(orders.find_contradiction, frozenset({"on"}), orders.validate),
    "order_early": Check(orders.find_early_ask, frozenset({"days_after", "days_within"})),
    "order_id": Check(order_id.find_missing),
    "order_restricted": Check(orders.find_restricted),
    "order_stopped": Check(orders.find_stopped),
    "order_wrong": Check(orders.find_wrong),
    "payment": Check(payment.find_off_amazon_payment),
    "phrase": Check(phrase.find_phrases, phrase.NAMES, phrase.validate),
    "picture_only": Check(unreadable.find_picture_only, frozenset({"least_words", "least_pixels"})),
    "promotion_marketing": Check(promotion.find_marketing),
    "promotion_products": Check(promotion.find_cross_promotion),
    "purpose": Check(aims.find_off_purpose, frozenset({"forbidden"})),
    "review_change": Check(review.find_change_request),
    "review_condition": Check(review.find_conditional_ask),
    "review_diversion": Check(review.find_diversion),
    "review_incentive": Check(incentive.find_incentive),
    "review_influence": Check(review.find_influence),
    "review_tone": Check(review.find_positive_only),
    "structure": Check(unreadable.find_defects, frozenset({"defects"})),
    "text_disagrees": Check(hidden.find_disagreement, frozenset({"least_words", "shared_share"})),
    "tracking_pixel": Check(style.find_pixels),
}

__all__ = ["CHECKS", "UNLESS_FOUND", "UNLESS_FOUND_ON_ORDER", "Case", "Check", "Evidence"]

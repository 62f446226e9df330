"""Builds mails as they were read, and what the language layer makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from gatepost_policies.checks import incentive, payment, promotion, review
from gatepost_policies.checks.case import Case, Evidence
from gatepost_policies.language.scene import observe
from gatepost_policies.model import Facts, Mail, Passage, Reading, Section, Source, Stretch

Find = Callable[[Case, Mapping[str, Any]], Iterable[Evidence]]

# The checks that stand on language alone, by the category of the rule that names them.
FINDERS: Mapping[str, tuple[Find, ...]] = {
    "review-positive-only": (review.find_positive_only,),
    "review-gating": (review.find_conditional_ask, review.find_diversion),
    "review-change": (review.find_change_request,),
    "review-influence": (review.find_influence,),
    "review-incentive": (incentive.find_incentive,),
    "marketing": (promotion.find_marketing,),
    "cross-promotion": (promotion.find_cross_promotion,),
    "off-amazon-payment": (payment.find_off_amazon_payment,),
}


def plain(text: str, *, subject: str = "", quoted: str = "") -> Mail:
    """A read mail of one plain passage; `quoted` follows as the buyer's own words."""
    whole = text + quoted
    stretches = (Stretch(0, len(text), Section.AUTHOR), Stretch(len(text), len(whole), Section.QUOTED))
    body = Passage(Source.PLAIN, "text/plain", whole, stretches if quoted else ())
    head = (Passage(Source.SUBJECT, "subject", subject),) if subject else ()
    return Mail(headers=(), subject=subject, passages=(*head, body))


def case_of(mail: Mail) -> Case:
    """The case that every check is given for `mail`."""
    return Case(Reading(mail, Facts()), observe(mail))


def found(mail: Mail) -> dict[str, list[str]]:
    """Category -> the words quoted, for the checks that stand on language alone."""
    case = case_of(mail)
    result: dict[str, list[str]] = {}
    for category, finders in FINDERS.items():
        words = [evidence.text for find in finders for evidence in find(case, {})]
        if words:
            result[category] = words
    return result

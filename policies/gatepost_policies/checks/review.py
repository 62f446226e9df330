"""Asking for a review: what may not go with the ask (D4c to D4h)."""

from __future__ import annotations

from collections.abc import Iterable

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.language.scene import Scene
from gatepost_policies.model import Span


def asks_review(scene: Scene) -> tuple[Span, ...]:
    """Each ask for a product review, seller feedback, rating or stars (D4b)."""
    return tuple(hit.span for hit in scene.having("review_ask"))


def find_positive_only(case: Case, params: Params) -> Iterable[Evidence]:
    """Asks for a good review, praise or stars (D4c)."""
    return ()


def find_conditional_ask(case: Case, params: Params) -> Iterable[Evidence]:
    """Asks only the satisfied for a review (D4d)."""
    return ()


def find_diversion(case: Case, params: Params) -> Iterable[Evidence]:
    """Sends the unhappy elsewhere than to a review (D4g)."""
    return ()


def find_change_request(case: Case, params: Params) -> Iterable[Evidence]:
    """Asks to change or remove a review (D4e)."""
    return ()


def find_influence(case: Case, params: Params) -> Iterable[Evidence]:
    """Presses, pleads or dictates words (D4f)."""
    return ()


def find_incentive(case: Case, params: Params) -> Iterable[Evidence]:
    """Offers something of value around a review (D4h)."""
    return ()

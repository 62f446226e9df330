"""Marketing and the promotion of other products (G2, P4, P5)."""

from __future__ import annotations

from collections.abc import Iterable

from gatepost_policies.checks.case import Case, Evidence, Params


def find_marketing(case: Case, params: Params) -> Iterable[Evidence]:
    """Offers, codes, newsletters, social media, repeat purchase (G2, P4)."""
    return ()


def find_cross_promotion(case: Case, params: Params) -> Iterable[Evidence]:
    """Other products, other shops, third parties (P5)."""
    return ()

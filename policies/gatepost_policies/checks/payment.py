"""Payment and refunds outside Amazon's own payments (A4)."""

from __future__ import annotations

from collections.abc import Iterable

from gatepost_policies.checks.case import Case, Evidence, Params


def find_off_amazon_payment(case: Case, params: Params) -> Iterable[Evidence]:
    """Proposes to pay or to be paid another way than through Amazon (A4)."""
    return ()

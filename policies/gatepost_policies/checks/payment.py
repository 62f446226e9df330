"""Payment and refunds outside Amazon's own payments (A4)."""

from __future__ import annotations

from collections.abc import Iterable

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.checks.review import evidence, shared_asks


def find_off_amazon_payment(case: Case, params: Params) -> Iterable[Evidence]:
    """Proposes to pay or to be paid another way than through Amazon (A4)."""
    talk = shared_asks(case).talk
    spans = [hit.span for _, hit in talk.meant("pay_outside", besides=("pay_inside",))]
    return evidence(case, spans, "goes round Amazon's own payments")

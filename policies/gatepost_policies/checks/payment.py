"""Payment and refunds outside Amazon's own payments (A4)."""

from __future__ import annotations

from collections.abc import Iterable

from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.checks.review import evidence, shared_asks


def find_off_amazon_payment(case: Case, params: Params) -> Iterable[Evidence]:
    """Proposes to pay or to be paid another way than through Amazon (A4)."""
    asks = shared_asks(case)
    spans = [
        hit.span
        for number, hit in asks.talk.meant("pay_outside", besides=("pay_inside",))
        if not (asks.any and asks.talk.sentences[number].has("gift"))  # how a reward is paid: an incentive
    ]
    return evidence(case, spans, "goes round Amazon's own payments")

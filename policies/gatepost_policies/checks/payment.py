"""Payment and refunds outside Amazon's own payments (A4)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

from gatepost_policies.checks.asks import asks_of
from gatepost_policies.checks.case import Case, Evidence, Params
from gatepost_policies.checks.incentive import rewards
from gatepost_policies.checks.review import evidence
from gatepost_policies.checks.sense import inside
from gatepost_policies.model import Span


def find_off_amazon_payment(case: Case, params: Params) -> Iterable[Evidence]:
    """Proposes to pay or to be paid another way than through Amazon (A4)."""
    asks = asks_of(case)
    rewarded = sorted(rewards(asks), key=_place)

    def pays_reward(number: int) -> bool:
        """Whether the sentence says how a reward is paid: then it is part of the incentive."""
        sentence = asks.talk.sentences[number]
        whole = Span(sentence.passage, sentence.start, sentence.end)
        first = bisect_left(rewarded, _place(whole), key=_place)
        last = bisect_left(rewarded, (whole.passage, whole.end), key=_place)
        return any(inside(span, whole) for span in rewarded[first:last])

    spans = [
        hit.span
        for number, hit in asks.talk.meant("pay_outside", besides=("pay_inside",))
        if not pays_reward(number)
    ]
    means = asks.talk.together(
        "pay_means", ("pay_moves",), unless=("pay_inside", "pay_outside"), anywhere=True
    )
    spans += [hit.span for number, hit in means if not pays_reward(number)]
    return evidence(case, spans, "goes round Amazon's own payments")


def _place(span: Span) -> tuple[int, int]:
    return span.passage, span.start

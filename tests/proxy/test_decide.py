"""The table from verdict to decision."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gatepost.decide import decide, excused, is_proactive, repeat_finding, repeated, unjudged
from gatepost.model import Claim, ClaimState, Judgement, MessageId, MessageState, OrderId, Session
from gatepost_policies.model import Action, Mode
from kit.messages import (
    AT,
    ONE_PER_ORDER,
    ORDER,
    SELLER,
    UNREADABLE,
    allowance,
    entry,
    finding,
    judgement,
    message,
)

ACTIONS = [
    (Action.RELAY, Mode.ENFORCE, MessageState.ATTEMPTING),
    (Action.QUARANTINE, Mode.ENFORCE, MessageState.HELD),
    (Action.REJECT, Mode.ENFORCE, MessageState.REFUSED),
    (Action.REJECT, Mode.SHADOW, MessageState.ATTEMPTING),
    (Action.QUARANTINE, Mode.OFF, MessageState.ATTEMPTING),
]


@pytest.mark.parametrize(("action", "mode", "state"), ACTIONS)
def test_the_action_of_an_enforced_finding_decides(action: Action, mode: Mode, state: MessageState) -> None:
    judged = judgement(finding(action=action, mode=mode))
    assert decide(judged, one_per_order=Mode.ENFORCE).state is state


def test_the_strictest_finding_wins() -> None:
    judged = judgement(finding(action=Action.QUARANTINE), finding(action=Action.REJECT))
    assert decide(judged, one_per_order=Mode.ENFORCE).state is MessageState.REFUSED


def test_a_mail_without_a_buyer_passes() -> None:
    assert decide(Judgement((), None), one_per_order=Mode.ENFORCE).action == "pass"


@pytest.mark.parametrize(("mode", "claims"), [(Mode.ENFORCE, 2), (Mode.SHADOW, 2), (Mode.OFF, 0)])
def test_a_review_request_needs_every_order_it_names(mode: Mode, claims: int) -> None:
    judged = judgement(orders=[ORDER, "113-1234567-1234567"], asks_review=True)
    assert len(decide(judged, one_per_order=mode).claims) == claims


def test_only_a_mail_that_goes_out_claims_its_order() -> None:
    judged = judgement(finding(action=Action.QUARANTINE), asks_review=True)
    assert decide(judged, one_per_order=Mode.ENFORCE).claims == ()


@pytest.mark.parametrize(("action", "mode", "state"), ACTIONS)
def test_a_repeat_acts_as_its_rule_says(action: Action, mode: Mode, state: MessageState) -> None:
    first = decide(judgement(asks_review=True), one_per_order=Mode.ENFORCE)
    again = repeated(first, finding("d4b", action=action, mode=mode))
    assert (again.state, again.claims) == (state, ())


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (ClaimState.CONFIRMED, "the first went out on 2026-11-23"),
        (ClaimState.IN_DOUBT, "may have gone out on 2026-11-23"),
        (ClaimState.RESERVED, "on its way since 2026-11-23"),
    ],
)
def test_a_repeat_names_the_day_of_the_first(state: ClaimState, words: str) -> None:
    claim = Claim(OrderId(ORDER), state, MessageId("m0"), AT)
    assert words in repeat_finding(ONE_PER_ORDER, claim).evidence


def test_what_could_not_be_judged_is_held_with_the_reason() -> None:
    decision = unjudged(UNREADABLE, "took longer than 8 s")
    assert (decision.state, decision.findings[0].evidence) == (MessageState.HELD, "took longer than 8 s")


@pytest.mark.parametrize(
    ("scope", "excuses"),
    [
        pytest.param({"sender": SELLER}, True, id="sender"),
        pytest.param({"sender": "@shop.example"}, True, id="domain"),
        pytest.param({"sender": "@example"}, False, id="upper domain"),
        pytest.param({"account": "shop1"}, True, id="account"),
        pytest.param({"account": "shop2"}, False, id="other account"),
        pytest.param({"order": ORDER}, True, id="order"),
        pytest.param({"order": "112-1234567-7654321"}, False, id="other order"),
        pytest.param({"words": "shop.example"}, True, id="words"),
        pytest.param({"words": "shop"}, False, id="a part of the words"),
        pytest.param({"sender": SELLER, "account": "shop2"}, False, id="one of two"),
        pytest.param({"rule": "p4-marketing", "sender": SELLER}, False, id="other rule"),
    ],
)
def test_an_exception_covers_its_scope_only(scope: dict[str, str], excuses: bool) -> None:
    judged = excused(
        judgement(finding()), [allowance(**scope)], account="shop1", mail_from="bounces@desk.example"
    )
    assert judged.verdict is not None
    assert judged.verdict.action is (Action.RELAY if excuses else Action.REJECT)


def test_an_order_is_not_allowed_in_the_company_of_another() -> None:
    both = judgement(finding(), orders=[ORDER, "112-1234567-7654321"])
    judged = excused(both, [allowance(order=ORDER)], account="", mail_from="")
    assert judged == both


def test_the_envelopes_sender_is_a_sender_too() -> None:
    judged = excused(
        judgement(finding()), [allowance(sender="b@desk.example")], account="", mail_from="B@desk.example"
    )
    assert judged.verdict is not None
    assert [found.acts for found in judged.verdict.findings] == [False]


def test_mail_without_a_verdict_needs_no_exception() -> None:
    passing = Judgement(buyers=(), verdict=None)
    assert excused(passing, [allowance()], account="", mail_from="") is passing


@pytest.mark.parametrize(
    ("changes", "proactive"),
    [
        ({"purpose": "shipment-confirmation"}, True),
        ({"purpose": "customer-service"}, False),
        ({"purpose": "customer-service", "asks_review": True}, True),
        ({"purpose": "shipment-confirmation", "action": "quarantine"}, False),
        ({"purpose": "other", "buyers": ()}, False),
        ({"purpose": "other", "session": Session("", "", "ESMTP", inbound=True)}, False),
    ],
)
def test_what_a_person_sent_or_what_answers_is_not_proactive(
    changes: dict[str, Any], proactive: bool
) -> None:
    assert is_proactive(replace(entry(message()), **changes)) is proactive

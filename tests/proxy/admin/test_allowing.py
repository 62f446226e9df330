from __future__ import annotations

from dataclasses import replace

import pytest

from gatepost.admin.access import Role, Visitor
from gatepost.admin.allowing import Asked, allowance, may_allow, scopes
from gatepost_policies.model import Action
from kit.messages import AT, ORDER, SELLER, finding
from kit.site import held

RITA = Visitor("rita", Role.REVIEWER, "s")
HELD = held("held1", AT)
FOUND = HELD.findings[0]


def test_a_mail_offers_its_own_scope_only() -> None:
    assert scopes(HELD, FOUND) == {"sender": SELLER, "order": ORDER, "words": "20% off your next order"}
    several = replace(HELD, order_ids=(*HELD.order_ids, HELD.order_ids[0]), sender="")
    assert scopes(several, replace(FOUND, evidence="")) == {"sender": SELLER}


@pytest.mark.parametrize(
    ("role", "action", "may"),
    [
        (Role.REVIEWER, Action.QUARANTINE, True),
        (Role.REVIEWER, Action.REJECT, False),
        (Role.ADMIN, Action.REJECT, True),
        (Role.AUDITOR, Action.QUARANTINE, False),
        (Role.AGENT, Action.QUARANTINE, False),
    ],
)
def test_who_may_allow_what(role: Role, action: Action, may: bool) -> None:
    assert may_allow(Visitor("x", role, "s"), finding(action=action)) is may


@pytest.mark.parametrize(
    "asked",
    [
        Asked(FOUND.rule, sender="other@shop.example", reason="because"),
        Asked(FOUND.rule, sender="@example", reason="because"),
        Asked(FOUND.rule, order="112", reason="because"),
        Asked(FOUND.rule, words="off", reason="because"),
    ],
)
def test_a_scope_that_the_mail_does_not_have_is_refused(asked: Asked) -> None:
    with pytest.raises(ValueError, match="no such"):
        allowance(HELD, asked, visitor=RITA, now=AT)


def test_an_exception_names_who_made_it_from_which_mail() -> None:
    asked = Asked(FOUND.rule, sender="@shop.example", days=1, reason="because")
    made = allowance(HELD, asked, visitor=RITA, now=AT)
    assert (made.by, made.message, made.sender, made.at) == ("rita", "held1", "@shop.example", AT)
    assert (made.until - AT).days == 1

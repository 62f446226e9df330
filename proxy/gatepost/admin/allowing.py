"""Making an exception from a finding: what it covers, who may, for how long. For pages and API alike."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gatepost.admin.access import Permission, Visitor
from gatepost.model import Allowance, Entry
from gatepost_policies.model import Action, Finding

DAYS = (1, 7, 30, 90)
LEAST_REASON, MOST_REASON = 3, 500
NOT_BY_EXCEPTION = frozenset({"review-repeat", "unreadable-content"})
"""What no rule alone decides: the ledger grants another request, a release judges what was unreadable."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person wants to allow. Of the scope's parts those count that are set."""

    rule: str
    sender: str = ""
    account: str = ""
    order: str = ""
    words: str = ""
    days: int = 7
    reason: str = ""


def scopes(entry: Entry, finding: Finding) -> Mapping[str, str]:
    """The parts of a scope that a mail offers: their names, and what they would be."""
    sender = (entry.sender or entry.envelope.mail_from).casefold()
    offered = {
        "sender": sender,
        "account": entry.session.account,
        "order": entry.order_ids[0] if len(entry.order_ids) == 1 else "",
        "words": " ".join(finding.evidence.split()).casefold(),
    }
    return {name: value for name, value in offered.items() if value}


def may_allow(visitor: Visitor, finding: Finding) -> bool:
    """Whether they may: what is held, whoever releases; what is refused, only who may grant."""
    if finding.category in NOT_BY_EXCEPTION:
        return False
    wanted = Permission.DECIDE if finding.action is not Action.REJECT else Permission.GRANT
    return visitor.may(wanted)


def allowance(entry: Entry, asked: Asked, *, visitor: Visitor, now: datetime) -> Allowance:
    """The exception that was asked for. Raises ValueError, with a sentence, for one that may not be."""
    finding = next((each for each in entry.findings if each.rule == asked.rule), None)
    if finding is None:
        raise ValueError("That rule found nothing in this mail.")
    if not may_allow(visitor, finding):
        raise ValueError("Your role does not allow an exception from this rule.")
    scope = _scope(entry, asked)
    if not scope:
        raise ValueError("Say for what it holds: an exception for everything is a setting of the rule.")
    if asked.days not in DAYS:
        raise ValueError("An exception ends: choose for how long it holds.")
    if not LEAST_REASON <= len(asked.reason) <= MOST_REASON:
        raise ValueError("Say why: the reason stands in the audit trail.")
    return Allowance(
        id=f"x{secrets.token_hex(6)}",
        rule=asked.rule,
        reason=asked.reason,
        by=visitor.name,
        at=now,
        until=now + timedelta(days=asked.days),
        message=entry.id,
        sender=scope.get("sender", ""),
        account=scope.get("account", ""),
        order=scope.get("order", ""),
        words=scope.get("words", ""),
    )


def _scope(entry: Entry, asked: Asked) -> dict[str, str]:
    """The parts that are set; each must be one that the mail offers, or the domain of its sender."""
    scope = {}
    for name in ("sender", "account", "order", "words"):
        value = str(getattr(asked, name))
        if not value:
            continue
        offered = {
            each
            for finding in entry.findings
            if finding.rule == asked.rule
            for part, each in scopes(entry, finding).items()
            if part == name
        }
        if name == "sender":
            offered |= {f"@{sender.rpartition('@')[2]}" for sender in offered}
        if value not in offered:
            raise ValueError(f"This mail has no such {name}.")
        scope[name] = value
    return scope

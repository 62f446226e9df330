"""Judgement -> Decision: what becomes of a message. A table, pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gatepost.model import Allowance, Claim, ClaimState, Entry, Judgement, MessageState, OrderId
from gatepost_policies.model import Action, Finding, Mode, Purpose

PASS = "pass"  # noqa: S105 - the action's name in the journal for mail without a buyer


@dataclass(frozen=True, slots=True)
class Decision:
    """Where a message goes first, why, and which orders' review requests it needs for that."""

    state: MessageState  # ATTEMPTING, HELD or REFUSED
    action: str
    findings: tuple[Finding, ...] = ()
    claims: tuple[OrderId, ...] = ()


def decide(judgement: Judgement, *, one_per_order: Mode) -> Decision:
    """What to do with a judged message; `one_per_order` is the mode of the ledger's rule (D4b)."""
    verdict = judgement.verdict
    if verdict is None:
        return Decision(MessageState.ATTEMPTING, PASS)
    match verdict.action:
        case Action.REJECT:
            return Decision(MessageState.REFUSED, Action.REJECT.word, verdict.findings)
        case Action.QUARANTINE:
            return Decision(MessageState.HELD, Action.QUARANTINE.word, verdict.findings)
        case Action.RELAY | Action.REPAIR:
            asks = verdict.asks_review and one_per_order is not Mode.OFF
            claims = tuple(OrderId(order) for order in verdict.order_ids) if asks else ()
            return Decision(MessageState.ATTEMPTING, Action.RELAY.word, verdict.findings, claims)


def excused(
    judgement: Judgement, allowances: Sequence[Allowance], *, account: str, mail_from: str
) -> Judgement:
    """The judgement without the weight of what people allowed: such findings are only recorded."""
    verdict = judgement.verdict
    if verdict is None or not allowances:
        return judgement
    senders = {judgement.sender.casefold(), mail_from.casefold()} - {""}
    senders |= {f"@{sender.rpartition('@')[2]}" for sender in senders}
    covering = [each for each in allowances if _covers(each, account, senders, verdict.order_ids)]
    findings = tuple(_excused(finding, covering) for finding in verdict.findings)
    return replace(judgement, verdict=replace(verdict, findings=findings))


def _covers(allowance: Allowance, account: str, senders: set[str], orders: Sequence[str]) -> bool:
    return (
        allowance.account in ("", account)
        and (not allowance.sender or allowance.sender in senders)
        and (not allowance.order or tuple(orders) == (allowance.order,))
    )


def _excused(finding: Finding, allowances: Sequence[Allowance]) -> Finding:
    words = " ".join(finding.evidence.split()).casefold()
    for each in allowances:
        if finding.acts and each.rule == finding.rule and each.words in ("", words):
            said = f"allowed until {each.until.date().isoformat()} by {each.by}: {each.reason}"
            note = f"{finding.note}; {said}" if finding.note else said
            return replace(finding, mode=Mode.SHADOW, note=note)
    return finding


def judged(entry: Entry, judgement: Judgement) -> Entry:
    """`entry` with what the judgement says of the mail; its findings and its fate stay."""
    verdict = judgement.verdict
    if verdict is None:
        return replace(entry, subject=judgement.subject, sender=judgement.sender, buyers=judgement.buyers)
    return replace(
        entry,
        subject=judgement.subject,
        sender=judgement.sender,
        buyers=judgement.buyers,
        words=judgement.words,
        edition=verdict.edition,
        digest=verdict.digest,
        purpose=verdict.purpose.value,
        language=verdict.language,
        order_ids=tuple(OrderId(order) for order in verdict.order_ids),
        asks_review=verdict.asks_review,
    )


def is_proactive(entry: Entry) -> bool:
    """Whether a stored mail goes to buyers of the seller's own accord, and no person has sent it."""
    by_person = entry.action == Action.QUARANTINE.word
    answers = entry.purpose == Purpose.SERVICE.value and not entry.asks_review
    return bool(entry.buyers) and not (by_person or answers or entry.session.inbound)


def repeated(decision: Decision, finding: Finding) -> Decision:
    """The decision once the ledger said that an order's review request is spent (D4b)."""
    found = replace(decision, findings=(*decision.findings, finding), claims=())
    if not finding.acts:
        return found
    match finding.action:
        case Action.REJECT:
            return replace(found, state=MessageState.REFUSED, action=Action.REJECT.word)
        case Action.QUARANTINE:
            return replace(found, state=MessageState.HELD, action=Action.QUARANTINE.word)
        case Action.RELAY | Action.REPAIR:
            return found


def repeat_finding(rule: Finding, claim: Claim) -> Finding:
    """The ledger's finding: `rule` is the pack's rule as a finding, `claim` the request that stands."""
    day = claim.at.date().isoformat()
    match claim.state:
        case ClaimState.CONFIRMED:
            first = f"the first went out on {day}"
        case ClaimState.IN_DOUBT:
            first = f"the first may have gone out on {day} and counts as sent"
        case ClaimState.RESERVED | ClaimState.RELEASED | ClaimState.GRANTED:
            first = f"the first is on its way since {day}"
    return replace(rule, evidence=f"order {claim.order}: {first}")


def unjudged(rule: Finding, why: str) -> Decision:
    """Hold a mail that could not be judged within its budget: nothing unjudged goes out."""
    return Decision(MessageState.HELD, Action.QUARANTINE.word, (replace(rule, evidence=why),))

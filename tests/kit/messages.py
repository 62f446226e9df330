"""Builders of messages, entries and judgements for tests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gatepost.model import (
    Allowance,
    Entry,
    Envelope,
    Judgement,
    Message,
    MessageId,
    MessageState,
    Recipient,
    Session,
)
from gatepost_policies.model import Action, Finding, Mode, Purpose, Verdict

BUYER = "abcdefghij12345@marketplace.amazon.com"
SELLER = "help@shop.example"
ORDER = "112-1234567-1234567"
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RAW = (
    b"From: Shop <help@shop.example>\r\nTo: abcdefghij12345@marketplace.amazon.com\r\n"
    b"Subject: Order 112-1234567-1234567\r\nMessage-ID: <1@shop.example>\r\n\r\nIt is on its way.\r\n"
)


def message(
    id: str = "m1",
    *,
    raw: bytes = RAW,
    sender: str = SELLER,
    to: Sequence[str] = (BUYER,),
    account: str = "",
    at: datetime = AT,
) -> Message:
    """One message from a client of a trusted network."""
    session = Session(peer="192.0.2.7", helo="desk.example", protocol="ESMTP", account=account)
    envelope = Envelope(sender, tuple(Recipient(address) for address in to))
    return Message(MessageId(id), at, session, envelope, raw)


def finding(
    rule: str = "p1-external-link",
    *,
    category: str = "external-link",
    clause: str = "P1",
    action: Action = Action.REJECT,
    mode: Mode = Mode.ENFORCE,
    evidence: str = "shop.example",
) -> Finding:
    """One finding in a plain text part."""
    return Finding(
        rule=rule,
        category=category,
        clause=clause,
        action=action,
        mode=mode,
        evidence=evidence,
        part="text/plain",
        start=0,
        end=len(evidence),
        fix="Take the link out.",
        title="No links",
    )


ONE_PER_ORDER = finding("d4b-one-per-order", category="review-repeat", clause="D4b", evidence="")
UNREADABLE = finding(
    "g1-unreadable", category="unreadable-content", clause="G1", action=Action.QUARANTINE, evidence=""
)


def allowance(rule: str = "p1-external-link", **scope: Any) -> Allowance:
    """An exception for a week; without a scope it is for the seller's address."""
    base = Allowance("e1", rule, "the carrier's own page", "ada", AT, AT + timedelta(days=7))
    return replace(base, **(scope or {"sender": SELLER}))


def verdict(*findings: Finding, orders: Sequence[str] = (ORDER,), asks_review: bool = False) -> Verdict:
    """A verdict of the shipped edition."""
    return Verdict(
        edition="amazon-2018-10",
        digest="d1",
        purpose=Purpose.REVIEW_REQUEST if asks_review else Purpose.SERVICE,
        language="en",
        order_ids=tuple(orders),
        findings=findings,
        links=(),
        asks_review=asks_review,
    )


def judgement(*findings: Finding, orders: Sequence[str] = (ORDER,), asks_review: bool = False) -> Judgement:
    """What judging a mail to the buyer gave."""
    found = verdict(*findings, orders=orders, asks_review=asks_review)
    return Judgement(buyers=(BUYER,), verdict=found, subject=f"Order {ORDER}", sender=SELLER)


def entry(of: Message, state: MessageState = MessageState.ATTEMPTING, *, attempts: int = 0) -> Entry:
    """The journal's entry of a message."""
    return Entry(
        id=of.id,
        received_at=of.received_at,
        state=state,
        session=of.session,
        envelope=of.envelope,
        subject=f"Order {ORDER}",
        sender=SELLER,
        size_bytes=len(of.raw),
        fingerprint=f"f-{of.id}",
        buyers=(BUYER,),
        action="relay",
        attempts=attempts,
        has_raw=True,
    )

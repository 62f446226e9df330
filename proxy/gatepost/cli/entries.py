"""One message of the journal, as JSON by the contract and as lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gatepost.cli.desk import local
from gatepost.cli.report import finding_lines
from gatepost.cli.terminal import harmless
from gatepost.model import Entry
from gatepost.report import entry_as_json, iso
from gatepost_policies.facts import read


def full_json(entry: Entry) -> dict[str, Any]:
    """All that is known of one message but its text."""
    return {
        **entry_as_json(entry),
        "mail_from": entry.envelope.mail_from,
        "account": entry.session.account,
        "peer": entry.session.peer,
        "size_bytes": entry.size_bytes,
        "action": entry.action,
        "edition": entry.edition,
        "purpose": entry.purpose,
        "language": entry.language,
        "asks_review": entry.asks_review,
        "attempts": entry.attempts,
        "next_attempt_at": iso(entry.next_attempt_at),
        "last_error": entry.last_error,
        "kept": entry.has_raw,
    }


def lines(entry: Entry) -> Iterator[str]:
    """What a reviewer wants to know."""
    yield f"{entry.id}: {entry.state.value}"
    yield f"From: {harmless(entry.sender or entry.envelope.mail_from)}"
    yield f"To: {harmless(', '.join(entry.envelope.rcpt_tos))}"
    yield f"Subject: {harmless(entry.subject)}"
    yield f"Came: {local(entry.received_at)}   due: {local(entry.deadline_at)}"
    if entry.order_ids:
        yield f"Orders: {', '.join(entry.order_ids)}"
    if entry.purpose:
        yield f"Purpose: {entry.purpose}   edition: {entry.edition}"
    if entry.last_error:
        yield f"Last error: {harmless(entry.last_error)}"
    for finding in entry.findings:
        yield from finding_lines(finding)


def text_of(raw: bytes) -> str:
    """The words of the mail as a reader sees them."""
    passages = [passage for passage in read(raw).mail.passages if passage.label != "subject"]
    return "\n".join(f"[{passage.label}]\n{passage.text.strip()}\n" for passage in passages)

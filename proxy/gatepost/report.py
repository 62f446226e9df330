"""Verdicts, held mails, users and tokens as JSON objects: for the commands and the API alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from gatepost.directory import Token, User
from gatepost.model import Entry
from gatepost_policies.model import Finding, Verdict


def verdict_as_json(verdict: Verdict) -> dict[str, Any]:
    """What `gatepost check --json` prints below the file's name, its keys in the contract's order."""
    return {
        "edition": verdict.edition,
        "action": verdict.action.word,
        "purpose": verdict.purpose.value,
        "language": verdict.language,
        "order_ids": list(verdict.order_ids),
        "findings": [finding_as_json(finding) for finding in verdict.findings],
        "links": [
            {
                "url": link.url,
                "host": link.host,
                "shown": link.shown,
                "allowed": link.allowed,
                "why": link.why,
            }
            for link in verdict.links
        ],
    }


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """One finding, its keys in the contract's order."""
    return {
        "rule": finding.rule,
        "category": finding.category,
        "clause": finding.clause,
        "action": finding.action.word,
        "mode": finding.mode.value,
        "evidence": finding.evidence,
        "part": finding.part,
        "start": finding.start,
        "end": finding.end,
        "fix": finding.fix,
    }


def entry_as_json(entry: Entry) -> dict[str, Any]:
    """What `gatepost quarantine list --json` prints of one mail, its keys in the contract's order."""
    return {
        "id": entry.id,
        "held_at": iso(entry.received_at),
        "deadline_at": iso(entry.deadline_at),
        "sender": entry.sender or entry.envelope.mail_from,
        "recipients": list(entry.envelope.rcpt_tos),
        "subject": entry.subject,
        "order_ids": list(entry.order_ids),
        "findings": [finding_as_json(finding) for finding in entry.findings],
        "state": entry.state.value,
    }


def user_as_json(user: User) -> dict[str, Any]:
    """A gateway user, without anything secret."""
    return {
        "name": user.name,
        "role": user.role.value,
        "disabled": user.disabled,
        "must_change": user.must_change,
        "email": user.email,
        "second_factor": user.has_totp,
        "created_at": iso(user.created_at),
    }


def token_as_json(token: Token) -> dict[str, Any]:
    """A token of a program, without its secret."""
    return {
        "id": token.id,
        "user": token.user,
        "label": token.label,
        "scopes": [scope.value for scope in token.scopes],
        "created_at": iso(token.created_at),
        "created_by": token.created_by,
        "expires_at": iso(token.expires_at),
        "used_at": iso(token.used_at),
        "revoked_at": iso(token.revoked_at),
    }


def iso(at: datetime | None) -> str | None:
    """A time as JSON has it: UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else None

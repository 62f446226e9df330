"""The contract's JSON, key by key."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from gatepost.directory import Role, Scope, Token, User
from gatepost.model import MessageState
from gatepost.report import (
    entry_as_json,
    finding_as_json,
    iso,
    token_as_json,
    user_as_json,
    verdict_as_json,
)
from kit.messages import AT, SELLER, entry, finding, message, verdict


def test_the_keys_of_a_verdict_stand_in_the_contracts_order() -> None:
    assert list(verdict_as_json(verdict(finding()))) == [
        *("edition", "action", "purpose", "language", "order_ids", "findings", "links"),
    ]


def test_the_keys_of_a_finding_stand_in_the_contracts_order() -> None:
    assert list(finding_as_json(finding())) == [
        *("rule", "category", "clause", "action", "mode", "evidence", "part", "start", "end", "fix"),
    ]


def test_the_keys_of_a_held_mail_stand_in_the_contracts_order() -> None:
    held = replace(entry(message(), MessageState.HELD), deadline_at=AT + timedelta(hours=24))
    shown = entry_as_json(held)
    assert list(shown) == [
        *("id", "held_at", "deadline_at", "sender", "recipients", "subject", "order_ids", "findings"),
        "state",
    ]
    assert (shown["held_at"], shown["deadline_at"]) == ("2026-11-23T09:00:00Z", "2026-11-24T09:00:00Z")


def test_without_a_from_header_the_envelopes_sender_is_named() -> None:
    assert entry_as_json(replace(entry(message()), sender=""))["sender"] == SELLER


def test_times_are_utc_to_the_second() -> None:
    east = datetime(2026, 11, 23, 10, 0, 0, 999_999, tzinfo=timezone(timedelta(hours=1)))
    assert iso(east) == "2026-11-23T09:00:00Z"
    assert iso(None) is None
    assert east.tzinfo is not UTC


def test_a_user_and_a_token_are_told_without_anything_secret() -> None:
    user = User("ada", Role.AGENT, disabled=False, must_change=True, created_at=AT, oidc="idp 7")
    token = Token("t1", "ada", "desk", (Scope.CHECK,), AT, "root", AT + timedelta(days=1))

    assert user_as_json(user) == {
        "name": "ada",
        "role": "agent",
        "disabled": False,
        "must_change": True,
        "email": "",
        "second_factor": False,
        "created_at": "2026-11-23T09:00:00Z",
    }
    assert token_as_json(token) == {
        "id": "t1",
        "user": "ada",
        "label": "desk",
        "scopes": ["check"],
        "created_at": "2026-11-23T09:00:00Z",
        "created_by": "root",
        "expires_at": "2026-11-24T09:00:00Z",
        "used_at": None,
        "revoked_at": None,
    }

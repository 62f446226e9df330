from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gatepost.model import Entry, MessageState
from gatepost.notices import words
from gatepost.ports import Tripped
from gatepost_policies.model import Mode
from kit.messages import AT, entry, finding, message


def held(**changes: object) -> Entry:
    made = replace(entry(message(), MessageState.HELD), findings=(finding(),), deadline_at=AT)
    return replace(made, **changes)  # type: ignore[arg-type]  # fields by name


@pytest.mark.parametrize(
    ("state", "head"),
    [
        (MessageState.HELD, "Held for review: "),
        (MessageState.REJECTED, "Not sent: "),
        (MessageState.REFUSED, "Refused: "),
    ],
)
def test_each_notice_says_what_happened_what_was_found_and_how_to_mend_it(
    state: MessageState, head: str
) -> None:
    subject, text = words.told(held(), state, link="https://gate.example/link/x")

    assert subject.startswith(head)
    assert 'Found: "shop.example"' in text
    assert "How to mend it: Take the link out." in text
    assert "https://gate.example/link/x" in text
    assert "m1" in text


def test_what_is_only_recorded_is_not_held_against_the_sender() -> None:
    shadow = finding("style", mode=Mode.SHADOW, evidence="ALL CAPS")

    assert "ALL CAPS" not in words.told(held(findings=(finding(), shadow)), MessageState.HELD, link="")[1]


def test_very_many_findings_are_cut() -> None:
    many = tuple(finding(f"rule-{number}") for number in range(40))

    assert "... and 28 more." in words.told(held(findings=many), MessageState.HELD, link="")[1]


def test_a_list_tells_how_much_time_is_left_and_hides_control_characters() -> None:
    late = held(subject="a\r\n\x1b[31mb", deadline_at=AT - timedelta(minutes=61))
    _, text = words.digest([held(deadline_at=AT + timedelta(hours=5)), late], 3, now=AT, link=lambda _: "")

    assert "5 h 0 min left" in text
    assert "1 h 1 min OVER" in text
    assert "\x1b" not in text
    assert "... and 1 more." in text


def test_who_is_told_of_the_breaker_is_told_where_to_reset_it() -> None:
    tripped = Tripped(AT, "Amazon", "restricted")
    _, text = words.breaker(tripped, site_url="https://gate.example")
    assert "\n  https://gate.example/breaker\n" in text
    _, text = words.breaker(tripped, site_url="")
    assert "site" not in text
    assert "\n  gatepost inbound reset --reason TEXT\n" in text

from __future__ import annotations

from dataclasses import replace

import dkim
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.inbound.arrival import examine
from gatepost.inbound.look import Rules, look
from gatepost.inbound.marks import LONGEST_REASON, MOST_REASONS, marked
from kit.arrivals import RECORD, Records, arriving, signed


def lines(raw: bytes) -> list[bytes]:
    head = raw.partition(b"\r\n\r\n")[0]
    return [line for line in head.split(b"\r\n") if line.lower().startswith(b"x-gatepost-")]


def mark(raw: bytes, **more: str) -> bytes:
    return marked(raw, look(raw, Rules(), Records()).arrival, **more)


def test_a_genuine_mail_is_marked_so_and_its_signature_still_fits() -> None:
    raw = signed(arriving())
    assert lines(mark(raw)) == [b"X-Gatepost-Inbound: genuine (dkim amazon.com)"]
    assert mark(raw).endswith(raw)
    assert dkim.verify(mark(raw), dnsfunc=lambda name, timeout=5: RECORD)


def test_the_reasons_stand_below_the_verdict() -> None:
    found = lines(mark(arriving("Amazon <x@amazon-help.example>", "See https://evil.example/")))
    assert found == [
        b"X-Gatepost-Inbound: suspicious",
        b"X-Gatepost-Reason: a2-sender: calls itself Amazon and comes from elsewhere",
        b"X-Gatepost-Reason: a3-link: leads to evil.example",
    ]


@pytest.mark.parametrize(
    ("sender", "verdict"),
    [("Ann <ann@mail.example>", b"other"), ("Ann <a@marketplace.amazon.de>", b"unchecked")],
)
def test_other_mail_is_told_apart(sender: str, verdict: bytes) -> None:
    raw = arriving(sender)
    assert lines(marked(raw, examine(raw, None))) == [b"X-Gatepost-Inbound: " + verdict]


def test_what_a_stranger_wrote_in_our_name_is_taken_out() -> None:
    forged = b"X-Gatepost-Inbound: genuine\r\n folded\r\nx-gatepost-reason : none\r\nX-Gatepostman: stays\r\n"
    assert lines(mark(forged + arriving())) == [
        b"X-Gatepost-Inbound: suspicious",
        b"X-Gatepost-Reason: a2-signature: no signature of Amazon's holds",
    ]
    assert b"X-Gatepostman: stays" in mark(forged + arriving())


def test_the_subject_is_changed_only_where_that_is_asked_for_and_only_of_suspicious_mail() -> None:
    assert b"\r\nSubject: [?] Order 112" in mark(arriving(), subject_mark="[?]")
    assert b"\r\nSubject: Order 112" in mark(arriving())
    assert b"\r\nSubject: Order 112" in mark(signed(arriving()), subject_mark="[?]")


def test_reasons_are_few_and_short() -> None:
    raw = arriving("Amazon <x@amazon-help.example>")
    arrival = examine(raw, None)
    (found,) = arrival.findings
    many = replace(arrival, findings=(replace(found, note="far too long " * 100),) * (MOST_REASONS + 5))
    reasons = lines(marked(raw, many))[1:]
    assert len(reasons) == MOST_REASONS
    assert {len(line) for line in reasons} == {len("X-Gatepost-Reason: ") + LONGEST_REASON}


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_below_the_marks_nothing_else_changes(raw: bytes) -> None:
    raw = raw.replace(b"\r", b"").replace(b"\n", b"\r\n")
    arrival = examine(raw, None)
    if b"x-gatepost" not in raw.lower():
        assert marked(raw, arrival).endswith(raw)

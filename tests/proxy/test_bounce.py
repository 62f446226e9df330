"""The report to a sender, read back by another program's parser."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes

import pytest

from gatepost.bounce import Failure, compose_bounce
from gatepost.model import Recipient, RelayReply
from kit.messages import AT, BUYER, message

FAILURE = Failure(BUYER, RelayReply(550, "5.1.1", "no such user"))


def test_it_is_a_delivery_status_notification() -> None:
    report = message_from_bytes(compose_bounce(message(), (FAILURE,), hostname="gate.example", at=AT))
    assert report.get_content_type() == "multipart/report"
    assert report.get_param("report-type") == "delivery-status"
    assert [part.get_content_type() for part in report.get_payload() if not isinstance(part, str)] == [
        "text/plain",
        "message/delivery-status",
        "text/rfc822-headers",
    ]
    assert report["Auto-Submitted"] == "auto-replied"


def test_it_names_each_recipient_and_the_relays_words() -> None:
    raw = compose_bounce(message(), (FAILURE,), hostname="gate.example", at=AT)
    assert f"Final-Recipient: rfc822; {BUYER}\r\n".encode() in raw
    assert b"Status: 5.1.1\r\nDiagnostic-Code: smtp; 550 5.1.1 no such user\r\n" in raw


def test_a_temporary_failure_is_final_by_now() -> None:
    late = Failure(BUYER, RelayReply(451, "4.4.7", "not in time"))
    assert b"Status: 5.4.7" in compose_bounce(message(), (late,), hostname="gate.example", at=AT)


def test_the_original_recipient_and_envelope_id_are_given_back() -> None:
    sent = message()
    asked = replace(sent.envelope, envid="Q7", recipients=(Recipient(BUYER, orcpt="rfc822;b@example.org"),))
    raw = compose_bounce(replace(sent, envelope=asked), (FAILURE,), hostname="gate.example", at=AT)
    assert b"Original-Envelope-Id: Q7" in raw
    assert b"Original-Recipient: rfc822;b@example.org" in raw


def test_only_the_headers_of_the_mail_are_enclosed() -> None:
    raw = compose_bounce(message(), (FAILURE,), hostname="gate.example", at=AT)
    assert b"Subject: Order 112-1234567-1234567" in raw
    assert b"It is on its way" not in raw


@pytest.mark.parametrize("text", ["x\r\nBcc: all@example.org", "x\ny", "x\ry"])
def test_the_relays_words_can_not_add_a_header_to_the_report(text: str) -> None:
    failure = Failure(BUYER, RelayReply(550, "5.0.0", text))
    report = message_from_bytes(compose_bounce(message(), (failure,), hostname="gate.example", at=AT))
    assert report["Bcc"] is None


def test_every_line_ends_in_crlf() -> None:
    raw = compose_bounce(message(), (FAILURE,), hostname="gate.example", at=AT)
    assert raw.count(b"\n") == raw.count(b"\r\n") == raw.count(b"\r")

"""The report to a sender, read back by another program's parser."""

from __future__ import annotations

from dataclasses import replace
from email import message_from_bytes
from email.message import Message
from email.utils import parsedate_to_datetime

import pytest

from gatepost.attempt import bounce_entry
from gatepost.bounce import Failure, compose_bounce
from gatepost.model import MessageId, Recipient, RelayReply
from kit.messages import AT, BUYER, entry, message

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


def status_of(raw: bytes) -> list[Message]:
    """The groups of fields of the report's machine-readable part, read by the library's parser."""
    parts = message_from_bytes(raw).get_payload()
    assert isinstance(parts, list)
    assert isinstance(parts[1], Message)
    groups = parts[1].get_payload()
    assert isinstance(groups, list)
    return [group for group in groups if isinstance(group, Message)]


def test_the_status_has_the_fields_that_rfc_3464_wants_once_a_group() -> None:
    other = Failure("c@example.org", RelayReply(552, "5.2.2", "full"))
    raw = compose_bounce(
        message(to=(BUYER, "c@example.org")), (FAILURE, other), hostname="gate.example", at=AT
    )
    whole, *each = status_of(raw)
    assert whole["Reporting-MTA"] == "dns; gate.example"
    assert [one["Final-Recipient"] for one in each] == [f"rfc822; {BUYER}", "rfc822; c@example.org"]
    assert [(one["Action"], one["Status"]) for one in each] == [("failed", "5.1.1"), ("failed", "5.2.2")]
    assert all(one["Diagnostic-Code"].startswith("smtp; 55") for one in each)
    assert all(parsedate_to_datetime(one["Last-Attempt-Date"]) == AT for one in each)


def test_an_international_address_is_ascii_in_the_status() -> None:
    failure = Failure("bü+c@example.org", RelayReply(550, "5.1.1", "größer"))
    raw = compose_bounce(message(), (failure,), hostname="gate.example", at=AT)
    (_, one) = status_of(raw)
    assert one["Final-Recipient"] == r"utf-8; b\x{FC}\x{2B}c@example.org"
    status = raw.partition(b"message/delivery-status")[2].partition(b"text/rfc822-headers")[0]
    assert status.isascii()


def test_no_line_is_longer_than_a_mail_may_have() -> None:
    long = message(raw=b"Subject: " + "ü".encode() * 5_000 + b"\r\n\r\nx")
    raw = compose_bounce(long, (FAILURE,), hostname="gate.example", at=AT)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    raw.decode("utf-8")


def test_a_report_is_from_nobody_in_its_envelope_and_says_that_no_one_wrote_it() -> None:
    made = bounce_entry(MessageId("b1"), entry(message()), now=AT, size_bytes=1)
    assert made.envelope.mail_from == ""
    raw = compose_bounce(message(), (FAILURE,), hostname="gate.example", at=AT)
    assert b"\r\nAuto-Submitted: auto-replied\r\n" in raw

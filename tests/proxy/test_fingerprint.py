"""What counts as the same mail again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatepost.fingerprint import fingerprint
from gatepost.upstream.trace import received_line
from kit.messages import BUYER, message

HEAD = b"Message-ID: <1@shop.example>\r\nSubject: Order 112-1234567-1234567\r\n"
BODY = b"\r\nIt is on its way.\r\n"
PARTS = b'Content-Type: multipart/alternative; boundary="%s"\r\n\r\n--%s\r\n\r\nHello\r\n--%s--\r\n'


def mark(raw: bytes, **about: object) -> str:
    return fingerprint(message(raw=raw, **about), to_buyer=True)  # type: ignore[arg-type] # builder's own words


@pytest.mark.parametrize(
    "again",
    [
        pytest.param(HEAD + b"Date: Tue, 24 Nov 2026 10:00:00 +0000\r\n" + BODY, id="new date"),
        pytest.param(b"Received: by x\r\n" + HEAD + BODY, id="one hop more"),
        pytest.param(HEAD.replace(b"Message-ID", b"MESSAGE-id") + BODY, id="letter case"),
        pytest.param(HEAD.replace(b": <", b":\r\n <") + BODY, id="folded"),
    ],
)
def test_a_resubmission_has_the_first_ones_fingerprint(again: bytes) -> None:
    assert mark(again) == mark(HEAD + BODY)


def test_new_part_boundaries_are_the_same_mail() -> None:
    assert mark(HEAD + PARTS % (b"a1", b"a1", b"a1")) == mark(HEAD + PARTS % (b"b22", b"b22", b"b22"))


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(HEAD + b"\r\nIt is not on its way.\r\n", id="other body, same Message-ID"),
        pytest.param(HEAD.replace(b"<1@", b"<2@") + BODY, id="other Message-ID"),
        pytest.param(HEAD.replace(b"Order", b"Your order") + BODY, id="other subject"),
    ],
)
def test_another_mail_has_another_fingerprint(other: bytes) -> None:
    assert mark(other) != mark(HEAD + BODY)


def test_the_same_mail_from_another_account_or_to_another_buyer_is_another() -> None:
    marks = {mark(HEAD + BODY), mark(HEAD + BODY, account="shop2"), mark(HEAD + BODY, to=["x" + BUYER])}
    assert len(marks) == 3


def test_the_order_of_recipients_does_not_matter() -> None:
    assert mark(HEAD + BODY, to=["a@b.example", BUYER]) == mark(HEAD + BODY, to=[BUYER, "a@b.example"])


def test_without_a_message_id_only_the_very_same_bytes_are_the_same() -> None:
    assert mark(BODY) == mark(BODY)
    assert mark(b"Date: now\r\n" + BODY) != mark(BODY)


def test_other_mail_without_a_message_id_is_never_taken_for_a_resubmission() -> None:
    assert fingerprint(message(raw=BODY), to_buyer=False) == ""


def test_a_mail_that_came_back_is_not_taken_for_its_own_resubmission() -> None:
    sent = message("01m83agyhf7yhf3810")
    back = replace(sent, raw=received_line(sent, "gate.example.com") + sent.raw)
    assert fingerprint(back, to_buyer=True) != fingerprint(sent, to_buyer=True)

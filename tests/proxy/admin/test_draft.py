from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.admin.draft import BUYER, _recipients, compose, from_file
from gatepost_policies.facts import buyers, read


@given(st.text(), st.text(), st.booleans())
def test_a_composed_draft_holds_the_words_and_no_header_of_their_making(
    subject: str, text: str, html: bool
) -> None:
    raw = compose(subject, text, html=html)
    head = raw.partition(b"\r\n\r\n")[0]

    assert head.count(b"\r\n") == 5
    assert b"\r" not in raw.replace(b"\r\n", b"")
    assert _recipients(raw) == (BUYER,)


def test_the_draft_goes_to_a_buyer() -> None:
    assert buyers([BUYER]) == (BUYER,)
    assert read(compose("Order", "Hello", html=False)).mail.subject == "Order"


def test_line_ends_of_a_file_become_those_of_mail() -> None:
    assert from_file(b"a\nb\r\nc\rd") == b"a\r\nb\r\nc\r\nd"


def test_recipients_come_from_to_and_cc() -> None:
    raw = b'To: "A, B" <a@x.example>, b@y.example\r\nCc: c@z.example (note)\r\nBcc: d@x.example\r\n\r\n'

    assert _recipients(raw) == ("a@x.example", "b@y.example", "c@z.example")


def test_a_field_of_nested_comments_is_no_trouble() -> None:
    assert _recipients(b"To: " + b"(" * 50_000 + b"a@x.example\r\n\r\n") in ((), ("a@x.example",))


PDF = b"%PDF-1.4\nsee: me\n"


def test_a_file_that_is_no_mail_is_attached_to_the_text() -> None:
    mail = read(from_file(PDF, 'a".pdf', subject="Order", text="Hello", html=False)).mail

    assert [(each.content, each.detected_type) for each in mail.attachments] == [(PDF, "application/pdf")]
    assert "Hello" in mail.passages[1].text
    assert mail.defects == ()


@pytest.mark.parametrize("name", ["a.eml", "saved", "a.msg.txt.eml"])
def test_a_mail_is_known_by_its_name_or_its_headers(name: str) -> None:
    raw = b"Subject: x\r\nTo: a@b.example\r\n\r\nhello\r\n"
    assert from_file(raw, name) == raw


@settings(deadline=None)
@given(st.text(max_size=30), st.binary(max_size=200))
def test_any_file_comes_through_whole(name: str, content: bytes) -> None:
    mail = read(compose("s", "t", html=False, files=[(name, content), ("b.bin", b"x")])).mail
    assert content in [each.content for each in mail.attachments] or not content.strip()

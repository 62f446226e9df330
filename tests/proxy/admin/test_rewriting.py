from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.admin.rewriting import Draft, draft_of, rewrite
from gatepost_policies.facts import read
from gatepost_policies.model import Mail
from kit.site import raw_of

FILES = (
    b"From: a@shop.example\r\nDKIM-Signature: v=1; a=rsa-sha256;\r\n b=abc\r\nX-Own: 1\r\n two\r\n"
    b"Subject: old\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n<p>Hello <b>you</b></p>\r\n"
    b'--b\r\nContent-Type: application/pdf; name="in\xc3voice.pdf"\r\n'
    b"Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n"
)


def mail_of(raw: bytes) -> Mail:
    return read(raw).mail


def text_of(mail: Mail) -> str:
    return draft_of(mail).text


def test_the_headers_stay_and_the_words_are_new() -> None:
    raw = raw_of("held1", subject="Your order")
    better = rewrite(raw, Draft("Your parcel", "Thank you.\n\nYour shop"))
    mail = mail_of(better)
    assert (mail.subject, text_of(mail).strip()) == ("Your parcel", "Thank you.\n\nYour shop")
    for name in ("From", "To", "Message-ID"):
        assert mail.values(name) == mail_of(raw).values(name)
    assert mail.defects == ()


def test_a_signature_and_the_old_structure_go() -> None:
    better = rewrite(FILES, Draft("new", "Hello"))
    assert b"DKIM-Signature" not in better
    assert b"b=abc" not in better
    assert better.count(b"Content-Type:") == 1
    assert b"X-Own: 1\r\n two\r\n" in better


def test_files_are_kept_where_they_are_wanted() -> None:
    files = mail_of(FILES).attachments
    (kept,) = mail_of(rewrite(FILES, Draft("new", "Hello"), files)).attachments
    assert (kept.content, kept.content_type) == (b"%PDF-1.4\n", "application/pdf")
    assert mail_of(rewrite(FILES, Draft("new", "Hello", keeps_files=False), files)).attachments == ()


def test_html_is_changed_as_the_text_that_it_shows() -> None:
    assert "Hello you" in text_of(mail_of(FILES))


@pytest.mark.parametrize("subject", ["Größe 42 – für Sie", "x" * 900, "a\r\nBcc: evil@example.org"])
def test_a_subject_stays_one_field(subject: str) -> None:
    mail = mail_of(rewrite(raw_of("held1"), Draft(subject, "Hello")))
    assert mail.values("Bcc") == ()
    assert mail.subject.replace(" ", "") == subject.replace(" ", "").replace("\r\n", "")


def test_every_line_goes_over_any_road() -> None:
    better = rewrite(raw_of("held1"), Draft("ü" * 300, "ü" * 5_000 + "\n.\n..\n"))
    lines = better.split(b"\r\n")
    assert max(len(line) for line in lines) <= 78
    assert better.isascii()
    assert b"\n" not in better.replace(b"\r\n", b"")


@given(st.text(max_size=300), st.text(max_size=80))
def test_any_text_comes_out_as_it_went_in(text: str, subject: str) -> None:
    """Invariant: a draft is never lost, never becomes a header, and the mail stays whole."""
    mail = mail_of(rewrite(raw_of("held1"), Draft(subject, f"begin {text} end")))
    said = text_of(mail)
    assert said.startswith("begin")
    assert said.rstrip().endswith("end")
    assert len(mail.headers) == len(mail_of(raw_of("held1")).headers) + 1

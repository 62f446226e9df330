from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.admin.rewriting import Draft, draft_of, followed, rewrite
from gatepost_policies.facts import read
from gatepost_policies.mime import split
from gatepost_policies.model import Mail
from kit.site import raw_of

PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)
BOTH = (
    b"From: a@shop.example\r\nSubject: Order\r\nMIME-Version: 1.0\r\n"
    b"Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\n"
    b"Content-Type: multipart/alternative; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain\r\n\r\nThank you. 20% off your next order! Bye\r\n"
    b"--b\r\nContent-Type: text/html; charset=iso-8859-1\r\n\r\n"
    b'<div class="x">Thank you. <b>20% off</b> your next order! <i>Bye</i></div><p>\xfc</p>'
    b'<img src="cid:logo@shop" alt="our logo">\r\n--b--\r\n'
    b"--r\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo@shop>\r\n"
    b"Content-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    + base64.b64encode(PNG)
    + b"\r\n--r--\r\n"
)


FILES = (
    b"From: a@shop.example\r\nDKIM-Signature: v=1; a=rsa-sha256;\r\n b=abc\r\nX-Own: 1\r\n two\r\n"
    b"Subject: old\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/html\r\n\r\n<p>Hello <b>you</b></p>\r\n"
    b'--b\r\nContent-Type: application/pdf; name="in\xc3voice.pdf"\r\n'
    b"Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n"
)


def mail_of(raw: bytes) -> Mail:
    return read(raw).mail


def text_of(mail: Mail, raw: bytes = b"") -> str:
    return draft_of(raw, mail).text


def changed(raw: bytes, draft: Draft) -> bytes:
    return rewrite(raw, draft, mail_of(raw))


def test_the_headers_stay_and_the_words_are_new() -> None:
    raw = raw_of("held1", subject="Your order")
    better = changed(raw, Draft("Your parcel", "Thank you.\n\nYour shop"))
    mail = mail_of(better)
    assert (mail.subject, text_of(mail).strip()) == ("Your parcel", "Thank you.\n\nYour shop")
    for name in ("From", "To", "Message-ID"):
        assert mail.values(name) == mail_of(raw).values(name)
    assert mail.defects == ()


def test_a_signature_and_the_old_structure_go() -> None:
    better = changed(FILES, Draft("new", "Hello", keeps_files=False))
    assert b"DKIM-Signature" not in better
    assert b"b=abc" not in better
    assert better.count(b"Content-Type:") == 1
    assert b"X-Own: 1\r\n two\r\n" in better


def test_files_are_kept_where_they_are_wanted() -> None:
    (kept,) = mail_of(changed(FILES, Draft("new", "Hello"))).attachments
    assert (kept.content, kept.content_type) == (b"%PDF-1.4\n", "application/pdf")
    assert mail_of(changed(FILES, Draft("new", "Hello", keeps_files=False))).attachments == ()


def test_html_is_changed_as_the_text_that_it_shows() -> None:
    assert "Hello you" in text_of(mail_of(FILES))


@pytest.mark.parametrize("subject", ["Größe 42 – für Sie", "x" * 900, "a\r\nBcc: evil@example.org"])
def test_a_subject_stays_one_field(subject: str) -> None:
    mail = mail_of(changed(raw_of("held1"), Draft(subject, "Hello")))
    assert mail.values("Bcc") == ()
    assert mail.subject.replace(" ", "") == subject.replace(" ", "").replace("\r\n", "")


def test_every_line_goes_over_any_road() -> None:
    better = changed(raw_of("held1"), Draft("ü" * 300, "ü" * 5_000 + "\n.\n..\n"))
    lines = better.split(b"\r\n")
    assert max(len(line) for line in lines) <= 78
    assert better.isascii()
    assert b"\n" not in better.replace(b"\r\n", b"")


@given(st.text(max_size=300), st.text(max_size=80))
def test_any_text_comes_out_as_it_went_in(text: str, subject: str) -> None:
    """Invariant: a draft is never lost, never becomes a header, and the mail stays whole."""
    mail = mail_of(changed(raw_of("held1"), Draft(subject, f"begin {text} end")))
    said = text_of(mail)
    assert said.startswith("begin")
    assert said.rstrip().endswith("end")
    assert len(mail.headers) == len(mail_of(raw_of("held1")).headers) + 1


def parts_of(raw: bytes) -> list[tuple[str, str]]:
    return [(leaf.path, leaf.content_type) for leaf in split(raw).leaves]


def test_a_mail_with_both_parts_says_the_new_text_in_both_and_keeps_its_layout_and_pictures() -> None:
    was = draft_of(BOTH, mail_of(BOTH))
    new, is_carried = followed(was, Draft(was.subject, "Thank you. Bye"))
    better = changed(BOTH, new)
    mail = mail_of(better)

    assert is_carried
    assert parts_of(better) == [("1", "text/plain"), ("2.1", "text/html"), ("2.2", "image/png")]
    assert b"multipart/alternative" in better
    assert "20%" not in " ".join(passage.text for passage in mail.passages)
    assert '<div class="x">Thank you. <b>' in draft_of(better, mail).html
    assert "ü" in draft_of(better, mail).html
    assert [(each.content, each.inline) for each in mail.attachments] == [(PNG, True)]
    assert split(better).leaves[2].content_id == "logo@shop"
    assert mail.defects == ()


def test_what_can_not_be_carried_into_the_layout_is_laid_out_plainly() -> None:
    was = Draft("s", "Look at shop.example now", "<p>Look at <a href='http://shop.example'>us</a> now</p>")
    new, is_carried = followed(was, Draft("s", "Look now\n\nBye <b>"))

    assert not is_carried
    assert "<p>Look now</p>\n<p>Bye &lt;b&gt;</p>" in new.html


def test_html_as_edited_goes_out_as_it_is() -> None:
    better = changed(BOTH, Draft("s", "Hello", "<p>Hello <u>you</u></p>"))

    assert draft_of(better, mail_of(better)).html.strip() == "<p>Hello <u>you</u></p>"
    assert mail_of(better).attachments == ()  # the picture was of the old layout


def test_without_its_layout_a_mail_is_plain_text_and_keeps_no_picture_of_it() -> None:
    assert parts_of(changed(BOTH, Draft("s", "Hello"))) == [("1", "text/plain")]


def test_of_several_pages_none_is_taken_for_the_layout() -> None:
    two = FILES.replace(
        b"--b\r\nContent-Type: application",
        b"--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n--b\r\nContent-Type: application",
    )
    assert draft_of(two, mail_of(two)).html == ""


@pytest.mark.parametrize("id", [b"a>\r\nBcc: x@y.example", b"\xff\xfe", b"<" * 90])
def test_a_content_id_is_no_way_into_the_headers(id: bytes) -> None:
    evil = BOTH.replace(b"logo@shop", id)
    was = draft_of(evil, mail_of(evil))
    better = changed(evil, followed(was, Draft("s", "Thank you. Bye"))[0])
    assert mail_of(better).values("Bcc") == ()
    assert {kind for _, kind in parts_of(better)} <= {"text/plain", "text/html", "image/png"}
    assert mail_of(better).defects == ()

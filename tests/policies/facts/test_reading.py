from __future__ import annotations

import hashlib

import pytest

from gatepost_policies.facts import read, read_text
from gatepost_policies.facts import reading as module
from gatepost_policies.model import Hiding, Section, Source
from kit.mails import html_mail, mail, multipart, part

PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 30


def test_a_plain_mail_has_a_subject_and_one_text() -> None:
    result = read(mail("Hello"))
    assert [(passage.label, passage.text) for passage in result.mail.passages] == [
        ("subject", "Your order"),
        ("text/plain", "Hello"),
    ]


def test_subject_and_headers_are_decoded() -> None:
    result = read(mail("x", subject="=?utf-8?q?Gr=C3=BC=C3=9Fe?="))
    assert (result.mail.subject, result.mail.values("SUBJECT")) == ("Grüße", ("Grüße",))


def test_both_alternatives_are_passages() -> None:
    raw = multipart(part("plain"), part("<p>rich", "text/html"), kind="alternative")
    assert [(passage.source, passage.text, passage.path) for passage in read(raw).mail.passages[1:]] == [
        (Source.PLAIN, "plain", "1"),
        (Source.HTML, "rich", "2"),
    ]


def test_texts_of_pictures_that_are_not_visible_anyway_are_a_passage() -> None:
    result = read(
        html_mail("<p>Seen</p><img src=cid:1 alt='Five stars'><img src=cid:2 alt='Seen' title='Tip'>")
    )
    assert [passage.text for passage in result.mail.passages if passage.source is Source.ALT] == [
        "Five stars\nTip"
    ]


def test_names_of_files_are_passages() -> None:
    raw = multipart(
        part("hi"),
        part(b"%PDF-1", "application/pdf", headers="Content-Disposition: attachment; filename=coupon.pdf"),
    )
    assert [passage.text for passage in read(raw).mail.passages if passage.source is Source.NAME] == [
        "coupon.pdf"
    ]


def test_a_file_is_described_by_name_content_and_digest() -> None:
    raw = multipart(part("hi"), part(PNG, "application/pdf; name=x.pdf"))
    (file,) = read(raw).mail.attachments
    assert (file.name, file.content_type, file.detected_type, file.path) == (
        "x.pdf",
        "application/pdf",
        "image/png",
        "2",
    )
    assert (file.digest, file.size_bytes, file.inline) == (hashlib.sha256(PNG).hexdigest(), len(PNG), False)


def test_a_picture_that_the_mail_carries_is_tied_to_its_bytes() -> None:
    raw = multipart(
        part("<img src='cid:Logo' alt=x>", "text/html"),
        part(PNG, "image/png", headers="Content-ID: <logo>"),
        part(PNG + b"2", "image/png", headers="Content-Disposition: attachment; filename=b.png"),
        kind="related",
    )
    images = read(raw).mail.images
    assert [(image.src, image.digest) for image in images] == [
        ("cid:Logo", hashlib.sha256(PNG).hexdigest()),
        ("", hashlib.sha256(PNG + b"2").hexdigest()),
    ]


def test_an_attached_text_is_a_document_and_a_file() -> None:
    raw = multipart(part("hi"), part("words", "text/plain; name=a.txt"))
    result = read(raw)
    assert [passage.source for passage in result.mail.passages] == [
        Source.SUBJECT,
        Source.PLAIN,
        Source.NAME,
        Source.DOCUMENT,
    ]
    assert len(result.mail.attachments) == 1


def test_a_body_with_a_name_is_still_the_body() -> None:
    raw = multipart(part("words", "text/plain; name=body.txt"), part("more", "text/plain; name=a.txt"))
    sources = [passage.source for passage in read(raw).mail.passages]
    assert sources == [Source.SUBJECT, Source.PLAIN, Source.NAME, Source.DOCUMENT]


def test_words_outside_of_the_parts_are_hidden_words() -> None:
    body = "five stars\r\n--a\r\n\r\nhi\r\n--a--\r\nsee http://a.example\r\n"
    hidden = read(mail(body, headers="Content-Type: multipart/mixed; boundary=a")).mail.hidden
    assert [(one.text, one.how) for one in hidden] == [
        ("five stars", Hiding.COMMENT),
        ("see http://a.example", Hiding.COMMENT),
    ]


def test_the_notice_to_old_programs_is_no_hidden_text() -> None:
    body = "This is a multi-part message in MIME format.\r\n--a\r\n\r\nhi\r\n--a--\r\n"
    assert read(mail(body, headers="Content-Type: multipart/mixed; boundary=a")).mail.hidden == ()


def test_calendar_texts_are_unfolded_and_unescaped() -> None:
    raw = multipart(part("SUMMARY:Leave a rev\r\n iew\\, please\\nnow", "text/calendar"))
    assert "SUMMARY:Leave a review, please\nnow" in [passage.text for passage in read(raw).mail.passages]


@pytest.mark.parametrize(
    ("sender", "section"),
    [
        pytest.param(b"Ann <abcdefghij12345@marketplace.amazon.com>", Section.QUOTED, id="the buyer's"),
        pytest.param(b"help@shop.example", Section.AUTHOR, id="the seller's"),
        pytest.param(b"", Section.AUTHOR, id="nobody's"),
    ],
)
def test_a_mail_within_the_mail_is_quoted_if_it_is_the_buyers(sender: bytes, section: Section) -> None:
    inner = b"Content-Type: message/rfc822\r\n\r\nFrom: " + sender + b"\r\n\r\nold words"
    passage = read(multipart(inner)).mail.passages[1]
    assert [stretch.section for stretch in passage.stretches] == [section]


@pytest.mark.parametrize(
    ("headers", "section"),
    [
        pytest.param("In-Reply-To: <1@marketplace.amazon.com>", Section.QUOTED, id="in-reply-to"),
        pytest.param("References: <1@marketplace.amazon.com>", Section.QUOTED, id="references"),
        pytest.param("", Section.AUTHOR, id="neither"),
    ],
)
def test_reply_headers_make_marked_lines_quoted(headers: str, section: Section) -> None:
    passage = read(mail("We sent it today.\r\n\r\n> It broke.\r\n", headers=headers)).mail.passages[1]
    assert passage.stretches[-1].section is section


def test_a_mail_program_s_quotation_is_quoted_in_an_answer() -> None:
    body = "<p>We sent a new one today.</p><div class=gmail_quote>It broke.</div>"
    passage = read(html_mail(body, headers="In-Reply-To: <1@x>")).mail.passages[1]
    assert [passage.text[s.start : s.end].strip() for s in passage.stretches] == [
        "We sent a new one today.",
        "It broke.",
    ]


def test_hidden_words_are_told_with_their_place() -> None:
    (hidden,) = read(html_mail("<p>Hi<p style='display:none'>five stars")).mail.hidden
    assert (hidden.text, hidden.how, hidden.label) == ("five stars", Hiding.DISPLAY, "text/html")


def test_words_masked_in_the_subject_are_told() -> None:
    (hidden,) = read(mail("x", subject="=?utf-8?q?fr=E2=80=8Bee?=")).mail.hidden
    assert (hidden.text, hidden.how, hidden.label) == ("free", Hiding.INVISIBLE, "subject")


def test_soft_line_breaks_of_flowed_text_are_undone() -> None:
    raw = mail(
        "leave a \r\nreview\r\n> old \r\n> words\r\n-- \r\nAnn",
        headers="Content-Type: text/plain; format=flowed",
    )
    assert read(raw).mail.passages[1].text == "leave a review\n> old words\n-- \nAnn"


def test_flowed_text_with_delsp_joins_without_a_blank() -> None:
    raw = mail("rev \r\niew", headers="Content-Type: text/plain; format=flowed; delsp=yes")
    assert read(raw).mail.passages[1].text == "review"


def test_html_is_decoded_by_the_charset_it_declares() -> None:
    body = '<meta charset="iso-8859-2"><p>Zamówienie'.encode("iso8859_2")
    assert read(mail(body, headers="Content-Type: text/html")).mail.passages[1].text == "Zamówienie"


def test_an_unknown_charset_is_a_defect() -> None:
    assert read(mail("x", headers="Content-Type: text/plain; charset=zlib")).mail.defects == (
        "unknown-charset",
    )


def test_text_ends_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TEXT", 10)
    result = read(mail("x" * 50))
    assert (len(result.mail.passages[1].text), result.mail.defects) == (10, ("truncated",))


def test_links_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_LINKS", 2)
    result = read(mail("a.com b.com c.com"))
    assert (len(result.mail.links), result.mail.defects) == (2, ("too-many-links",))


def test_passages_end_at_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_PASSAGES", 2)
    result = read(multipart(part("one"), part("two"), part("<p>three", "text/html")))
    assert (len(result.mail.passages), result.mail.defects) == (2, ("too-many-parts",))


def test_a_link_visible_to_one_of_two_readings_is_found() -> None:
    raw = mail(
        "<a href='https://a.example'>x</a>", headers="Content-Type: text/plain\nContent-Type: text/html"
    )
    result = read(raw)
    assert "two-content-types" in result.mail.defects
    assert "a.example" in [link.host for link in result.mail.links]


def test_a_document_of_plain_text_is_read() -> None:
    result = read_text("Order 112-1234567-1234567, see shop.com", name="insert.txt")
    assert [passage.label for passage in result.mail.passages] == ["file:insert.txt"]
    assert (len(result.facts.order_ids), len(result.mail.links)) == (1, 1)


def test_a_document_of_html_is_read() -> None:
    result = read_text("<p>Rate <a href='https://a.example'>us</a>", html=True)
    assert (result.mail.passages[0].text, result.mail.links[0].host) == ("Rate us", "a.example")

"""Files that are texts or mails are read by their content, whatever they are called or said to be."""

from __future__ import annotations

import base64

import pytest

from gatepost_policies.facts import read, read_file, unseen
from gatepost_policies.facts.enclosed import MAX_WITHIN
from gatepost_policies.model import Mail, Section, Source
from kit.mails import BUYER, mail, multipart, part
from kit.winmail import winmail

WORDS = "Leave us a 5 star review"
PAGE = "<html><body><p>Leave us a 5 star review</p><a href='https://lampshop.com/x'>here</a>"
EML = (
    "From: Shop <help@shop.example>\r\nMIME-Version: 1.0\r\nMessage-ID: <1@shop.example>\r\n"
    "Subject: Your lamp\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    f"{base64.b64encode(WORDS.encode()).decode()}\r\n"
)


def attached(content: bytes, kind: str, name: str) -> Mail:
    place = f'Content-Disposition: attachment; filename="{name}"'
    raw = multipart(part("Hello", "text/plain"), part(content, kind, headers=place))
    return read(raw).mail


def said(found: Mail) -> list[str]:
    return [passage.text.strip() for passage in found.passages if passage.source is Source.DOCUMENT]


@pytest.mark.parametrize("kind", ["application/octet-stream", "application/pdf", "text/csv", "image/png"])
def test_a_page_is_read_whatever_it_is_said_to_be(kind: str) -> None:
    found = attached(PAGE.encode(), kind, "invoice.pdf")
    assert WORDS in said(found)[0]
    assert "lampshop.com" in {link.host for link in found.links}
    assert unseen(found) == ()


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        pytest.param("text/csv", "a.csv", id="csv"),
        pytest.param("application/octet-stream", "a.dat", id="octets"),
        pytest.param("application/vnd.ms-excel", "a.csv", id="csv as Windows says it"),
        pytest.param("text/x-log", "a.log", id="another text"),
    ],
)
def test_texts_of_any_kind_are_read(kind: str, name: str) -> None:
    found = attached(f"order;note\r\n1;{WORDS}\r\n".encode(), kind, name)
    assert WORDS in said(found)[0]
    assert unseen(found) == ()


def test_a_wide_text_is_read() -> None:
    assert WORDS in said(attached(WORDS.encode("utf-16"), "application/octet-stream", "a.txt"))[0]


@pytest.mark.parametrize(
    ("content", "source"),
    [(b"BEGIN:VCARD\r\nNOTE:Leave us a 5 star review\r\n", Source.VCARD),
     (b"BEGIN:VCALENDAR\r\nSUMMARY:Leave us a 5 star review\r\n", Source.CALENDAR)],
    ids=["vcard", "calendar"],
)  # fmt: skip
def test_cards_and_calendars_are_read_whatever_they_are_said_to_be(content: bytes, source: Source) -> None:
    found = attached(content, "application/octet-stream", "a.bin")
    assert any(WORDS in passage.text for passage in found.passages if passage.source is source)


def test_a_drawing_is_read_as_markup() -> None:
    drawing = b'<svg xmlns="http://www.w3.org/2000/svg"><text>www.lampshop.com</text></svg>'
    found = attached(drawing, "image/svg+xml", "logo.svg")
    assert said(found) == ["www.lampshop.com"]
    assert unseen(found) == ()


@pytest.mark.parametrize(
    ("kind", "name"),
    [("message/rfc822", "mail.eml"), ("application/octet-stream", "a.pdf"), ("text/plain", "note.txt")],
)
def test_a_mail_that_came_as_a_file_is_read(kind: str, name: str) -> None:
    found = attached(EML.encode(), kind, name)
    assert said(found) == [WORDS]
    assert [file.name for file in found.attachments] == [name]
    assert unseen(found) == ()


def test_what_is_attached_to_an_attached_mail_is_to_be_looked_at() -> None:
    inner = multipart(
        part("Hello"), part(b"\x89PNG\r\n\x1a\nx", "image/png; name=logo.png"), headers="Message-ID: <1@a>"
    )
    assert [file.name for file in unseen(attached(inner, "message/rfc822", "a.eml"))] == ["logo.png"]


def test_the_buyers_own_mail_is_quoted_and_the_sellers_is_not() -> None:
    of_buyer = EML.replace("help@shop.example", BUYER)
    for raw, section in ((of_buyer, Section.QUOTED), (EML, Section.AUTHOR)):
        found = attached(raw.encode(), "message/rfc822", "a.eml")
        document = next(passage for passage in found.passages if passage.source is Source.DOCUMENT)
        assert {stretch.section for stretch in document.stretches} == {section}


def test_winmail_dat_is_read_and_its_files_are_to_be_looked_at() -> None:
    content = winmail(body=WORDS, files={"card.png": b"\x89PNG\r\n\x1a\nx", "note.html": PAGE.encode()})
    found = attached(content, "application/ms-tnef", "winmail.dat")
    assert [WORDS in text for text in said(found)] == [True, True]
    assert [file.name for file in unseen(found)] == ["card.png"]


def test_a_broken_winmail_dat_is_said_to_be_unread() -> None:
    found = attached(winmail(body=WORDS)[:-3], "application/octet-stream", "winmail.dat")
    assert "unread-file:winmail.dat: it is broken" in found.defects


def test_mails_within_mails_end() -> None:
    raw = EML.encode()
    for _ in range(MAX_WITHIN + 1):
        place = "Content-Disposition: attachment; filename=a.eml"
        raw = multipart(part("Hi"), part(raw, "message/rfc822", headers=place), headers="Message-ID: <1@a>")
    assert "too-deep" in read(raw).mail.defects


def test_a_file_without_a_mail_is_read_or_to_be_looked_at() -> None:
    page = read_file("card.pdf", PAGE.encode()).mail
    assert (WORDS in said(page)[0], page.passages[0].label) == (True, "file:card.pdf")
    picture = read_file("card.txt", b"\x89PNG\r\n\x1a\nx").mail
    assert ([file.name for file in unseen(picture)], picture.passages) == (["card.txt"], ())


@pytest.mark.parametrize("kind", ["text/plain", "image/png"])
def test_octets_are_no_text(kind: str) -> None:
    found = attached(
        b"\x00\x01\x02" * 40, "application/octet-stream" if kind == "image/png" else kind, "a.bin"
    )
    assert len(unseen(found)) == (kind == "image/png")


def test_a_large_picture_within_the_markup_is_whole() -> None:
    content = b"\x89PNG\r\n\x1a\n" + bytes(60_000)
    uri = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    for html in (
        f"<img src='{uri}'>",
        f"<div style='background-image:url({uri})'>Hi</div>",
        f"<table background='{uri}'><tr><td>Hi</table>",
    ):
        page = read(mail(html, headers="Content-Type: text/html")).mail
        assert [file.content for file in unseen(page)] == [content], html[:40]


def test_a_spacer_is_nothing_to_look_at() -> None:
    pixel = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + b"\0\0\0\x01" * 2 + bytes(20)
    assert unseen(attached(pixel, "image/png", "spacer.png")) == ()
    assert [image.width for image in attached(pixel, "image/png", "spacer.png").images] == [1]
    uri = f"data:image/png;base64,{base64.b64encode(pixel).decode()}"
    assert unseen(read(mail(f"<img src='{uri}'>", headers="Content-Type: text/html")).mail) == ()

"""What files say, in this process: no time limit, real decoders."""

from __future__ import annotations

import pytest

pytest.importorskip("rapidocr", reason="gatepost[vision] is not installed")

from gatepost.vision.looking import look
from gatepost.vision.seen import Limits, Seen
from kit import pictures

LINK = "https://lampshop.example/welcome"


@pytest.mark.parametrize("form", ["PNG", "JPEG", "BMP", "TIFF", "WEBP", "GIF"])
def test_words_are_read_in_every_form_of_picture(form: str) -> None:
    assert "www.lampshop.com" in look("x", pictures.picture("www.lampshop.com", form=form)).in_pictures


@pytest.mark.parametrize("colours", [("white", "navy"), ("black", "white"), ("yellow", "darkgreen")])
def test_light_on_dark_is_read_too(colours: tuple[str, str]) -> None:
    assert "lampshop.com" in look("x", pictures.picture("lampshop.com", colours=colours)).in_pictures


def test_a_tilted_logo_is_read() -> None:
    seen = look("x", pictures.picture("www.lampshop.com", size=(400, 160), angle=8))
    assert "lampshop.com" in seen.in_pictures


def test_codes_are_decoded() -> None:
    assert look("x", pictures.code(LINK)).codes == (LINK,)


def test_every_frame_is_read() -> None:
    assert "lampshop.com" in look("x", pictures.moving(["Hello", "www.lampshop.com"])).in_pictures


def test_a_photo_says_nothing() -> None:
    assert look("x", pictures.plain_photo()) == Seen()


def test_pdfs_say_their_text_links_and_pictures() -> None:
    assert "Invoice 2026" in look("x", pictures.pdf("Invoice 2026")).words
    assert look("x", pictures.pdf("Thank you", link=LINK)).links == (LINK,)
    scan = look("x", pictures.pdf(image=pictures.picture("www.lampshop.com")))
    assert "lampshop.com" in scan.in_pictures
    assert look("x", pictures.pdf("A", image=pictures.code(LINK))).codes == (LINK,)


def test_office_files_say_their_text_links_and_pictures() -> None:
    seen = look("x", pictures.docx("Dear customer", link=LINK, image=pictures.code(LINK)))
    assert (seen.words, seen.links, seen.codes) == ("Dear customer", (LINK,), (LINK,))


def test_rtf_says_its_text_and_links() -> None:
    field = rb'{\field{\*\fldinst HYPERLINK "https://lampshop.example/welcome"}{\fldrslt here}}'
    text = rb"{\rtf1{\fonttbl{\f0 Arial;}}Gr\u252?ss\'fc\par " + field + rb"}"
    seen = look("x", text)
    assert seen.words.startswith("Grü")
    assert "Arial" not in seen.words
    assert seen.links == (LINK,)


def test_files_in_an_archive_are_read() -> None:
    packed = pictures.archive({"a/logo.png": pictures.code(LINK), "b.txt": b"Dear customer"})
    seen = look("x", packed)
    assert (seen.codes, seen.words) == ((LINK,), "Dear customer")


def test_svg_is_read_as_markup() -> None:
    seen = look(
        "x", f'<svg xmlns="http://www.w3.org/2000/svg"><a href="{LINK}"><text>Shop</text></a></svg>'.encode()
    )
    assert LINK in seen.links


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (pictures.huge_png(), "more pixels than are read"),
        (b"\x89PNG\r\n\x1a\nbroken", "can't be read"),
        (b"%PDF-1.7 broken", "the PDF is broken"),
        (b"PK\x03\x04broken", "the archive is broken"),
        (b"Rar!\x1a\x07\x00", "a RAR archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old kind"),
        (b"\x78\x9f\x3e\x22", "it is broken"),
        (pictures.archive({"word/document.xml": b"<!DOCTYPE x><x/>"}), "not the XML that Office writes"),
        (pictures.archive({"word/vbaProject.bin": b"x", "word/document.xml": b"<x/>"}), "macros"),
    ],
)
def test_what_can_not_be_read_says_why(content: bytes, why: str) -> None:
    assert why in look("x", content).unread


def test_a_bomb_is_not_unpacked() -> None:
    small = Limits(bytes_unpacked=1_000_000, entries=10)
    assert "more than is read" in look("x", pictures.archive({"a": b"\0" * 5_000_000}), small).unread
    assert "more than 10 files" in look("x", pictures.archive({str(n): b"" for n in range(11)}), small).unread


def test_archives_within_archives_end() -> None:
    inner = pictures.archive({"a.txt": b"hello"})
    for _ in range(5):
        inner = pictures.archive({"a.zip": inner})
    assert "files within files" in look("x", inner).unread


def test_too_many_frames_and_pages_are_said() -> None:
    few = Limits(frames=2, pages=0)
    assert "more frames" in look("x", pictures.moving(["a", "b", "c"]), few).unread
    assert "more than 0 pages" in look("x", pictures.pdf("a"), few).unread

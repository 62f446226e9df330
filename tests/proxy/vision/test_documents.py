"""What documents say: every place of a PDF, locked files, files within files, and bombs."""

from __future__ import annotations

import hashlib
import io
import os

import pytest

pytest.importorskip("rapidocr", reason="gatepost[vision] is not installed")

from PIL import Image

from gatepost.config.schema import Vision
from gatepost.vision.eyes import Eyes
from gatepost.vision.looking import look
from gatepost.vision.seen import Limits, Seen
from gatepost_policies.facts import Unseen, read, unseen
from kit import bombs, papers, pictures
from kit.lettering import PLAIN, Style, lettered, saved, shown
from kit.papers import INVOICE, WARRANTY, Page, paper
from kit.winmail import winmail

LINK = "https://lampshop.com/welcome"
LOGO = shown(["www.lampshop.com"], PLAIN)


def squares(size: int = 25) -> str:
    """A pattern of small boxes, as a code or a table is drawn: operators of a PDF's content."""
    return " ".join(f"{60 + 3 * at} 300 3 3 re f" for at in range(0, size, 2))


@pytest.mark.parametrize(
    ("page", "drawn"),
    [
        pytest.param(Page(INVOICE, table=9), False, id="a table's lines"),
        pytest.param(Page(INVOICE, curves=squares()), False, id="boxes"),
        pytest.param(Page(INVOICE, image=LOGO), True, id="a logo"),
    ],
)
def test_only_what_may_be_words_is_looked_at(page: Page, drawn: bool) -> None:
    seen = look("x", paper([page]))
    assert ("lampshop.com" in seen.in_pictures) is drawn
    assert (seen.unread, "Invoice 2026-118" in seen.words) == ("", True)


def test_a_code_that_is_drawn_in_boxes_is_read() -> None:
    out = io.BytesIO()
    import segno

    code = segno.make(LINK, micro=False)
    rows = [
        f"{100 + 3 * across} {500 - 3 * down} 3 3 re f"
        for down, row in enumerate(code.matrix)
        for across, dark in enumerate(row)
        if dark
    ]
    code.save(out, kind="svg")
    assert look("x", paper([Page(INVOICE, curves=" ".join(rows))])).codes == (LINK,)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(paper([Page(["Hi"], link=LINK)]), id="a link"),
        pytest.param(paper([Page(["Hi"], button=LINK)]), id="a form's button"),
        pytest.param(paper([Page(["Hi"])], opens=LINK), id="on opening"),
        pytest.param(paper([Page(["Hi"])], script=f"app.launchURL('{LINK}')"), id="a script"),
        pytest.param(paper([Page(["Hi"], link=r"https://lampshop.com/\167elcome")]), id="escaped"),
    ],
)
def test_every_action_of_a_pdf_leads_somewhere(content: bytes) -> None:
    assert LINK in look("x", content).links


def test_a_pdfs_notes_and_files_say_something() -> None:
    inner = paper([Page(["www.lampshop.com"])])
    seen = look("x", paper([Page(["Hi"], note="Leave us a review")], files={"a.pdf": inner, "b.png": LOGO}))
    assert "Leave us a review" in seen.words
    assert "www.lampshop.com" in seen.words
    assert "www.lampshop.com" in seen.in_pictures


@pytest.mark.parametrize(
    ("content", "why"),
    [
        pytest.param(papers.locked_pdf("Hi", password="x"), "the PDF is encrypted", id="PDF"),
        pytest.param(papers.locked_office(), "the document is encrypted", id="Office"),
        pytest.param(
            papers.open_document(["Hi"], locked=True), "the document is encrypted", id="OpenDocument"
        ),
        pytest.param(papers.locked_zip({"a.txt": b"Hi"}), "the archive is encrypted", id="ZIP"),
        pytest.param(paper([Page(["Hi"])])[:200], "the PDF is broken", id="half a PDF"),
        pytest.param(papers.word(["Hi"])[:90], "the archive is broken", id="half a document"),
        pytest.param(LOGO[: len(LOGO) // 2], "can't be read", id="half a picture"),
        pytest.param(winmail(body="Hi")[:-3], "it is broken", id="half a winmail.dat"),
        pytest.param(b"\0\1\2\3" * 99, "a file of this kind can't be read", id="unknown"),
        pytest.param(b"MZ" + bytes(99), "a program", id="a program"),
        pytest.param(pictures.archive({"word/media/a.emf": b"x"}), "a drawing", id="a drawing"),
    ],
)
def test_what_is_locked_or_broken_says_so(content: bytes, why: str) -> None:
    assert why in look("x", content).unread


def test_a_pdf_that_anyone_can_open_is_read() -> None:
    assert "Hello" in look("x", papers.locked_pdf("Hello", password="")).words


@pytest.mark.parametrize("name", ["invoice.pdf", "a.txt", "", "logo.png"])
def test_a_file_is_what_it_holds_and_not_what_it_is_called(name: str) -> None:
    assert "www.lampshop.com" in look(name, LOGO).in_pictures
    assert "24 months" in look(name, paper([Page(WARRANTY)])).words
    assert look(name, papers.word(["Hi"], link=LINK)).links == (LINK,)
    assert look(name, f"<html><body><a href='{LINK}'>Shop</a>".encode()).links == (LINK,)


def test_files_within_files_are_read() -> None:
    mail = bombs.attached(LOGO, "image/png", "logo.png").replace(b"From:", b"MIME-Version: 1.0\r\nFrom:")
    packed = pictures.archive(
        {"a.eml": mail, "b.dat": winmail(body="Hi", files={"a.docx": papers.word(["Bye"])})}
    )
    seen = look("x", packed)
    assert "www.lampshop.com" in seen.in_pictures
    assert {"Hi", "Bye"} <= set(seen.words.split())


def test_pictures_in_documents_are_looked_at_once_and_not_without_end() -> None:
    twice = look("x", papers.slides(["Hi"], image=LOGO))
    assert set(twice.in_pictures.split()) == {"www.lampshop.com"}
    many = pictures.archive({f"{at}.png": pictures.picture(str(at), size=(40, 20)) for at in range(4)})
    assert "more than 3 pictures" in look("x", many, Limits(pictures=3)).unread


def test_the_limits_hold_for_all_that_is_in_a_file() -> None:
    inner = pictures.archive({"a.txt": b"a" * 90_000})
    outer = pictures.archive({"a.zip": inner, "b.zip": inner + b" "})
    assert "more than is read" in look("x", outer, Limits(bytes_unpacked=120_000)).unread
    assert look("x", outer, Limits(bytes_unpacked=300_000)).unread == ""


@pytest.mark.parametrize(
    ("orientation", "turned"),
    [(3, 180), (6, 90), (8, -90)],
)
def test_a_photo_is_seen_upright(orientation: int, turned: int) -> None:
    image = lettered(["www.lampshop.com"], Style(size=30)).rotate(turned, expand=True)
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    assert "lampshop.com" in look("x", out.getvalue()).in_pictures


def test_light_ink_on_nothing_is_seen_on_black() -> None:
    clear = Style(ink="white", ground="black", treat="on nothing")
    assert "lampshop.com" in look("x", shown(["www.lampshop.com"], clear)).in_pictures
    assert look("x", saved(Image.new("RGBA", (60, 60), (255, 255, 255, 0)))) == Seen()


BOMBS = {
    "a zip of zips": bombs.zip_bomb,
    "a gzip": bombs.gzip_bomb,
    "a picture": bombs.image_bomb,
    "a drawing": bombs.svg_bomb,
    "a moving picture": lambda: bombs.attached(
        pictures.moving([str(at) for at in range(60)]), "image/gif", "a.gif"
    ),
    "pages": lambda: bombs.attached(paper([Page(["Hi"])] * 400), "application/pdf", "a.pdf"),
    "noise in a PDF": lambda: bombs.attached(b"%PDF-1.7\n" + os.urandom(40_000), "application/pdf", "a.pdf"),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
async def test_a_bomb_is_held_in_time_and_the_next_file_is_read(bomb) -> None:  # type: ignore[no-untyped-def] # a maker
    eyes = Eyes(Vision(seconds=60, memory_bytes=1_500_000_000))
    mail = read(bomb()).mail
    try:
        await eyes.warm()
        sights = await eyes.see(unseen(mail))
        assert any(sight.seen.unread for sight in sights) or not sights
        [after] = await eyes.see([Unseen("a.png", "1", hashlib.sha256(LOGO).hexdigest(), LOGO)])
        assert "www.lampshop.com" in after.seen.in_pictures
    finally:
        await eyes.close()

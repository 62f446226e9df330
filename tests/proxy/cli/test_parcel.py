"""`gatepost check --medium` on a folder of what lies in parcels: PDFs, Office files, photos, pages."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

pytest.importorskip("rapidocr", reason="gatepost[vision] is not installed")

from kit import papers, pictures
from kit.command import command
from kit.lettering import PLAIN, Style, photo, saved, shown
from kit.papers import COUPON, INVOICE, WARRANTY, Page, paper

SLIP = ("Packing slip", "1 x Brass table lamp", "Thank you for your order.")
ORDER = "Order 112-1234567-1234567"
LINK = {"p1-external-link", "p3-linked-logo"}
STARS = {"d4c-positive-only", "d4h-compensation"}
PAGE = "<html><body><p>Thank you for your order.</p><img src='data:image/png;base64,{}' alt='Logo'>"
INSERTS: dict[str, tuple[bytes, set[str]]] = {
    "begs.pdf": (paper([Page(COUPON)]), STARS),
    "begs.docx": (papers.word(COUPON), STARS),
    "begs.jpg": (shown(COUPON, Style(size=24, form="JPEG", treat="tilted")), STARS),
    "card.png": (shown(["Get 20% off", "your next order"], Style(ink="white", ground="navy")),
                 {"p4-marketing"}),
    "code.png": (pictures.code("https://lampshop.com/x"), LINK),
    "deck.pptx": (papers.slides(SLIP, image=pictures.code("https://lampshop.com/x")), LINK),
    "leads.xlsx": (papers.sheet(SLIP, link="https://lampshop.com/x"), {"p1-external-link"}),
    "logo.html": (
        PAGE.format(base64.b64encode(shown(["www.lampshop.com"], PLAIN)).decode()).encode(), LINK),
    "named-a-text.txt": (paper([Page(COUPON)]), STARS),
    "old.doc": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), {"g1-unread-file"}),
    "locked.pdf": (papers.locked_pdf("secret", password="x"), {"g1-unread-file"}),
    "neutral.docx": (papers.word(["We would be glad to read your review on Amazon.", ORDER]), set()),
    "photo.jpg": (saved(photo((320, 240)), "JPEG"), set()),
    "warranty.pdf": (paper([Page(WARRANTY)]), set()),
    "warranty.odt": (papers.open_document(WARRANTY), set()),
}  # fmt: skip
"""What lies in a folder, and the rules that each file breaks."""


def folder(place: Path, files: dict[str, bytes]) -> Path:
    place.mkdir()
    for name, content in files.items():
        (place / name).write_bytes(content)
    return place


def test_a_folder_of_inserts_is_judged_file_by_file(tmp_path: Path) -> None:
    place = folder(tmp_path / "cards", {name: content for name, (content, _) in INSERTS.items()})
    done = command("check", "--json", "--medium", "insert", place)
    found = {Path(row["file"]).name: {each["rule"] for each in row["findings"]} for row in done.rows}
    assert found == {name: rules for name, (_, rules) in INSERTS.items()}
    assert done.status == 1


def test_a_packing_slip_shows_the_order_id(tmp_path: Path) -> None:
    slips = {
        "a.pdf": paper([Page([*SLIP, ORDER])]), "b.docx": papers.word([*SLIP, ORDER]),
        "c.png": shown([*SLIP, ORDER], PLAIN), "d.pdf": paper([Page(SLIP)]), "e.xlsx": papers.sheet(SLIP),
        "f.jpg": shown(SLIP, Style(form="JPEG")), "g.pdf": paper([Page(INVOICE, table=9)]),
    }  # fmt: skip
    done = command("check", "--json", "--medium", "packing-slip", folder(tmp_path / "slips", slips))
    missing = {Path(row["file"]).name for row in done.rows if row["findings"]}
    assert missing == {"d.pdf", "e.xlsx", "f.jpg"}
    assert {each["rule"] for row in done.rows for each in row["findings"]} == {"o1-order-id"}


def test_an_insert_that_nothing_can_read_is_named_and_the_others_are_judged(tmp_path: Path) -> None:
    (tmp_path / "gatepost.yaml").write_text("vision: {enabled: false, unread: pass}\n", encoding="utf-8")
    place = folder(
        tmp_path / "cards", {"a.png": shown(["Hello"], PLAIN), "b.txt": b"Thank you for your order."}
    )
    done = command("check", "--json", "--medium", "insert", "--config", tmp_path / "gatepost.yaml", place)
    assert [{each["rule"] for each in row["findings"]} for row in done.rows] == [{"g1-unread-file"}, set()]

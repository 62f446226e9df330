"""Which files may go with a mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatepost_policies.facts import Words, with_words
from kit.judged import case, evidence, words

ENDINGS = ["pdf", "jpg", "txt", "docx"]
PDF = "application/pdf"


def note(name: str, kind: str, text: str = "", most_bytes: int = 1000) -> str:
    built = case("Hello", files=[(name, kind, text)])
    found = evidence("attachment_kind", built, endings=ENDINGS, most_bytes=most_bytes)
    return found[0].note if found else ""


@pytest.mark.parametrize(
    ("name", "kind", "text", "why"),
    [
        pytest.param("a.pdf", PDF, "%PDF-1.4", "", id="a document"),
        pytest.param("A.PDF ", PDF, "%PDF-1.4", "", id="in capitals"),
        pytest.param("a.exe", "application/octet-stream", "MZ", "a file of the kind exe", id="a program"),
        pytest.param("a.pdf.zip", "application/zip", "PK", "a file of the kind zip", id="an archive"),
        pytest.param("a.html", "text/html", "<p>x</p>", "a file of the kind html", id="a page"),
        pytest.param("", "video/mp4", "x", "a file of the kind mp4", id="no name"),
        pytest.param("", "message/rfc822", "Subject: x\r\n\r\nhi", "a file of the kind eml", id="a mail"),
        pytest.param(
            "winmail.dat", "application/ms-tnef", "x", "a file of the kind dat", id="what Outlook wraps"
        ),
        pytest.param("smime.p7s", "application/pkcs7-signature", "x", "", id="a signature"),
    ],
)
def test_a_file_is_judged_by_its_kind(name: str, kind: str, text: str, why: str) -> None:
    assert note(name, kind, text) == why


def test_a_file_that_pretends_is_found() -> None:
    assert note("a.jpg", "image/jpeg", "\x89PNG\r\n\x1a\n") in ("", "named jpg, but really png")
    assert note("a.pdf", PDF, "PK\x03\x04" + "x" * 30).startswith("named pdf, but really zip")


def test_a_large_file_is_found() -> None:
    assert note("a.pdf", PDF, "%PDF-1.4" + "x" * 2000) == "larger than 1000 bytes"


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("Invoice_17.pdf", True),
        ("USER-MANUAL.pdf", True),
        ("Rechnung-2026.pdf", True),
        ("請求書.pdf", True),
        ("catalogue.pdf", False),
        ("photo.jpg", False),
    ],
)
def test_a_file_is_needed_by_its_name(name: str, needed: bool) -> None:
    built = case("Hello", files=[(name, PDF, "x")])
    assert words("attachment_needless", built, named=["invoice", "manual", "rechnung", "請求書"]) == (
        [] if needed else [name]
    )


@pytest.mark.parametrize(
    ("said", "needed"),
    [
        pytest.param("INVOICE No. 118\nBrass lamp", True, id="its heading"),
        pytest.param("Spring catalogue\n" + "Lamps. " * 40 + "warranty", False, id="far below"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_file_is_needed_by_its_heading(said: str, needed: bool) -> None:
    built = case("Hello", files=[("scan0001.pdf", PDF, "x")])
    path = built.mail.attachments[0].path
    whole = with_words(built.reading, [Words("scan0001.pdf", path, words=said)])
    found = words(
        "attachment_needless", replace(built, reading=whole, memo={}), named=["invoice", "warranty"]
    )
    assert found == ([] if needed else ["scan0001.pdf"])


def test_a_signature_is_no_needless_file() -> None:
    built = case("Hello", files=[("smime.p7s", "application/pkcs7-signature", "x")])
    assert words("attachment_needless", built, named=["invoice"]) == []

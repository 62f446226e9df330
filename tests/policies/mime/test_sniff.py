from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.mime import sniff


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(b"%PDF-1.7 ...", "application/pdf", id="pdf"),
        pytest.param(b"\x89PNG\r\n\x1a\n...", "image/png", id="png"),
        pytest.param(b"\xff\xd8\xff\xe0", "image/jpeg", id="jpeg"),
        pytest.param(b"RIFF....WEBPVP8 ", "image/webp", id="webp"),
        pytest.param(b"....ftypheic", "image/heic", id="heic"),
        pytest.param(b"....ftypavif", "image/avif", id="avif"),
        pytest.param(
            b"PK\x03\x04" + b"." * 26 + b"word/document.xml",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            id="docx",
        ),
        pytest.param(
            b"PK\x03\x04" + b"." * 26 + b"mimetypeapplication/epub+zipPK", "application/epub+zip", id="epub"
        ),
        pytest.param(b"PK\x03\x04" + b"." * 40, "application/zip", id="zip"),
        pytest.param(b"MZ\x90", "application/x-msdownload", id="program"),
        pytest.param(b"  <!DOCTYPE html><p>", "text/html", id="html"),
        pytest.param(b"<?xml version='1.0'?><svg>", "image/svg+xml", id="svg"),
        pytest.param(b"<?xml version='1.0'?><a>", "application/xml", id="xml"),
        pytest.param(b"BEGIN:VCARD\r\n", "text/vcard", id="vcard"),
        pytest.param(b"just words", "", id="unknown"),
        pytest.param(b"", "", id="empty"),
    ],
)
def test_content_shows_its_type(content: bytes, kind: str) -> None:
    assert sniff(content) == kind


@given(st.binary())
def test_any_bytes_have_some_type_or_none(content: bytes) -> None:
    assert isinstance(sniff(content), str)

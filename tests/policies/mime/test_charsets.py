from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.mime.charsets import codec_of, declared_in_html, decode_text


@pytest.mark.parametrize(
    ("content", "label", "text"),
    [
        pytest.param(b"Gr\xfc\xdfe", "iso-8859-1", "Grüße", id="latin-1"),
        pytest.param(b"\x80 5", "iso-8859-1", "€ 5", id="latin-1-is-read-as-windows-1252"),
        pytest.param("Grüße".encode(), "iso-8859-1", "Grüße", id="utf-8-under-a-wrong-label"),
        pytest.param("Grüße".encode(), "us-ascii", "Grüße", id="utf-8-called-ascii"),
        pytest.param("Grüße".encode(), "", "Grüße", id="no-label"),
        pytest.param("注文".encode("iso2022_jp"), "", "注文", id="jis-without-a-label"),
        pytest.param("注文".encode("cp932"), "shift_jis", "注文", id="shift-jis"),
        pytest.param("Grüße".encode("utf-16"), "utf-8", "Grüße", id="byte-order-mark"),
        pytest.param("Zamówienie".encode("iso8859_2"), "iso-8859-2", "Zamówienie", id="latin-2"),
        pytest.param("sipariş".encode("cp1254"), "iso-8859-9", "sipariş", id="turkish"),
    ],
)
def test_bytes_become_the_text_that_was_meant(content: bytes, label: str, text: str) -> None:
    assert decode_text(content, label)[0] == text


@pytest.mark.parametrize(
    "label", ["zlib", "rot13", "base64", "punycode", "idna", "unicode_escape", "hex", "x" * 99]
)
def test_codecs_that_are_no_charsets_are_unknown(label: str) -> None:
    assert codec_of(label) == ""
    assert "unknown-charset" in decode_text(b"hi", label)[1]


def test_a_wrong_label_is_a_defect() -> None:
    assert decode_text("Grüße".encode(), "iso-2022-jp")[1] == ("charset",)


def test_utf_7_is_read() -> None:
    assert decode_text(b"Hi +AOk-", "utf-7")[0] == "Hi é"


def test_html_declares_its_own_charset() -> None:
    assert declared_in_html(b'<html><meta charset="shift_jis"><body>') == "shift_jis"


@given(
    st.binary(), st.sampled_from(["", "utf-8", "iso-2022-jp", "utf-16", "gbk", "cp1252", "nonsense", "utf-7"])
)
def test_any_bytes_give_some_text(content: bytes, label: str) -> None:
    assert isinstance(decode_text(content, label)[0], str)

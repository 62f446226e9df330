"""What Outlook wraps in a winmail.dat."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.mime.tnef import Wrapped, unpack_rtf, unwrap
from kit.winmail import BINARY, HTML, PACKED_RTF, TEXT, WIDE, winmail

# The two examples of MS-OXRTFCP §4.
HELLO = bytes.fromhex(
    "2d0000002b0000004c5a4675f1c5c7a703000a00726370673132354232 0af32068656c090020627705b06c647d0a800fa0"
)
AGAIN = bytes.fromhex("1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0")


def test_texts_and_files_are_unwrapped() -> None:
    content = winmail(body="Your lamp\xfc", files={"a long name of a file.pdf": b"%PDF-1", "b.png": b"png"})
    found, whole = unwrap(content)
    assert whole
    assert found == [
        Wrapped("", b"Your lamp\xfc", "text/plain", "cp1252"),
        Wrapped("a long name of a file.pdf", b"%PDF-1"),
        Wrapped("b.png", b"png"),
    ]


def test_texts_among_the_properties_are_unwrapped() -> None:
    properties = [
        (TEXT, WIDE, "ランプ\0".encode("utf-16-le")),
        (HTML, BINARY, b"<p>Lamp</p>"),
        (PACKED_RTF, BINARY, HELLO),
    ]
    found, whole = unwrap(winmail(properties=properties))
    assert whole
    assert [(one.name, one.content_type) for one in found] == [
        ("", "text/plain"),
        ("", "text/html"),
        ("message.rtf", ""),
    ]
    assert found[0].content.decode() == "ランプ"


@pytest.mark.parametrize(
    ("packed", "plain"),
    [
        pytest.param(HELLO, b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n", id="references"),
        pytest.param(AGAIN, b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}", id="a reference into itself"),
        pytest.param(bytes(8) + b"MELA" + bytes(4) + b"{\\rtf1}", b"{\\rtf1}", id="stored"),
        pytest.param(b"short", b"", id="cut off"),
        pytest.param(bytes(8) + b"what" + bytes(4) + b"x", b"", id="another kind"),
    ],
)
def test_packed_rtf_is_unpacked(packed: bytes, plain: bytes) -> None:
    assert unpack_rtf(packed) == plain


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(winmail(body="Your lamp")[:-4], id="cut off"),
        pytest.param(winmail(properties=[(TEXT, WIDE, b"xx")])[:-8], id="cut off in the properties"),
        pytest.param(b"not one", id="not one"),
    ],
)
def test_what_was_not_read_to_its_end_is_said(content: bytes) -> None:
    assert not unwrap(content)[1]


@given(st.binary(max_size=300))
def test_any_bytes_unwrap_to_something(content: bytes) -> None:
    found, _ = unwrap(winmail(files={"a": b"b"}) + content)
    assert found
    unpack_rtf(bytes(8) + b"LZFu" + bytes(4) + content)

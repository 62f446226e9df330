"""How large a picture is, by its header."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.mime.pixels import is_spacer, is_too_small_for_words, size_of


def png(width: int, height: int) -> bytes:
    return b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR" + struct.pack(">II", width, height)


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height)


def bmp(width: int, height: int) -> bytes:
    return b"BM" + bytes(12) + struct.pack("<Iii", 40, width, height)


@pytest.mark.parametrize("made", [png, gif, bmp])
def test_the_header_tells_the_size(made) -> None:  # type: ignore[no-untyped-def] # one of three functions
    assert size_of(made(300, 80)) == (300, 80)


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM", b"\xff\xd8\xff\xe0"])
def test_a_header_that_is_cut_off_tells_nothing(content: bytes) -> None:
    assert size_of(content) is None
    assert not is_spacer(content)


@pytest.mark.parametrize(
    ("size", "small"),
    [
        pytest.param((1, 1), True, id="a pixel"),
        pytest.param((600, 1), True, id="a line"),
        pytest.param((10, 10), True, id="a dot"),
        pytest.param((600, 8), False, id="small print"),
        pytest.param((11, 11), False, id="a small code"),
        pytest.param((0, 0), True, id="nothing"),
    ],
)
def test_what_is_too_small_for_a_word_is_a_spacer(size: tuple[int, int], small: bool) -> None:
    assert is_too_small_for_words(*size) is small
    assert is_spacer(png(*size)) is small


def test_a_gif_whose_screen_is_smaller_than_what_it_holds_is_no_spacer() -> None:
    assert is_spacer(gif(1, 1))
    assert not is_spacer(gif(1, 1) + bytes(2_000))


@given(st.binary(max_size=64))
def test_any_bytes_have_a_size_or_none(content: bytes) -> None:
    for start in (b"", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"BM"):
        size_of(start + content)

"""How large a picture is, by its header: enough to tell a spacer from what can carry a word."""

from __future__ import annotations

import struct
from typing import Final

_LEAST_HEIGHT: Final = 5  # pixels; the smallest letters that can be told apart
_LEAST_WIDTH: Final = 11  # pixels; three of them side by side
_GIF_SPACER: Final = 1_000  # bytes; a larger one holds more than its screen says


def size_of(content: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF or BMP; None for all else, and for a header that is cut off."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR" and len(content) >= 24:
        width, height = struct.unpack_from(">II", content, 16)
        return width, height
    if content.startswith((b"GIF87a", b"GIF89a")) and len(content) >= 10:
        width, height = struct.unpack_from("<HH", content, 6)
        return width, height
    if content.startswith(b"BM") and len(content) >= 26 and content[14:18] == b"\x28\0\0\0":
        width, height = struct.unpack_from("<ii", content, 18)
        return abs(width), abs(height)
    return None


def is_too_small_for_words(width: int, height: int) -> bool:
    """Whether no word of three letters fits into so many pixels, nor any code."""
    return min(width, height) < _LEAST_HEIGHT or max(width, height) < _LEAST_WIDTH


def is_spacer(content: bytes) -> bool:
    """Whether a picture is so small that nothing can be written in it: a pixel that counts, a line, a dot."""
    size = size_of(content)
    if size is None or (content[:3] == b"GIF" and len(content) > _GIF_SPACER):
        return False  # some programs show a frame larger than the GIF's screen
    return is_too_small_for_words(*size)

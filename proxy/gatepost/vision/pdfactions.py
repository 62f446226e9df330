"""Where a PDF leads: every action that opens an address, of links, forms, pages and scripts.

PDFium tells the actions of links only. So the file is written anew, without encryption and compression of
its objects, and the strings of actions are looked for in that (ISO 32000-1, 7.3.4 and 12.6.4).
"""

from __future__ import annotations

import ctypes
import io
import re
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any, Final

MAX_ADDRESS: Final = 8_000
MAX_ACTIONS: Final = 5_000
_STREAM: Final = re.compile(rb"\bstream\r?\n.*?\bendstream\b", re.DOTALL)
_STRING: Final = rb"\((?:[^\\()]|\\.|\((?:[^\\()]|\\.){0,4000}\)){0,60000}\)|<[0-9A-Fa-f\s]{0,60000}>"
_ACTION: Final = re.compile(rb"/(URI|F|UF|JS)\s*(" + _STRING + rb")", re.DOTALL)
_ESCAPE: Final = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_ESCAPED: Final = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_WEB: Final = re.compile(r"(?:https?://|www\.)[^\s\"'<>\\)]{1,4000}", re.IGNORECASE)
_LARGEST_COPY: Final = 60_000_000  # bytes


def addresses(document: Any) -> Iterator[str]:
    """The addresses that actions of the document lead to."""
    copy = io.BytesIO()
    document.save(copy, flags=import_module("pypdfium2").raw.FPDF_REMOVE_SECURITY)
    plain = _STREAM.sub(b"", copy.getvalue()[:_LARGEST_COPY])
    for number, match in enumerate(_ACTION.finditer(plain)):
        if number >= MAX_ACTIONS:
            return
        said = _text(match[2])
        if match[1] == b"URI":
            yield said[:MAX_ADDRESS]
        else:  # a file's name as often as an address, or a script
            yield from _WEB.findall(said)


def _text(string: bytes) -> str:
    """The text of a string as it is written in the file."""
    if string.startswith(b"<"):
        digits = b"".join(string[1:-1].split())
        raw = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    else:
        raw = _ESCAPE.sub(_unescaped, string[1:-1])
    if raw.startswith(b"\xfe\xff"):
        return raw[2:].decode("utf-16-be", "replace")
    return raw.decode("utf-8", "replace")


def _unescaped(match: re.Match[bytes]) -> bytes:
    sign = match[1]
    if sign.isdigit():
        return bytes([int(sign, 8) & 0xFF])
    return b"" if sign in (b"\r\n", b"\n", b"\r") else _ESCAPED.get(sign, sign)


def wide(ask: Callable[[Any, int], int]) -> str:
    """A text that PDFium gives as UTF-16: asked for its size first."""
    size = min(ask(None, 0), 2 * MAX_ADDRESS)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2))()
    ask(buffer, size)
    return bytes(buffer).decode("utf-16-le", "replace").rstrip("\0")

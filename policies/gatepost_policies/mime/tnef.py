"""winmail.dat: what Outlook wraps a mail in for its own kind (MS-OXTNEF), and its packed RTF (MS-OXRTFCP)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
MAX_ATTRIBUTES: Final = 5_000
MAX_FILES: Final = 200
MAX_UNPACKED: Final = 20_000_000  # bytes of one packed RTF

_SUBJECT, _BODY, _MESSAGE_PROPERTIES, _CODEPAGE = 0x8004, 0x800C, 0x9003, 0x9007
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_TEXT, _HTML, _RTF, _SHORT_NAME, _LONG_NAME, _EMBEDDED = 0x1000, 0x1013, 0x1009, 0x3704, 0x3707, 0x3701
_FIXED: Final = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 0x0A: 4, 0x0B: 4, 0x14: 8, 0x40: 8, 0x48: 16}
_OBJECT, _NARROW, _WIDE, _BINARY = 0x0D, 0x1E, 0x1F, 0x102
_SEVERAL: Final = 0x1000
_IID_BYTES: Final = 16  # the interface id before an object's content
_LZFU, _STORED = b"LZFu", b"MELA"
_PRESET: Final = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    b"\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    b"\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
_WINDOW: Final = 4096


@dataclass(frozen=True, slots=True)
class Wrapped:
    """One thing that was wrapped: a text of the mail, or a file."""

    name: str  # "" for a text of the mail
    content: bytes = field(repr=False)
    content_type: str = ""  # of a text of the mail
    charset: str = ""


@dataclass(slots=True)
class _File:
    name: str = ""
    content: bytes = b""


class _Broken(Exception):
    """It ends early, or says what can't be."""


def unwrap(content: bytes) -> tuple[list[Wrapped], bool]:
    """What `content` wraps, and whether it was read to its end. Never raises."""
    found: list[Wrapped] = []
    files: list[_File] = []
    whole = True
    charset = "cp1252"
    try:
        for number, data in _attributes(content):
            if number == _CODEPAGE and len(data) >= 4:
                charset = f"cp{struct.unpack_from('<I', data)[0]}"
            elif number in (_SUBJECT, _BODY):
                found.append(Wrapped("", data.rstrip(b"\0"), "text/plain", charset))
            elif number == _MESSAGE_PROPERTIES:
                found += _texts(data, charset)
            else:
                _to_file(files, number, data)
            if len(files) > MAX_FILES:
                raise _Broken
    except (_Broken, struct.error):
        whole = False
    found += [Wrapped(file.name or "file", file.content) for file in files if file.content]
    return found, whole


def _attributes(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and data of each attribute."""
    if not content.startswith(SIGNATURE):
        raise _Broken
    at = 6
    for _ in range(MAX_ATTRIBUTES):
        if at + 9 > len(content):
            if at != len(content):
                raise _Broken
            return
        (number, _, size) = struct.unpack_from("<HHI", content, at + 1)
        start = at + 9
        if start + size + 2 > len(content):
            raise _Broken
        yield number, content[start : start + size]
        at = start + size + 2
    raise _Broken


def _to_file(files: list[_File], number: int, data: bytes) -> None:
    if number == _NEW_FILE:
        files.append(_File())
        return
    if not files:
        return
    file = files[-1]
    if number == _TITLE:
        file.name = file.name or _narrow(data)
    elif number == _DATA:
        file.content = data
    elif number == _FILE_PROPERTIES:
        _describe(file, data)


def _describe(file: _File, data: bytes) -> None:
    for name, kind, value in _properties(data):
        if name in (_LONG_NAME, _SHORT_NAME) and kind in (_NARROW, _WIDE):
            file.name = _wide(value) if kind == _WIDE else _narrow(value)
        elif name == _EMBEDDED and not file.content:
            file.content = value[_IID_BYTES:] if kind == _OBJECT else value


def _texts(data: bytes, charset: str) -> Iterator[Wrapped]:
    """The texts of the mail among its properties."""
    for name, kind, value in _properties(data):
        if name == _TEXT and kind == _WIDE:
            yield Wrapped("", _wide(value).encode(), "text/plain", "utf-8")
        elif name == _TEXT and kind == _NARROW:
            yield Wrapped("", value.rstrip(b"\0"), "text/plain", charset)
        elif name == _HTML:
            yield Wrapped("", value.rstrip(b"\0"), "text/html", "" if kind == _BINARY else charset)
        elif name == _RTF:
            yield Wrapped("message.rtf", unpack_rtf(value))


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Number, type and value of each property; of a list of values each."""
    (count,) = struct.unpack_from("<I", data)
    at = 4
    for _ in range(min(count, MAX_ATTRIBUTES)):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= 0x8000:
            at = _after_name(data, at)
        several, kind = bool(kind & _SEVERAL), kind & ~_SEVERAL
        size = _FIXED.get(kind)
        values = 1
        if several or size is None:
            (values,) = struct.unpack_from("<I", data, at)
            at += 4
        for _ in range(min(values, MAX_ATTRIBUTES)):
            length = size
            if length is None:
                (length,) = struct.unpack_from("<I", data, at)
                at += 4
            if at + length > len(data):
                raise _Broken
            yield name, kind, data[at : at + length]
            at += length + -length % 4


def _after_name(data: bytes, at: int) -> int:
    """Where the value of a property begins that is known by name."""
    (by_text,) = struct.unpack_from("<I", data, at + _IID_BYTES)
    at += _IID_BYTES + 4
    if not by_text:
        return at + 4
    (length,) = struct.unpack_from("<I", data, at)
    return int(at + 4 + length + -length % 4)


def _narrow(value: bytes) -> str:
    return value.split(b"\0", 1)[0].decode("cp1252", "replace")


def _wide(value: bytes) -> str:
    return value.decode("utf-16-le", "replace").partition("\0")[0]


def unpack_rtf(packed: bytes) -> bytes:
    """The RTF in `packed`; as much of it as can be read."""
    if len(packed) < 16:
        return b""
    kind, body = packed[8:12], packed[16:]
    if kind == _STORED:
        return body
    if kind != _LZFU:
        return b""
    return _Window().expanded(body)


class _Window:
    """The last 4,096 bytes written, which references point into."""

    def __init__(self) -> None:
        self._bytes = bytearray(_WINDOW)
        self._bytes[: len(_PRESET)] = _PRESET
        self._at = len(_PRESET)

    def expanded(self, body: bytes) -> bytes:
        """`body` with its references replaced by what they stand for."""
        out, at = bytearray(), 0
        while at < len(body) and len(out) < MAX_UNPACKED:
            flags, at = body[at], at + 1
            for bit in range(8):
                size = 2 if flags >> bit & 1 else 1
                given, at = body[at : at + size], at + size
                token = given if size == 1 else self._referred(given)
                if not token:
                    return bytes(out)
                self._write(token)
                out += token
        return bytes(out)

    def _write(self, token: bytes) -> None:
        for byte in token:
            self._bytes[self._at] = byte
            self._at = (self._at + 1) % _WINDOW

    def _referred(self, pair: bytes) -> bytes:
        """The bytes that a reference stands for; none at the end mark, which points at what is to come."""
        reference = int.from_bytes(pair, "big")
        start, length = reference >> 4, (reference & 15) + 2
        if len(pair) < 2 or start == self._at:
            return b""
        token = bytearray()
        for step in range(length):  # it may reach into what it writes itself
            at = (start + step) % _WINDOW
            passed = (at - self._at) % _WINDOW
            token.append(token[passed] if passed < len(token) else self._bytes[at])
        return bytes(token)

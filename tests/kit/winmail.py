"""winmail.dat as Outlook writes it: a text, files, properties."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

Property = tuple[int, int, bytes]  # number, type, value
WIDE, BINARY, LONG = 0x1F, 0x102, 3
TEXT, HTML, PACKED_RTF, LONG_NAME = 0x1000, 0x1013, 0x1009, 0x3707


def winmail(
    *,
    body: str = "",
    properties: Sequence[Property] = (),
    files: Mapping[str, bytes] | None = None,
) -> bytes:
    """The bytes of a winmail.dat."""
    out = b"\x78\x9f\x3e\x22" + b"\x01\x00"
    out += _attribute(1, 0x9006, 8, struct.pack("<I", 0x00010000))
    out += _attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    if body:
        out += _attribute(1, 0x800C, 2, body.encode("cp1252") + b"\0")
    if properties:
        out += _attribute(1, 0x9003, 6, packed(properties))
    for name, content in (files or {}).items():
        out += _attribute(2, 0x9002, 6, bytes(14))
        out += _attribute(2, 0x8010, 1, name[:8].encode("ascii", "replace") + b"\0")
        out += _attribute(2, 0x800F, 6, content)
        out += _attribute(2, 0x9005, 6, packed([(LONG_NAME, WIDE, f"{name}\0".encode("utf-16-le"))]))
    return out


def packed(properties: Sequence[Property]) -> bytes:
    """Properties as Outlook packs them, behind one that has a name instead of a number."""
    named = struct.pack("<HH", LONG, 0x8001) + bytes(16) + struct.pack("<I", 1)
    named += struct.pack("<I", 6) + "ab\0".encode("utf-16-le") + b"\0\0" + struct.pack("<I", 7)
    out = struct.pack("<I", len(properties) + 1) + named
    for number, kind, value in properties:
        out += struct.pack("<HHII", kind, number, 1, len(value)) + value + bytes(-len(value) % 4)
    return out


def _attribute(level: int, number: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, number, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)

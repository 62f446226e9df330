"""Bytes of a text part or an encoded word into text, by text codecs only."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache
from typing import Final

# What mail calls a charset and Python does not, or what receivers read by a larger set than the name says.
_READ_AS: Final = {
    "us-ascii": "utf-8",
    "ascii": "utf-8",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso2022_jp": "iso2022_jp_ext",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-9": "cp1254",
    "x-mac-roman": "mac_roman",
    "unicode-1-1-utf-7": "utf-7",
    "iso-8859-8-i": "iso8859_8",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
}
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Escape sequences that switch ISO-2022-JP to two-byte characters; seven-bit, so UTF-8 would "succeed".
_JIS: Final = re.compile(rb"\x1b\$[@B]|\x1b\$\(D")
_SINGLE_BYTE: Final = re.compile(r"(?:cp|windows-?)12|iso.?8859|mac|koi8|latin")
_META: Final = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([a-zA-Z0-9_:.-]{1,40})""", re.IGNORECASE
)
_META_REACH: Final = 2048  # browsers look for a declared charset in the first KiB; a little slack


@lru_cache(maxsize=256)
def codec_of(label: str) -> str:
    """Python's name of a charset label, or "" when it is none of text."""
    name = label.strip().strip("\"'").lower()
    name = _READ_AS.get(name, name)
    if not name or len(name) > 40:
        return ""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError, UnicodeError):
        return ""
    # `zlib`, `rot13`, `punycode`, `idna`, `unicode_escape` are codecs of Python, not charsets of mail.
    if not getattr(info, "_is_text_encoding", True) or info.name in _NOT_CHARSETS:
        return ""
    return info.name


_NOT_CHARSETS: Final = frozenset(
    {"punycode", "idna", "unicode-escape", "unicode_escape", "raw-unicode-escape", "raw_unicode_escape"}
    | {"undefined", "palmos", "mbcs", "oem"}
)


def declared_in_html(content: bytes) -> str:
    """The charset that an HTML document declares of itself, or ""."""
    found = _META.search(content[:_META_REACH])
    return found[1].decode("ascii") if found else ""


def decode_text(content: bytes, label: str = "") -> tuple[str, tuple[str, ...]]:
    """The text of `content`, and the defects met ("unknown-charset", "charset").

    A byte order mark beats the label; well-formed UTF-8 beats a single-byte label, for those fit any bytes
    and say nothing; what no charset explains is read as the label says with U+FFFD for what is wrong.
    """
    codec = codec_of(label) if label else ""
    defects = ("unknown-charset",) if label and not codec else ()
    if content.isascii() and codec in ("", "utf-8", "cp1252") and b"\x1b" not in content:
        return content.decode("ascii"), defects
    for mark, marked in _BOMS:
        if content.startswith(mark):
            return content.decode(marked, "replace").lstrip("\ufeff"), defects
    return _decode_marked(content, codec, defects)


def _decode_marked(content: bytes, codec: str, defects: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    if codec in ("", "utf-8") and _JIS.search(content):
        codec = "iso2022_jp_ext"
    fallback = _SINGLE_BYTE.match(codec) is not None
    tries = ("utf-8", codec) if fallback or not codec else (codec, "utf-8")
    for attempt in (*tries, "cp1252"):
        text = _strictly(content, attempt)
        if text is not None:
            odd = bool(codec) and attempt != codec and not content.isascii()
            return text, (*defects, "charset") if odd else defects
    return content.decode(codec or "utf-8", "replace"), (*defects, "charset")


def _strictly(content: bytes, codec: str) -> str | None:
    if not codec:
        return None
    try:
        return content.decode(codec)
    except (UnicodeError, ValueError):
        return None

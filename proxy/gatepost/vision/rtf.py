"""Rich Text Format -> its words and links, by its control words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from gatepost.vision.seen import Seen, joined

MAX_BYTES: Final = 5_000_000
_TOKEN: Final = re.compile(
    r"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.IGNORECASE
)
_HIDDEN: Final = frozenset(
    {"fonttbl", "colortbl", "stylesheet", "info", "pict", "themedata", "generator", "listtable"}
)
_BREAKS: Final = frozenset({"par", "line", "row", "sect", "page", "cell"})
_PICTURE: Final = re.compile(r"\\(?:png|jpeg)blip\b")
_HEX: Final = re.compile(r"[0-9a-fA-F]+")
_CONTROL: Final = re.compile(r"\\[a-z]{1,32}(?:-?\d{1,10})? ?", re.IGNORECASE)
_HTML_LINK: Final = re.compile(r"<a\s[^<>{}]{0,500}?href=[\"']([^\"'<>{}]{1,4000})", re.IGNORECASE)
_LINK: Final = re.compile(r'HYPERLINK\s+"([^"]{1,4000})"', re.IGNORECASE)


Look = Callable[[str, bytes], Seen]


def read(content: bytes, look: Look) -> Seen:
    """What an RTF document says, with its pictures."""
    if len(content) > MAX_BYTES:
        return Seen(unread="the document is larger than is read")
    text = content.decode("cp1252", "replace")
    links = tuple(dict.fromkeys([*_LINK.findall(text), *_HTML_LINK.findall(text)]))
    pictures = [look("picture", found) for found in _pictures(text)]
    out: list[str] = []
    hidden: list[bool] = [False]
    for match in _TOKEN.finditer(text):
        word, number, hexed, sign, brace, plain = match.groups()
        if brace == "{":
            hidden.append(hidden[-1])
        elif brace == "}":
            hidden = hidden[:-1] or [False]
        elif sign == "*" or (word and word.lower() in _HIDDEN):
            hidden[-1] = True
        elif not hidden[-1]:
            out.append(_said(word, number, hexed, sign, plain))
    words = re.sub(r"\n{3,}", "\n\n", "".join(out)).strip()
    return joined([Seen(words=words, links=links), *pictures])


def _pictures(text: str) -> Iterator[bytes]:
    """The pictures that it holds as hexadecimal digits."""
    for match in _PICTURE.finditer(text):
        digits = "".join(_CONTROL.sub("", text[match.end() : text.find("}", match.end())]).split())
        if len(digits) % 2 == 0 and _HEX.fullmatch(digits):
            yield bytes.fromhex(digits)


def _said(
    word: str | None, number: str | None, hexed: str | None, sign: str | None, plain: str | None
) -> str:
    if plain is not None:
        return plain
    if hexed is not None:
        return bytes([int(hexed, 16)]).decode("cp1252", "replace")
    if sign is not None:
        return {"~": " ", "_": "-", "-": ""}.get(sign, sign)
    if word in _BREAKS:
        return "\n"
    if word == "tab":
        return "\t"
    if word == "u" and number:
        code = int(number) % 0x10000
        return "" if 0xD800 <= code <= 0xDFFF else chr(code)
    return ""

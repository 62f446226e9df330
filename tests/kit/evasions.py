"""Ways in which a sentence is disguised in a mail while a reader still reads it."""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Callable, Mapping
from email.message import EmailMessage

BUYER = "abcdefghij12345@marketplace.amazon.com"
_LOOK_ALIKES = str.maketrans("aceopxyiAEOPC", "асеорхуіАЕОРС")
_WORD = re.compile(r"[^\W\d_]{4,}")


def _mail(body: str, subtype: str = "plain") -> bytes:
    message = EmailMessage()
    message["From"], message["To"] = "Shop <service@shop.example>", BUYER
    message["Subject"] = "112-1234567-1234567"
    message.set_content(body, subtype=subtype)
    return message.as_bytes()


def _inside_words(text: str, mark: str) -> str:
    """`mark` in the middle of each longer word."""
    return _WORD.sub(lambda m: m[0][: len(m[0]) // 2] + mark + m[0][len(m[0]) // 2 :], text)


def _page(body: str) -> bytes:
    return _mail(f"<html><body><p>{body}</p></body></html>", "html")


def _full_width(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in text)


def _bold_letters(text: str) -> str:
    def letter(c: str) -> str:
        if "a" <= c <= "z":
            return chr(0x1D41A + ord(c) - ord("a"))
        return chr(0x1D400 + ord(c) - ord("A")) if "A" <= c <= "Z" else c

    return "".join(map(letter, text))


def _base64(text: str) -> bytes:
    body = base64.encodebytes(text.encode()).decode()
    head = _mail("x").decode().split("\n\n", 1)[0]
    head = re.sub(r"Content-Transfer-Encoding:.*\n?", "", head)
    head = re.sub(r"Content-Type:.*\n?", "", head).rstrip("\n")
    kind = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64"
    return f"{head}\n{kind}\n\n{body}".encode()


EVASIONS: Mapping[str, Callable[[str], bytes]] = {
    "plain": _mail,
    "look-alike letters": lambda text: _mail(text.translate(_LOOK_ALIKES)),
    "zero-width spaces": lambda text: _mail(_inside_words(text, "\u200b")),
    "soft hyphens": lambda text: _mail(_inside_words(text, "\u00ad")),
    "word joiners and bidi marks": lambda text: _mail(_inside_words(text, "\u2060\u200e")),
    "full-width letters": lambda text: _mail(_full_width(text)),
    "mathematical letters": lambda text: _mail(_bold_letters(text)),
    "capitals": lambda text: _mail(text.upper()),
    "numeric entities": lambda text: _page("".join(f"&#{ord(c)};" for c in text)),
    "split tags": lambda text: _page(_inside_words(html.escape(text), "<b></b><span></span>")),
    "comments in words": lambda text: _page(_inside_words(html.escape(text), "<!-- x -->")),
    "zero-width entities": lambda text: _page(_inside_words(html.escape(text), "&#8203;&shy;")),
    "base64 part": _base64,
    "image alt text": lambda text: _page(f'Hello <img src="cid:1" alt="{html.escape(text)}">'),
    "line breaks": lambda text: _mail(re.sub(r" ", "\n", text, count=2)),
    "more spaces": lambda text: _mail(text.replace(" ", " \u00a0 ")),
}

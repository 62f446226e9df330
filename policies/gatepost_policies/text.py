"""Text as a reader sees it: invisible characters taken out, bidi overrides applied, look-alikes unmasked.

All of it keeps the way back: what is found in an unmasked text has its place in the text it came from.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

# Characters that show nothing (Unicode Default_Ignorable_Code_Point, and what fonts leave blank in words).
_INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\ufffe\uffff\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff\x00-\x08\x0b\x0e-\x1f\x7f\ud800-\udfff"
)
_SHOWS_NOTHING: Final = re.compile(f"[{_INVISIBLE}]+")
# A run of them between two characters of a word in a script that never needs joiners: masking, not spelling.
_LETTERS: Final = r"0-9A-Za-z\u00c0-\u024f\u0370-\u052f"
_IN_WORD: Final = re.compile(
    rf"(?<![{_LETTERS}])[{_LETTERS}]++"
    rf"(?:[\u200b-\u200d\u2060-\u2064\ufeff\u180e\u034f\U000e0000-\U000e0fff]++[{_LETTERS}]++)+"
)
_OVERRIDE: Final = re.compile("\u202e([^\u202c-\u202e\u2066-\u2069\n]*)[\u202c\u2069]?")
_TAGS: Final = re.compile("[\U000e0020-\U000e007e]{2,}")
MAX_MASKED: Final = 50  # masked words told of in one text; one is enough to judge it
# Emoji flags of regions are spelt with tag characters after this base; nothing is hidden there.
_FLAG: Final = "\U0001f3f4"


@dataclass(frozen=True, slots=True)
class Seen:
    """A text without what shows nothing, and the words that had been masked by it."""

    text: str
    masked: tuple[str, ...] = ()


def as_seen(text: str) -> Seen:
    """`text` as a reader sees it: composed (NFC), overridden runs as shown, invisible characters gone."""
    if text.isascii() and (text.isprintable() or _CONTROL.search(text) is None):
        return Seen(text)
    text = unicodedata.normalize("NFC", text)
    if _SHOWS_NOTHING.search(text) is None:
        return Seen(text)
    masked: list[str] = []
    if "\u202e" in text:
        masked += [match[1][::-1] for match in _OVERRIDE.finditer(text) if match[1].strip()]
        text = _OVERRIDE.sub(lambda match: match[1][::-1], text)
    masked += [_SHOWS_NOTHING.sub("", match[0]) for match in _IN_WORD.finditer(text)]
    masked += [
        "".join(chr(ord(letter) - 0xE0000) for letter in match[0])
        for match in _TAGS.finditer(text)
        if text[match.start() - 1 : match.start()] != _FLAG
    ]
    return Seen(_SHOWS_NOTHING.sub("", text), tuple(masked[:MAX_MASKED]))


_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")

# Letters that look like Latin ones, from the Unicode confusables: what is swapped into words and host names.
_LOOKALIKES: Final = {
    "а": "a", "ɑ": "a", "α": "a", "Α": "A", "А": "A", "Ꭺ": "A", "Ь": "b", "В": "B", "Β": "B", "ʙ": "b",
    "с": "c", "ϲ": "c", "С": "C", "Ϲ": "C", "ᴄ": "c", "ԁ": "d", "ɗ": "d", "Ꭰ": "D", "ᴅ": "d", "е": "e",
    "ҽ": "e", "ε": "e", "Е": "E", "Ε": "E", "ᴇ": "e", "ꜰ": "f", "Ϝ": "F", "ɡ": "g", "ց": "g", "ɢ": "g",
    "Ԍ": "G", "һ": "h", "հ": "h", "Н": "H", "Η": "H", "ʜ": "h", "і": "i", "ɩ": "i", "ι": "i",
    "І": "I", "Ι": "I", "Ӏ": "I", "ɪ": "i", "ј": "j", "ϳ": "j", "Ј": "J", "ᴊ": "j", "κ": "k", "к": "k",
    "К": "K", "Κ": "K", "ᴋ": "k", "ⅼ": "l", "ǀ": "l", "ӏ": "l", "ʟ": "l", "м": "m", "М": "M", "Μ": "M",
    "ᴍ": "m", "ո": "n", "ռ": "n", "η": "n", "Ν": "N", "ɴ": "n", "о": "o", "ο": "o", "օ": "o", "σ": "o",
    "О": "O", "Ο": "O", "ᴏ": "o", "р": "p", "ρ": "p", "Р": "P", "Ρ": "P", "ᴘ": "p", "ԛ": "q", "գ": "q",
    "г": "r", "ʀ": "r", "Ꭱ": "R", "ѕ": "s", "Ѕ": "S", "ꜱ": "s", "ʂ": "s", "т": "t", "τ": "t", "Т": "T",
    "Τ": "T", "ᴛ": "t", "υ": "u", "ս": "u", "ᴜ": "u", "ν": "v", "ѵ": "v", "ᴠ": "v", "ѡ": "w", "ԝ": "w",
    "ᴡ": "w", "х": "x", "χ": "x", "Х": "X", "Χ": "X", "у": "y", "γ": "y", "ү": "y", "У": "Y", "Υ": "Y",
    "ʏ": "y", "ᴢ": "z", "Ζ": "Z", "ʐ": "z", "З": "3",
}  # fmt: skip
_LOOKS: Final = {ord(letter): plain for letter, plain in _LOOKALIKES.items()}
_FOREIGN: Final = re.compile("[" + "".join(_LOOKALIKES) + "]")
_WORD: Final = re.compile(r"[^\W_]+")
_LATIN: Final = re.compile(r"[A-Za-z]")


@dataclass(frozen=True, slots=True)
class Unmasked:
    """A text for finding things in, and where each of its characters came from."""

    text: str
    offsets: tuple[int, ...] | None  # None: character i came from i; else one entry a character, plus the end

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The range of the source text that `[start, end)` came from."""
        if self.offsets is None:
            return start, end
        return self.offsets[start], self.offsets[end] if end > start else self.offsets[start]


@lru_cache(maxsize=4096)
def _plain(letter: str) -> str:
    plain = unicodedata.normalize("NFKC", letter)
    return plain or letter


_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
_PLAIN: Final = dict.fromkeys(_DASHES, "-") | dict.fromkeys("\u00a0\u202f\u3000", " ")
_ODD: Final = re.compile(f"[{''.join(_PLAIN)}]")


MAX_KEPT: Final = 50_000  # characters; a text is unmasked by several finders, and a usual one only once


def unmask(text: str) -> Unmasked:
    """`text` in compatible forms, look-alikes made plain.

    Letters that only look Latin are made Latin where their word also holds Latin ones; a word that is wholly
    Greek or Cyrillic stays what it is.
    """
    if text.isascii():
        return Unmasked(text, None)
    return compatible(_unmix(text) if _FOREIGN.search(text) else text)


def compatible(text: str) -> Unmasked:
    """`text` in compatible forms (NFKC by the letter): full-width letters plain, dashes and spaces one."""
    if text.isascii():
        return Unmasked(text, None)
    return _compatible_once(text) if len(text) <= MAX_KEPT else _compatible(text)


def _compatible(text: str) -> Unmasked:
    for odd in set(_ODD.findall(text)):
        text = text.replace(odd, _PLAIN[odd])
    if unicodedata.is_normalized("NFKC", text):
        return Unmasked(text, None)
    out: list[str] = []
    offsets: list[int] = []
    same = True
    for at, letter in enumerate(text):
        plain = letter if letter < "\u00a1" else _plain(letter)
        same = same and len(plain) == 1
        out.append(plain)
        offsets += [at] * len(plain)
    if same:
        return Unmasked("".join(out), None)
    offsets.append(len(text))
    return Unmasked("".join(out), tuple(offsets))


_compatible_once = lru_cache(maxsize=16)(_compatible)


def _unmix(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        word = match[0]
        return word.translate(_LOOKS) if _LATIN.search(word) else word

    return _WORD.sub(plain, text)


def lowered(text: str) -> str:
    """`text` in lower case, character for character: the few letters that grow in lower case stay."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(small if len(small := letter.lower()) == 1 else letter for letter in text)


def has_mixed_scripts(word: str) -> bool:
    """Whether `word` mixes Latin letters with letters of another script that look like them."""
    return _LATIN.search(word) is not None and _FOREIGN.search(word) is not None

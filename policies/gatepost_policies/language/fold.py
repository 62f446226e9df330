"""Text -> folded words: what word patterns are matched against, with the way back to the original.

Folded text has lower-case ASCII letters and digits for every Latin script, whatever accent, font,
width or look-alike letter was used; kana and kanji stay; each other character is a space. Four
marks survive: `$` for any currency sign, `%`, `+`, and `*` for a drawn star. Invisible characters are
gone, and so is white space between two Japanese characters. Linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

_NON_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_AFTER_DIGIT: Final = re.compile(r"(?<=[0-9])\*(?![*\w])")  # "5* review": a star; elsewhere it is Markdown
_JAPANESE: Final = "\u3041-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uff10-\uff19\uff66-\uff9f々〆"
_JAPANESE_GAP: Final = re.compile(f"(?<=[{_JAPANESE}、。！？])\\s+(?=[{_JAPANESE}])")
_COMPOSED: Final = re.compile(
    "[\u3041-\u30ff\uff66-\uff9d][\u3099\u309a\uff9e\uff9f]"
)  # a kana and its loose mark
_SPELLED: Final = re.compile(
    r"(?<![^\W_])(?:[^\W\d_][ .\-_*·]){3,}[^\W\d_](?![^\W_])"
)  # "f r e e", "f.r.e.e"

# Letters that no decomposition takes apart, and letters of other scripts that look Latin. The
# look-alikes are read as Latin everywhere: no rules exist for languages written in those scripts.
_SPECIAL: Final = {
    **dict(zip("ıłøđħŧŋðĸƒ", "ilodhtndkf", strict=True)),
    **dict(zip("авеѕіјкмнорстухуԁһԛԝѵɡɑɩ", "abesijkmhopctyxydhqwvgai", strict=True)),
    **dict(zip("αβεικνορτυχγηωϲϳ", "abeiknoptuxynwcj", strict=True)),
    "æ": "ae",
    "œ": "oe",
    "ß": "ss",
    "þ": "th",
    "ё": "e",
    "ї": "i",
}
_STARS: Final = frozenset("★☆⭐🌟✰✩✪✫✬✭✮✯⚝⋆✶🟊")


def _is_japanese(char: str) -> bool:
    return "\u3041" <= char <= "\u30ff" or "\u3400" <= char <= "\u9fff" or char in "々〆"


def _fold_one(char: str) -> str:
    """What one non-ASCII character stands for in folded text; "" when nobody sees it."""
    if char in _STARS:
        return "*"
    if char in _SPECIAL:
        return _SPECIAL[char]
    if _is_japanese(char):
        return char if char not in "・゠" else " "
    category = unicodedata.category(char)
    if category in ("Mn", "Me", "Cf", "Cc") or char in "\u115f\u1160\u3164\uffa0\u2800":
        return ""
    if category == "Sc":
        return "$"
    if category[0] not in "LN" and category != "So":
        return "%" if unicodedata.normalize("NFKC", char) == "%" else " "
    parts = unicodedata.normalize("NFKC" if "\uff66" <= char <= "\uff9f" else "NFKD", char).casefold()
    return "".join(_part(part) for part in parts) or " "


def _part(char: str) -> str:
    if char.isascii():
        return char if char.isalnum() else " "
    if char in _SPECIAL:
        return _SPECIAL[char]
    if unicodedata.combining(char):
        return ""
    return char if char.isalnum() else " "


class _Table(dict[int, str]):
    """`str.translate` table that works out each character once."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        if code < 128:
            folded = char.lower() if char.isalnum() else char if char in "$%+" else " "
        else:
            folded = _fold_one(char)
        if (
            len(self) < 100_000
        ):  # hostile mail can't fill memory: Unicode is larger than any real mail's letters
            self[code] = folded
        return folded


_TABLE: Final = _Table()


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded text, and for each of its characters the index in the original; None: they agree."""

    text: str
    origins: Sequence[int] | None = field(default=None, repr=False)

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The range of the original that the folded range `[start, end)` came from."""
        if self.origins is None or start >= end:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1

    def index(self, at: int) -> int:
        """The first folded index that came from the original index `at` or later."""
        if self.origins is None:
            return min(at, len(self.text))
        return bisect_left(self.origins, at)


def fold(text: str) -> Folded:
    """`text` as word patterns see it."""
    if "*" in text:
        text = _AFTER_DIGIT.sub("★", text)
    spelled = list(_SPELLED.finditer(text))
    if text.isascii() and not spelled:
        return Folded(text.translate(_TABLE))
    replaced = _replacements(text)
    for match in spelled:
        replaced += _joined(match)
    if not replaced:
        return Folded(text.translate(_TABLE))
    return _with_map(text, sorted(replaced))


def _joined(match: re.Match[str]) -> list[tuple[int, int, str]]:
    """The gaps of letters written apart, each to be dropped; a gap of two spaces never matches."""
    start, text = match.start(), match.group()
    return [(start + at, start + at + 1, "") for at in range(1, len(text), 2)]


def _replacements(text: str) -> list[tuple[int, int, str]]:
    """Ranges of `text` whose folded form is not as long as they are, in any order."""
    result: list[tuple[int, int, str]] = []
    foreign = {char for char in set(text) if char > "\x7f"}
    uneven = {char for char in foreign if len(_TABLE[ord(char)]) != 1}
    marks = uneven & set("\u3099\u309a") or foreign & set("\uff9e\uff9f")
    taken: set[int] = set()
    if marks:
        for match in _COMPOSED.finditer(text):
            result.append((match.start(), match.end(), unicodedata.normalize("NFKC", match.group())))
            taken.update(range(match.start(), match.end()))
    if uneven:
        pattern = "[" + "".join(map(re.escape, sorted(uneven))) + "]"
        for match in re.finditer(pattern, text):
            if match.start() not in taken:
                result.append((match.start(), match.end(), _TABLE[ord(match.group())]))
    if any(map(_is_japanese, foreign)):
        result += [(match.start(), match.end(), "") for match in _JAPANESE_GAP.finditer(text)]
    return result


def _with_map(text: str, replaced: list[tuple[int, int, str]]) -> Folded:
    """Fold `text`, replacing the given ranges and keeping an index for each folded character."""
    pieces: list[str] = []
    origins = array("I")  # a quarter of a list: what is heard is kept
    at = 0
    for start, end, instead in replaced:
        if start < at:
            continue
        pieces.append(text[at:start].translate(_TABLE))
        origins.extend(range(at, start))
        pieces.append(instead)
        origins.extend([start] * len(instead))
        at = end
    pieces.append(text[at:].translate(_TABLE))
    origins.extend(range(at, len(text)))
    return Folded("".join(pieces), origins)

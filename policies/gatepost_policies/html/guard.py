"""Looks at HTML before a parser does, so that no mail can make tree building quadratic.

Tree builders are quadratic in the depth of nesting, in a tag's attributes, and in re-opened formatting; this
scan is linear and only ever judges a document too heavy, never too light.
"""

from __future__ import annotations

import html
import re
from typing import Final

MAX_HTML: Final = 2_000_000  # characters read of one HTML part
MAX_DEPTH: Final = 500
MAX_ATTRIBUTES: Final = 500  # of one tag
MAX_REOPENED: Final = 300_000  # formatting elements a parser would open again, over the whole document
SMALL: Final = 6_000  # characters; below this nothing can get expensive
LARGE: Final = 64_000  # characters, and
MANY: Final = 5_000  # tags, from which on a document must be one whose comments and raw text are unambiguous

_SPACE: Final = r"[\t\n\f\r ]"
_ATTRIBUTES: Final = (
    r"(?:[\t\n\f\r /]++|[^\t\n\f\r />][^\t\n\f\r />=]*+"
    rf"(?:{_SPACE}*+={_SPACE}*+(?:\"[^\"]*+\"|'[^']*+'|[^\t\n\f\r >\"'][^\t\n\f\r >]*+)?+)?+)*+"
)
_TAG: Final = re.compile(
    rf"<(/?)([a-zA-Z][^\t\n\f\r />]*+)({_ATTRIBUTES})>?|<!--(?:-?>|.*?(?:--!?>|\Z))|<[!?/][^>]*+>?",
    re.DOTALL,
)
_ATTRIBUTE: Final = re.compile(
    r"([^\t\n\f\r />][^\t\n\f\r />=]*+)"
    rf"(?:{_SPACE}*+={_SPACE}*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\t\n\f\r >]*+)))?+"
)
# In SVG and MathML `<style>` and `<title>` hold markup, elsewhere text: which it is a tree builder knows.
_FOREIGN: Final = re.compile(r"<(?:svg|math|template|select|frameset|plaintext)", re.IGNORECASE)
_RAW: Final = re.compile(r"<(?:script|style|textarea|title|xmp|iframe|noembed|noframes)", re.IGNORECASE)
_RAW_TEXT: Final = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"})
# Elements that never nest in themselves because the next one, or their parent's end, closes them.
_FLEETING: Final = frozenset(
    {"p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "tbody", "thead", "tfoot", "rp", "rt"}
    | {
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "param",
        "source",
        "track",
        "wbr",
    }
    | {"html", "head", "body", "colgroup", "caption"}
)
_FORMATTING: Final = frozenset(
    {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
)
_BREAKING: Final = frozenset(
    {"p", "div", "br", "tr", "li", "table", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "hr"}
)


def weigh(source: str) -> str:
    """Why `source` is too heavy for a tree ("html-too-deep", "html-too-complex"), or "" when it is not."""
    if len(source) <= SMALL:
        return ""
    if (len(source) > LARGE or source.count("<") > MANY) and _FOREIGN.search(source) and _RAW.search(source):
        return "html-too-complex"
    scan = _Scan()
    position = 0
    while match := _TAG.search(source, position):
        position = match.end()
        name = (match[2] or "").lower()
        if match[1] == "/":
            scan.close(name)
        elif name:
            scan.open(name, match[3])
            if name in _RAW_TEXT:
                position = _raw_end(source, name, position)
        if scan.verdict:
            break
    return scan.verdict


class _Scan:
    """What would be open in a tree at one place, at most."""

    def __init__(self) -> None:
        self.verdict = ""
        self._open: list[str] = []
        self._formatting = 0
        self._reopened = 0

    def open(self, name: str, attributes: str) -> None:
        """A start tag."""
        self._reopened += self._formatting
        if self._reopened > MAX_REOPENED or _has_too_many(attributes):
            self.verdict = "html-too-complex"
        if name in _RAW_TEXT or name in _FLEETING:
            return
        self._open.append(name)
        self._formatting += name in _FORMATTING
        if len(self._open) > MAX_DEPTH:
            self.verdict = "html-too-deep"

    def close(self, name: str) -> None:
        """An end tag: it takes back only what it surely closes."""
        if self._open and self._open[-1] == name:
            self._open.pop()
            self._formatting -= name in _FORMATTING
        elif name == "table" and "table" in self._open[-20:]:
            while self._open.pop() != "table":
                pass  # closed with it; formatting among them may be re-opened, so it stays counted


def _has_too_many(attributes: str) -> bool:
    return len(attributes) > 2 * MAX_ATTRIBUTES and len(_ATTRIBUTE.findall(attributes)) > MAX_ATTRIBUTES


def _raw_end(source: str, name: str, position: int) -> int:
    found = re.compile(f"</{name}", re.IGNORECASE).search(source, position)
    return found.start() if found else len(source)


def flatten(source: str) -> tuple[str, list[tuple[str, str, str]]]:
    """The text of a document too heavy for a tree, tags taken out, and the addresses in its attributes.

    No style is applied: what a sheet would hide counts as seen. Addresses are (tag, attribute, value).
    """
    out: list[str] = []
    addresses: list[tuple[str, str, str]] = []
    position = 0
    while match := _TAG.search(source, position):
        out.append(source[position : match.start()])
        position = match.end()
        name = (match[2] or "").lower()
        if name in _BREAKING:
            out.append("\n")
        if match[1] or not name:
            continue
        if name in ("script", "style"):
            position = _raw_end(source, name, position)
        if "=" in match[3]:
            addresses += _addresses(name, match[3])
    out.append(source[position:])
    lines = (" ".join(line.split()) for line in html.unescape("".join(out)).split("\n"))
    return "\n".join(line for line in lines if line), addresses


_CARRIES: Final = frozenset({"href", "src", "action", "background", "xlink:href", "alt", "title", "content"})


def _addresses(name: str, attributes: str) -> list[tuple[str, str, str]]:
    found = []
    for match in _ATTRIBUTE.finditer(attributes):
        key = match[1].lower()
        if key in _CARRIES:
            found.append((name, key, html.unescape(match[2] or match[3] or match[4] or "")))
    return found[:50]

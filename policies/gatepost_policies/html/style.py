"""Reads the few CSS declarations that decide whether a reader sees a text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from gatepost_policies.model import Hiding

MAX_STYLE: Final = 10_000  # characters of one style attribute or rule body
TINY_PX: Final = 2.0  # a font this small or smaller is not read
FAR_PX: Final = 400.0  # this far out is off the screen
FAINT: Final = 1.15  # contrast ratio at or below which text is not seen against its background

Colour = tuple[float, float, float, float]  # red, green, blue, alpha, each 0 to 1
WHITE: Final[Colour] = (1.0, 1.0, 1.0, 1.0)
HALF: Final[Colour] = (0.5, 0.5, 0.5, 0.5)  # a ground of which nothing can be said
BLACK: Final[Colour] = (0.0, 0.0, 0.0, 1.0)

# The properties that matter; a sheet's other declarations are dropped as it is read.
PROPERTIES: Final = frozenset(
    (
        "background", "background-color", "background-image", "bottom", "clip", "clip-path", "color",
        "direction", "display", "filter", "font", "font-size", "height", "left", "margin-left", "margin-top",
        "max-height", "max-width", "opacity", "overflow", "overflow-x", "overflow-y", "position", "right",
        "text-indent", "top", "transform", "unicode-bidi", "visibility", "white-space", "width",
        "-webkit-text-fill-color",
    )
)  # fmt: skip
_INTERESTING: Final = re.compile(
    r"display|visib|opac|font|color|background|height|width|indent|clip|position|margin|transform|white-space"
    r"|direction|fill|filter|\\",
    re.IGNORECASE,
)
_COMMENT: Final = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_ESCAPE: Final = re.compile(r"\\([0-9a-fA-F]{1,6})[ \t\n]?|\\(.)")
_DECLARATION: Final = re.compile(
    r"""\s*+([a-zA-Z-]++)\s*+:\s*+((?:[^;"'(]++|"[^"]*+"?|'[^']*+'?|\([^)]*+\)?)*+)""", re.DOTALL
)
_LENGTH: Final = re.compile(
    r"([+-]?(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9}))\s*(px|pt|em|rem|ex|ch|%|vw|vh|in|cm|mm|pc)?"
)
_URL: Final = re.compile(r"""url\(\s*(?:"([^"]*)"|'([^']*)'|([^)"'\s]*))\s*\)?""", re.IGNORECASE)
_SHORT_FONT: Final = re.compile(r"(?:^|\s)(\d{1,6}(?:\.\d+)?(?:px|pt|em|rem|%)?)(?:\s*/\s*\S+)?\s+\S")
_UNKNOWN: Final = re.compile(r"gradient\(|var\(", re.IGNORECASE)
_OPACITY: Final = re.compile(r"opacity\(\s*0(?:\.0*)?%?\s*\)", re.IGNORECASE)
_SCALE: Final = re.compile(r"scale[xy]?\(\s*0(?:\.0*)?\s*[,)]", re.IGNORECASE)
_PX: Final = {"px": 1.0, "pt": 4 / 3, "in": 96.0, "cm": 37.8, "mm": 3.78, "pc": 16.0, "vw": 6.0, "vh": 8.0}
_EM: Final = {"em": 1.0, "rem": 1.0, "ex": 0.5, "ch": 0.5, "%": 0.01}
_SIZE_WORDS: Final = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0,
    "xx-large": 32.0,
}  # fmt: skip

Declarations = tuple[tuple[str, str, bool], ...]  # property, value, important


@dataclass(frozen=True, slots=True)
class Effect:
    """What an element's declarations do to the sight of its text; None leaves things as they are."""

    gone: Hiding | None = None  # the element and all in it
    unseen: bool | None = None  # visibility, which a child may take back
    size_px: float | None = None
    scale: float | None = None  # of the parent's font size
    colour: Colour | None = None
    ground: Colour | None = None
    picture: str = ""  # the URL of a background picture
    block: bool | None = None
    pre: bool | None = None
    backwards: bool = False


NOTHING: Final = Effect()


@lru_cache(maxsize=1024)
def declarations(text: str) -> Declarations:
    """The declarations in a style attribute or rule body that can matter here."""
    if _INTERESTING.search(text) is None:
        return ()
    text = text[:MAX_STYLE]
    if "/*" in text:
        text = _COMMENT.sub("", text)
    if "\\" in text:
        text = _ESCAPE.sub(_unescaped, text)
    found = []
    position = 0
    while position < len(text):
        match = _DECLARATION.match(text, position)
        if match and match[1].lower() in PROPERTIES:
            value = match[2].strip()
            low = value.lower()
            important = low.endswith("important") and "!" in low
            value = value[: low.rindex("!")].strip() if important else value
            found.append((match[1].lower(), value, important))
        end = text.find(";", match.end() if match else position)
        position = end + 1 if end >= 0 else len(text)
    return tuple(found)


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        code = int(match[1], 16)
        return chr(code) if 0 < code < 0xD800 or 0xDFFF < code < 0x110000 else ""
    return match[2]


def urls(text: str) -> list[str]:
    """The targets of `url()` in a style text."""
    if "url" not in text.lower() and "\\" not in text:
        return []
    text = _ESCAPE.sub(_unescaped, text) if "\\" in text else text
    return [url for match in _URL.finditer(text) if (url := (match[1] or match[2] or match[3] or "").strip())]


def effect(style: dict[str, str]) -> Effect:
    """What the declarations of one element, cascade already done, do to its text."""
    display = style.get("display", "").lower()
    size, scale = _font_size(style)
    colour = _colour(style.get("-webkit-text-fill-color", "")) or _colour(style.get("color", ""))
    ground, picture = _ground(style)
    white_space = style.get("white-space", "").lower()
    visibility = style.get("visibility", "").lower()
    return Effect(
        gone=Hiding.DISPLAY if display == "none" else _gone(style),
        unseen=visibility in ("hidden", "collapse") if visibility in _VISIBILITIES else None,
        size_px=size,
        scale=scale,
        colour=colour,
        ground=ground,
        picture=picture,
        block=_BLOCKS.get(display),
        pre=white_space.startswith("pre") if white_space and white_space != "inherit" else None,
        backwards="override" in style.get("unicode-bidi", "") and style.get("direction", "") == "rtl",
    )


@lru_cache(maxsize=1024)
def inline_effect(text: str) -> Effect:
    """What a style attribute does where no sheet has a say; mails repeat theirs on every element."""
    found = declarations(text)
    ordered = sorted(found, key=lambda entry: entry[2])  # stable: important ones come last, and win
    return effect({name: value for name, value, _ in ordered}) if found else NOTHING


_VISIBILITIES: Final = frozenset({"hidden", "collapse", "visible"})
_BLOCKS: Final = {
    "block": True,
    "flex": True,
    "grid": True,
    "table": True,
    "list-item": True,
    "inline": False,
}


def _gone(style: dict[str, str]) -> Hiding | None:
    opacity = _number(style.get("opacity", ""))
    if opacity is not None and opacity <= 0.05:
        return Hiding.COLOUR
    if _OPACITY.search(style.get("filter", "")):
        return Hiding.COLOUR
    if _has_no_box(style) or _SCALE.search(style.get("transform", "")):
        return Hiding.SIZE
    return Hiding.OFFSCREEN if _is_off_screen(style) else None


def _has_no_box(style: dict[str, str]) -> bool:
    clipped = any(
        style.get(name, "").lower() in ("hidden", "clip") for name in ("overflow", "overflow-x", "overflow-y")
    )
    sides = ("height", "max-height", "width", "max-width")
    return clipped and any(_is_nothing(style[side]) for side in sides if side in style)


def _is_nothing(value: str) -> bool:
    size = length(value)
    return size is not None and size <= (0 if value.endswith("%") else 1)


def _is_off_screen(style: dict[str, str]) -> bool:
    names = ["text-indent", "margin-left", "margin-top"]
    if style.get("position", "").lower() in ("absolute", "fixed"):
        names += ["left", "top", "right", "bottom"]
        clip = style.get("clip", "").replace(" ", "").lower()
        if clip.startswith(("rect(0", "rect(1px")):
            return True
    path = style.get("clip-path", "").replace(" ", "").lower()
    if path.startswith(("inset(100%", "inset(50%", "circle(0")):
        return True
    return any(
        (size := length(style[name])) is not None and size <= -FAR_PX for name in names if name in style
    )


def length(value: str) -> float | None:
    """A CSS length in CSS pixels (an em taken as 16); None when `value` is none."""
    match = _LENGTH.match(value)
    if match is None:
        return None
    number, unit = float(match[1]), match[2] or "px"
    return number * _PX[unit] if unit in _PX else number * 16 * _EM[unit]


def _number(value: str) -> float | None:
    match = _LENGTH.match(value)
    return None if match is None else float(match[1]) / (100 if match[2] == "%" else 1)


def _font_size(style: dict[str, str]) -> tuple[float | None, float | None]:
    value = style.get("font-size", "").lower()
    if not value and "font" in style:
        match = _SHORT_FONT.search(style["font"])
        value = match[1] if match else ""
    if value in _SIZE_WORDS:
        return _SIZE_WORDS[value], None
    match = _LENGTH.match(value)
    if match is None:
        return None, None
    number, unit = float(match[1]), match[2] or "px"
    if unit == "rem":
        return number * 16, None
    return (number * _PX[unit], None) if unit in _PX else (None, number * _EM[unit])


def _ground(style: dict[str, str]) -> tuple[Colour | None, str]:
    """The background colour and picture; the longhand wins where both are given."""
    short = style.get("background", "")
    if _UNKNOWN.search(short + style.get("background-image", "") + style.get("background-color", "")):
        return HALF, ""
    pictures = urls(style.get("background-image", "")) or urls(short)
    plain = _colour(style.get("background-color", ""))
    if plain is None and short:
        rest = _URL.sub(" ", short)
        plain = _colour(rest) or next((found for word in rest.split() if (found := _colour(word))), None)
    return plain, pictures[0] if pictures else ""


def _colour(value: str) -> Colour | None:
    return colour(value) if value else None


@lru_cache(maxsize=1024)
def colour(value: str) -> Colour | None:
    """A CSS or `<font>` colour; None when `value` is none of the forms known."""
    value = value.strip().lower()
    if value.startswith("#"):
        return _hex(value[1:])
    if len(value) == 6 and (bare := _hex(value)):
        return bare  # as `bgcolor` takes it, without the sign
    if not value[:1].isalpha() or len(value) > 100:
        return None
    from tinycss2.color4 import parse_color  # only mails with named colours pay the import

    parsed = parse_color(value)
    if parsed is None or isinstance(parsed, str):
        return None
    red, green, blue, alpha = (float(part or 0.0) for part in parsed.to("srgb"))
    return red, green, blue, alpha


def _hex(digits: str) -> Colour | None:
    if len(digits) in (3, 4):
        digits = "".join(digit * 2 for digit in digits)
    if len(digits) not in (6, 8):
        return None
    try:
        parts = [int(digits[at : at + 2], 16) / 255 for at in range(0, len(digits), 2)]
    except ValueError:
        return None
    return parts[0], parts[1], parts[2], parts[3] if len(parts) == 4 else 1.0


def _luminance(shade: Colour) -> float:
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in shade[:3]
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@lru_cache(maxsize=1024)
def is_unseen(ink: Colour, ground: Colour) -> bool:
    """Whether text in `ink` can't be told from `ground` (WCAG contrast ratio)."""
    if ink[3] <= 0.05:
        return True
    bright, dark = sorted((_luminance(ink), _luminance(ground)), reverse=True)
    return (bright + 0.05) / (dark + 0.05) <= FAINT

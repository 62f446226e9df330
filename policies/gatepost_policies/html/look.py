"""How an element looks to the reader: what it inherits, and what its own style changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from gatepost_policies.html.sheet import Cascade
from gatepost_policies.html.style import (
    BLACK,
    NOTHING,
    TINY_PX,
    WHITE,
    Colour,
    Effect,
    colour,
    inline_effect,
    is_unseen,
)
from gatepost_policies.model import Hiding

_LINK: Final[Colour] = (0.0, 0.0, 0.93, 1.0)  # what programs paint a link in when nobody says
_FONT_SIZES: Final = {"0": 10.0, "1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
Attributes = dict[str, str | None]


@dataclass(frozen=True, slots=True)
class Look:
    """The inherited state at one element; `hiding` says why its text is not seen, if it is not."""

    gone: Hiding | None = None
    unseen: bool = False
    ink: Colour = BLACK
    ground: Colour | None = WHITE  # None: over a picture, so nothing can be said
    size_px: float = 16.0
    pre: bool = False
    backwards: bool = False
    hiding: Hiding | None = None


PLAIN: Final = Look()


def own_effect(cascade: Cascade, node_id: int, tag: str, attributes: Attributes) -> Effect:
    """What an element's own style, from sheets and attributes, does."""
    inline = attributes.get("style") or ""
    rules = [] if cascade.is_empty else cascade.rules_for(node_id, tag, attributes)
    if rules:
        return cascade.effect(rules, inline)
    return inline_effect(inline) if inline else NOTHING


def looks(parent: Look, own: Effect, tag: str, attributes: Attributes) -> Look:
    """The state inside an element."""
    marked = _by_attributes(tag, attributes)
    if own is NOTHING and marked is NOTHING and tag != "a":
        return parent
    gone = parent.gone or own.gone or marked.gone
    unseen = parent.unseen if own.unseen is None else own.unseen
    ink = own.colour or marked.colour or (_LINK if tag == "a" and "href" in attributes else parent.ink)
    ground = _ground(parent, own, marked)
    size_px = _size(parent, own, marked)
    return Look(
        gone,
        unseen,
        ink,
        ground,
        size_px,
        parent.pre if own.pre is None else own.pre,
        parent.backwards or own.backwards or marked.backwards,
        gone or (Hiding.DISPLAY if unseen else _hiding(size_px, ink, ground)),
    )


def _hiding(size_px: float, ink: Colour, ground: Colour | None) -> Hiding | None:
    if size_px <= TINY_PX:
        return Hiding.SIZE
    return Hiding.COLOUR if ground is not None and is_unseen(ink, ground) else None


def _size(parent: Look, own: Effect, marked: Effect) -> float:
    if own.size_px is not None:
        return own.size_px
    if own.scale is not None:
        return parent.size_px * own.scale
    return parent.size_px if marked.size_px is None else marked.size_px


def _ground(parent: Look, own: Effect, marked: Effect) -> Colour | None:
    if own.picture or marked.picture:
        return None
    shade = own.ground or marked.ground
    if shade is None or shade[3] < 0.05:
        return parent.ground
    return shade if shade[3] > 0.95 else None  # half transparent: what shines through is unknown


def _by_attributes(tag: str, attributes: Attributes) -> Effect:
    """What HTML's own presentational attributes do; a style sheet beats them."""
    if not attributes:
        return NOTHING
    if "hidden" in attributes:
        return Effect(gone=Hiding.DISPLAY)
    if tag == "font":
        shade = colour(attributes.get("color") or "") if attributes.get("color") else None
        return Effect(colour=shade, size_px=_FONT_SIZES.get(attributes.get("size") or ""))
    if tag == "bdo" and (attributes.get("dir") or "").lower() == "rtl":
        return Effect(backwards=True)
    ground, picture = attributes.get("bgcolor"), attributes.get("background")
    if tag == "body" and attributes.get("text"):
        return Effect(colour=colour(attributes["text"] or ""), ground=colour(ground) if ground else None)
    if ground or picture:
        return Effect(ground=colour(ground) if ground else None, picture=picture or "")
    return NOTHING

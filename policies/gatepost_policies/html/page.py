"""What an HTML part shows and carries, as values."""

from __future__ import annotations

from dataclasses import dataclass

from gatepost_policies.model import Hiding, LinkKind


@dataclass(frozen=True, slots=True)
class Anchor:
    """A link of the markup and the range of the visible text that stands for it."""

    kind: LinkKind
    url: str
    start: int
    end: int  # equal to `start` when nothing visible stands for it
    alt: str = ""  # of the pictures in it
    image: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the markup."""

    src: str
    alt: str
    title: str
    linked_to: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A range of the visible text inside a quotation of the markup."""

    start: int
    end: int
    marked: bool  # a mail program's own quotation mark, not a bare <blockquote>


@dataclass(frozen=True, slots=True)
class Page:
    """An HTML part as a reader sees it."""

    text: str
    anchors: tuple[Anchor, ...] = ()
    pictures: tuple[Picture, ...] = ()
    hidden: tuple[tuple[str, Hiding], ...] = ()
    quotes: tuple[Quote, ...] = ()
    base: str = ""  # the address that relative links start from
    defects: tuple[str, ...] = ()

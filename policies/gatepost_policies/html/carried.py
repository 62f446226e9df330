"""Collects what the elements of a page carry: links of every kind, and pictures."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from gatepost_policies.html.look import Attributes
from gatepost_policies.html.page import Anchor, Page, Picture
from gatepost_policies.html.style import length
from gatepost_policies.html.writer import Mark, Writer
from gatepost_policies.model import LinkKind

MAX_LINKS: Final = 10_000
MAX_PICTURES: Final = 5_000
MAX_URL: Final = 8_000  # characters kept of one address
MAX_OPEN: Final = 50  # links within links

_REMOTE: Final = {
    "img": ("src", "lowsrc", "dynsrc"),
    "image": ("href", "xlink:href", "src"),
    "source": ("src",),
    "video": ("src", "poster"),
    "audio": ("src",),
    "embed": ("src",),
    "iframe": ("src",),
    "frame": ("src",),
    "object": ("data",),
    "link": ("href",),
    "input": ("src",),
    "use": ("href", "xlink:href"),
    "feimage": ("href", "xlink:href"),
    "v:imagedata": ("src",),
    "v:fill": ("src",),
    "bgsound": ("src",),
    "track": ("src",),
}
_PICTURES: Final = frozenset({"img", "image", "v:imagedata", "v:fill"})
_REFRESH: Final = re.compile(r"[;,]\s*+(?:url\s*+=\s*+)?+[\"']?+\s*+([^\"'>\s][^\"'>]*+)", re.IGNORECASE)
_SCRIPTED: Final = re.compile(r"https?://[^\s\"'<>)\\]+", re.IGNORECASE)
_SRCSET: Final = re.compile(r"(?:^|,)\s*([^\s,]\S*)")
_BUTTONS: Final = frozenset({"submit", "button", "reset", "image"})


class Carried:
    """A link element that is still open."""

    __slots__ = ("alts", "has_picture", "kind", "mark", "url")

    def __init__(self, kind: LinkKind, url: str) -> None:
        self.kind, self.url = kind, url
        self.mark = Mark()
        self.alts: list[str] = []
        self.has_picture = False

    def anchor(self, after: int) -> Anchor:
        """The link as a value; `after` is where it stands when nothing visible stands for it."""
        start = self.mark.start if self.mark.start >= 0 else after
        end = self.mark.end if self.mark.start >= 0 else after
        return Anchor(self.kind, self.url, start, end, " ".join(self.alts)[:500], self.has_picture)


class Collector:
    """Links and pictures in the order met."""

    def __init__(self) -> None:
        self.pictures: list[Picture] = []
        self.base = ""
        self.defects: list[str] = []
        self._links: list[Carried | Anchor] = []
        self._open: list[Carried] = []
        self._maps: dict[str, str] = {}  # a map's name -> where its first area leads
        self._map = ""
        self._mapped: list[tuple[int, str]] = []  # pictures that name a map

    def anchors(self) -> Iterator[Anchor]:
        """The links, and the pictures' maps resolved."""
        for at, name in self._mapped:
            where = self._maps.get(name, "")
            picture = self.pictures[at]
            if where and not picture.linked_to:
                self.pictures[at] = Picture(
                    picture.src, picture.alt, picture.title, where, picture.width, picture.height
                )
        self._mapped.clear()
        for link in self._links:
            yield link.anchor(0) if isinstance(link, Carried) else link

    def take(self, page: Page) -> None:
        """Add what a conditional comment carries; nothing of the visible text stands for it."""
        for anchor in page.anchors:
            shown = page.text[anchor.start : anchor.end] or anchor.alt
            self._keep(Anchor(anchor.kind, anchor.url, 0, 0, shown, anchor.image))
        self.pictures += page.pictures[: MAX_PICTURES - len(self.pictures)]

    def add(self, kind: LinkKind, url: str, alt: str = "") -> None:
        """Add a link that nothing visible stands for."""
        url = url.strip()
        if kind is LinkKind.CSS and is_data(url):
            self.background(url)
        elif url and not url.lower().startswith(("data:", "cid:")):
            self._keep(Anchor(kind, url[:MAX_URL], 0, 0, alt))

    def _keep(self, link: Carried | Anchor) -> bool:
        if len(self._links) >= MAX_LINKS:
            if "too-many-links" not in self.defects:
                self.defects.append("too-many-links")
            return False
        self._links.append(link)
        return True

    def element(self, tag: str, attributes: Attributes, writer: Writer, *, hidden: bool) -> Carried | None:
        """Take what an element carries; gives the link it opens, if it opens one."""
        if not attributes:
            return None
        if tag in _REMOTE:
            self._remote(tag, attributes)
        special = _SPECIAL.get(tag)
        if special is not None:
            special(self, attributes)
        if tag in ("input", "button") and not hidden:
            _label(attributes, writer)
        if "background" in attributes or "onclick" in attributes:
            self._oddities(attributes)
        return self._opened(tag, attributes, writer)

    def _oddities(self, attributes: Attributes) -> None:
        ground = attributes.get("background")
        if ground:
            self.add(LinkKind.REMOTE, ground)
            self.background(ground)
        for address in _SCRIPTED.findall(attributes.get("onclick") or "")[:5]:
            self.add(LinkKind.HREF, address)

    def _opened(self, tag: str, attributes: Attributes, writer: Writer) -> Carried | None:
        if tag in ("area", "base", "link"):
            return None
        url = attributes.get("href") or attributes.get("xlink:href") or ""
        if tag in _REMOTE or not url.strip() or len(self._open) >= MAX_OPEN:
            return None
        kind = LinkKind.SVG if "xlink:href" in attributes else LinkKind.HREF
        carried = Carried(kind, url.strip()[:MAX_URL])
        if not self._keep(carried):
            return None
        self._open.append(carried)
        writer.marks.append(carried.mark)
        return carried

    def leave(self, carried: Carried, writer: Writer) -> None:
        """The element of an opened link ends."""
        if carried in self._open:
            self._open.remove(carried)
            writer.marks.remove(carried.mark)

    def background(self, url: str) -> None:
        """A background picture: part of what is shown for the links around it; kept if the markup is it."""
        if self._open or is_data(url):
            around = self._open[-1].url if self._open else ""
            self._picture(Picture(_kept(url), "", "", around, None, None))

    def _picture(self, picture: Picture) -> None:
        for carried in self._open:
            carried.has_picture = True
            if picture.alt or picture.title:
                carried.alts.append(picture.alt or picture.title)
        if len(self.pictures) < MAX_PICTURES:
            self.pictures.append(picture)
        elif "too-many-pictures" not in self.defects:
            self.defects.append("too-many-pictures")

    def _remote(self, tag: str, attributes: Attributes) -> None:
        sources = [value for name in _REMOTE[tag] if (value := attributes.get(name))]
        if tag in _PICTURES or (tag == "input" and sources):
            self._add_picture(attributes, sources[0] if sources else "")
        for source in sources:
            self.add(LinkKind.REMOTE, source)
        for candidate in _SRCSET.findall((attributes.get("srcset") or "")[:MAX_URL])[:20]:
            self.add(LinkKind.REMOTE, candidate)

    def _add_picture(self, attributes: Attributes, source: str) -> None:
        named = (attributes.get("usemap") or "").lstrip("#").lower()
        if named:
            self._mapped.append((len(self.pictures), named))
        style = (attributes.get("style") or "").lower()
        around = self._open[-1].url if self._open else ""
        self._picture(
            Picture(
                _kept(source),
                " ".join((attributes.get("alt") or "").split())[:2000],
                " ".join((attributes.get("title") or "").split())[:2000],
                around,
                _pixels(attributes.get("width"), style, "width"),
                _pixels(attributes.get("height"), style, "height"),
            )
        )

    def _area(self, attributes: Attributes) -> None:
        url = (attributes.get("href") or "").strip()[:MAX_URL]
        if url:
            alt = attributes.get("alt") or attributes.get("title") or ""
            self._keep(Anchor(LinkKind.AREA, url, 0, 0, " ".join(alt.split())[:500], image=True))
            self._maps.setdefault(self._map, url)

    def _map_named(self, attributes: Attributes) -> None:
        self._map = (attributes.get("name") or attributes.get("id") or "").lower()

    def _form(self, attributes: Attributes) -> None:
        self.add(LinkKind.FORM, attributes.get("action") or attributes.get("formaction") or "")

    def _input(self, attributes: Attributes) -> None:
        self.add(LinkKind.FORM, attributes.get("formaction") or "")

    def _animation(self, attributes: Attributes) -> None:
        if (attributes.get("attributename") or attributes.get("attributeName") or "").endswith("href"):
            self.add(LinkKind.SVG, attributes.get("to") or attributes.get("values") or "")

    def _meta(self, attributes: Attributes) -> None:
        if (attributes.get("http-equiv") or "").strip().lower() == "refresh":
            match = _REFRESH.search((attributes.get("content") or "")[:MAX_URL])
            if match:
                self.add(LinkKind.META, match[1])

    def _base(self, attributes: Attributes) -> None:
        url = (attributes.get("href") or "").strip()[:MAX_URL]
        if url and not self.base:
            self.base = url
            self.add(LinkKind.BASE, url)

    def flat(self, tag: str, name: str, value: str) -> None:
        """Take an attribute of a page that was read without a tree."""
        if name in ("alt", "title", "content"):
            if name == "content" and tag == "meta" and _REFRESH.search(value):
                self._meta({"http-equiv": "refresh", "content": value})
            return
        kinds = {"a": LinkKind.HREF, "area": LinkKind.AREA, "form": LinkKind.FORM, "base": LinkKind.BASE}
        remote = LinkKind.HREF if name in ("href", "xlink:href") and tag != "link" else LinkKind.REMOTE
        self.add(kinds.get(tag, remote), value)


_SPECIAL: Final[dict[str, Callable[[Collector, Attributes], None]]] = {
    "area": Collector._area,
    "map": Collector._map_named,
    "form": Collector._form,
    "button": Collector._form,
    "input": Collector._input,
    "set": Collector._animation,
    "animate": Collector._animation,
    "meta": Collector._meta,
    "base": Collector._base,
}


def is_data(url: str) -> bool:
    """Whether an address is the picture itself (RFC 2397)."""
    return url[:5].lower() == "data:"


def _kept(url: str) -> str:
    """The address of a picture; one that is the picture itself stays whole."""
    return url if is_data(url) else url[:MAX_URL]


def _label(attributes: Attributes, writer: Writer) -> None:
    if (attributes.get("type") or "").lower() in _BUTTONS and attributes.get("value"):
        writer.shown(attributes["value"] or "")


def _pixels(value: str | None, style: str, name: str) -> int | None:
    match = re.search(rf"(?:^|[;\s]){name}\s*:\s*([^;]+)", style) if name in style else None
    size = length(match[1].strip()) if match else length((value or "").strip())
    if size is None or (match is None and (value or "").strip().endswith("%")):
        return None
    return int(min(max(size, 0), 100_000))

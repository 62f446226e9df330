"""Gathers every link of a mail, by whatever means it is carried, in reading order."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urljoin

from gatepost_policies.facts.bare import find_bare
from gatepost_policies.facts.hosts import parse_url
from gatepost_policies.html import Anchor, Page
from gatepost_policies.model import Header, Link, LinkKind, Passage, Source, Span

MAX_HEADER_LINKS: Final = 100
_BARE_KINDS: Final = {
    Source.CALENDAR: LinkKind.CALENDAR,
    Source.VCARD: LinkKind.VCARD,
    Source.DOCUMENT: LinkKind.DOCUMENT,
    Source.PICTURE: LinkKind.CODE,
}
# Fields that receivers turn into something to click, or whose address is there to be followed.
_LINKED_FIELDS: Final = re.compile(r"list-.+|archived-at|x-.*unsub.*|unsubscribe.*", re.IGNORECASE)
_ANGLED: Final = re.compile(
    r"<\s*([a-zA-Z][a-zA-Z0-9+.-]{1,20}:[^<>\s]{1,4000})\s*>|(https?://[^\s<>,]{1,4000})"
)


def text_links(number: int, passage: Passage, taken: Iterable[tuple[int, int]] = ()) -> list[Link]:
    """The addresses written out in a passage, but for those that stand in the ranges `taken`."""
    kind = _BARE_KINDS.get(passage.source, LinkKind.BARE)
    ranges = sorted(taken)
    found = []
    at = 0
    for bare in find_bare(passage.text):
        while at < len(ranges) and ranges[at][1] <= bare.start:
            at += 1
        if at < len(ranges) and ranges[at][0] < bare.end:
            continue
        shown = passage.text[bare.start : bare.end]
        found.append(
            Link(bare.url, bare.host, shown, kind, Span(number, bare.start, bare.end), passage.label)
        )
    return found


def page_links(number: int, passage: Passage, page: Page) -> list[Link]:
    """The links of an HTML part: those of its markup, and those written out in its visible text."""
    links = [link for anchor in page.anchors if (link := _markup_link(number, passage, page, anchor))]
    taken = [(link.span.start, link.span.end) for link in links if link.span]
    links += text_links(number, passage, taken)
    # A link that shows nothing keeps its place after the one it follows.
    place = 0
    keyed = []
    for order, link in enumerate(links):
        place = link.span.start if link.span else place
        keyed.append((place, order, link))
    return [link for _, _, link in sorted(keyed, key=lambda entry: entry[:2])]


def _markup_link(number: int, passage: Passage, page: Page, anchor: Anchor) -> Link | None:
    url = anchor.url
    if url.startswith("#"):
        return None
    url = joined(page.base, url)
    parts = parse_url(url)
    host = parts.host
    if not parts.scheme and not host and anchor.kind is not LinkKind.REMOTE:
        # `<a href="shop.example/x">`: most programs open it as a site, and a reader would.
        bare = find_bare(url[:300])
        host = bare[0].host if bare and bare[0].start == 0 else ""
    visible = passage.text[anchor.start : anchor.end]
    span = Span(number, anchor.start, anchor.end) if visible else None
    return Link(url, host, visible or anchor.alt, anchor.kind, span, passage.label, anchor.image)


def joined(base: str, url: str) -> str:
    """The address that `url` means on a page whose links start from `base`."""
    if not base or parse_url(url).scheme or parse_url(url).host:
        return url
    try:
        return urljoin(base, url)
    except ValueError:
        return url


def header_links(headers: Iterable[Header]) -> list[Link]:
    """The links in header fields that receivers show as links, such as List-Unsubscribe."""
    found = []
    for header in headers:
        if _LINKED_FIELDS.fullmatch(header.name) is None:
            continue
        for match in _ANGLED.finditer(header.value[:20_000]):
            url = match[1] or match[2]
            label = f"header:{header.name}"
            found.append(Link(url, parse_url(url).host, url, LinkKind.HEADER, None, label))
        if len(found) >= MAX_HEADER_LINKS:
            break
    return found[:MAX_HEADER_LINKS]

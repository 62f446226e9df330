"""An HTML part of a hostile mail as a document of its own that can neither run, load nor lead anywhere.

Three walls: the part is reduced to harmless elements and attributes, its document is served under a
policy that forbids script and every request, and it is shown only in a sandboxed frame.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Mapping

import nh3

from gatepost_policies.mime import Leaf, decode_text, split

MAX_HTML = 1_000_000  # characters
MAX_TAGS = 30_000
MAX_DEPTH = 200
MAX_WORK = 500_000
"""Depth times tags: broken nesting makes a parser repeat every open element for every block."""
MAX_PICTURES = 50
MAX_PICTURE_BYTES = 2_000_000  # of all together, shown in place

_KEPT = """
a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del details
dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p
pre q s samp section small span strike strong sub summary sup table tbody td tfoot th thead time tr tt u
ul var
"""
_DROPPED = """
applet audio base button canvas embed form frame frameset head iframe input link map math meta noembed
noframes noscript object picture plaintext script select style svg template textarea title video xmp
"""  # with all that is in them
_LEVEL = """
area base br col dd dt embed frame hr img input keygen li link meta option p param source tbody td tfoot th
thead tr track wbr
"""  # without an end, or ended by the next
_PROPERTIES = """
background-color border border-bottom border-collapse border-color border-left border-radius border-right
border-spacing border-style border-top border-width color direction display font-family font-size font-style
font-variant font-weight height letter-spacing line-height list-style-type margin margin-bottom margin-left
margin-right margin-top max-width min-width opacity overflow padding padding-bottom padding-left padding-right
padding-top text-align text-decoration text-indent text-transform vertical-align visibility white-space width
word-break word-spacing
"""
_TAGS = frozenset(_KEPT.split())
_DROPPED_WHOLE = frozenset(_DROPPED.split())
_FLAT = frozenset(_LEVEL.split())
_STYLES = frozenset(_PROPERTIES.split())
_ATTRIBUTES = {
    "*": {"align", "bgcolor", "dir", "lang", "style", "title", "valign", "width", "height"},
    "img": {"src", "alt"},
    "font": {"color", "face", "size"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
    "a": {"href"},
    "ol": {"start", "type"},
}
_PICTURE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)
_PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]*)")

_TOO_MUCH = "<p><em>Too large or too deeply nested to lay out; its source follows.</em></p>"
_FRAME = """<!doctype html>
<html><head><meta charset="utf-8"><title>Mail</title>
<style>
body{{margin:1rem;font:16px/1.5 system-ui,sans-serif;color:#1b1d21;background:#fff;overflow-wrap:anywhere}}
img{{max-width:100%;height:auto}}a{{color:#0b57a4;text-decoration:underline}}pre{{white-space:pre-wrap}}</style>
</head><body>
{body}
</body></html>
"""


def html_document(raw: bytes, index: int = 0) -> str | None:
    """The HTML part number `index` of a mail as a harmless document; None when there is no such part."""
    leaves = split(raw).leaves
    parts = [leaf for leaf in leaves if leaf.content_type == "text/html"]
    if not 0 <= index < len(parts):
        return None
    source, _ = decode_text(parts[index].content, parts[index].parameter("charset"))
    return _FRAME.format(body=sanitised(source, _pictures(leaves)))


def sanitised(source: str, pictures: Mapping[str, str] | None = None) -> str:
    """`source` without all that could act; as plain text where it is too deep or too large to clean."""
    if not is_cleanable(source):
        return f"{_TOO_MUCH}<pre>{html.escape(source[:MAX_HTML])}</pre>"
    known = pictures or {}

    def keep(tag: str, name: str, value: str) -> str | None:
        if name == "src":
            return _picture(value, known)
        if name == "href":
            return None
        return value

    return nh3.clean(
        source,
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        filter_style_properties=set(_STYLES),
        url_schemes={"data", "cid", "http", "https"},
        link_rel=None,
    )


def is_cleanable(source: str) -> bool:
    """Whether laying out `source` takes work in proportion to its length, by a count of its tags alone."""
    if len(source) > MAX_HTML:
        return False
    depth = deepest = tags = 0
    for found in _TAG.finditer(source):
        tags += 1
        if found[2].lower() in _FLAT:
            continue
        depth = max(depth - 1, 0) if found[1] else depth + 1
        deepest = max(deepest, depth)
        if tags > MAX_TAGS or deepest > MAX_DEPTH:
            return False
    return tags <= MAX_TAGS and tags * deepest <= MAX_WORK


def _picture(source: str, known: Mapping[str, str]) -> str | None:
    if source[:4].lower() == "cid:":
        return known.get(source[4:])
    return source if _PICTURE.fullmatch(source) else None


def _pictures(leaves: tuple[Leaf, ...]) -> Mapping[str, str]:
    """The mail's own pictures by their Content-ID, as data URLs, as many as the limits allow."""
    pictures: dict[str, str] = {}
    left = MAX_PICTURE_BYTES
    for leaf in leaves:
        if leaf.content_type not in _PICTURE_TYPES or not leaf.content_id or len(pictures) >= MAX_PICTURES:
            continue
        left -= len(leaf.content)
        if left < 0:
            break
        pictures[leaf.content_id] = (
            f"data:{leaf.content_type};base64,{base64.b64encode(leaf.content).decode('ascii')}"
        )
    return pictures

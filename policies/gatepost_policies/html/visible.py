"""Walks the tree of an HTML part once and writes down what a reader sees, in reading order."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from gatepost_policies.html.carried import Carried, Collector, is_data
from gatepost_policies.html.guard import MAX_HTML, flatten, weigh
from gatepost_policies.html.look import PLAIN, Attributes, Look, looks, own_effect
from gatepost_policies.html.page import Page, Quote
from gatepost_policies.html.sheet import Cascade, read_sheets
from gatepost_policies.html.style import NOTHING, Effect, urls
from gatepost_policies.html.writer import Writer
from gatepost_policies.model import Hiding, LinkKind

_PARAGRAPHS: Final = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "dl", "blockquote", "pre"}
)
_BLOCKS: Final = frozenset(
    {"div", "table", "tr", "li", "dt", "dd", "center", "address", "article", "aside", "section", "header"}
    | {"footer", "nav", "main", "form", "fieldset", "legend", "hr", "figure", "figcaption", "body", "html"}
    | {"tbody", "thead", "tfoot", "caption", "details", "summary", "option", "optgroup", "dir", "menu"}
)
_SILENT: Final = frozenset({"script", "style", "title", "template", "noframes", "noembed", "datalist"})
# What has a say in an element's look beside its style.
_LOOK_OF_THEIR_OWN: Final = frozenset({"a", "font", "bdo", "body"})
_LOOK_ATTRIBUTES: Final = frozenset({"hidden", "bgcolor", "background"})
_PRE: Final = frozenset({"pre", "textarea", "xmp", "listing", "plaintext"})
# By what the mail programs mark the mail they answer (class, id, or both).
_QUOTE_MARK: Final = re.compile(
    r"(?:^|[\s_-])(?:gmail_quote|gmail_quote_container|yahoo_quoted|protonmail_quote|tutanota_quote|moz-cite-prefix"
    r"|zmail_extra|zd-comment-history|mail-editor-reference-message-container|divRplyFwdMsg|appendonsend"
    r"|OutlookMessageHeader|freescout_quote|odoo_quote|ms-outlook-mobile-reference-message|isForwardContent)"
)
_TO_THE_END: Final = re.compile(r"divRplyFwdMsg|appendonsend|OutlookMessageHeader|moz-cite-prefix")
_CONDITIONAL: Final = re.compile(r"\s*\[if\b([^\]]*)\]>(.*?)(?:<!\[endif\]\s*)?\Z", re.DOTALL)


def read_html(source: str, *, nested: bool = False) -> Page:
    """The page that `source` shows. Never raises; what was too much is named in `defects`.

    A document too heavy for a tree is read flat, without styles. `nested` is for the conditional comments
    that Outlook shows: their links and pictures count, one level deep.
    """
    defects = ["truncated"] if len(source) > MAX_HTML else []
    source = source[:MAX_HTML].replace("\x00", "")
    heavy = weigh(source)
    if heavy:
        return _flat(source, [*defects, heavy])
    try:
        parser = LexborHTMLParser(source.encode("utf-8", "replace").decode("utf-8"))
    except (SelectolaxError, ValueError, UnicodeError):
        return _flat(source, [*defects, "html-unreadable"])
    root = parser.root
    if root is None:
        return Page("", defects=tuple(defects))
    sheets = [node.text(deep=True) for node in parser.tags("style")] if "<style" in source.lower() else []
    walk = _Walk(read_sheets(sheets, parser) if sheets else Cascade(), nested=nested)
    for address in urls("\n".join(sheets)):
        walk.carried.add(LinkKind.CSS, address)
    walk.run(root.parent or root)  # comments may stand outside of <html>
    return walk.page(defects)


def _flat(source: str, defects: list[str]) -> Page:
    text, addresses = flatten(source)
    collector = Collector()
    for tag, name, value in addresses:
        collector.flat(tag, name, value)
    return Page(
        text,
        anchors=tuple(collector.anchors()),
        pictures=tuple(collector.pictures),
        defects=(*defects, *collector.defects),
    )


class _Walk:
    """One pass over the tree, without recursion: depth is the mail's to choose."""

    def __init__(self, cascade: Cascade, *, nested: bool) -> None:
        self.cascade = cascade
        self.nested = nested
        self.writer = Writer()
        self.carried = Collector()
        self.looks: dict[tuple[int, int], tuple[Look, Look, Effect]] = {}
        self.quotes: list[Quote] = []
        self.trailing: int | None = None  # from where on everything is an answered mail

    def run(self, root: LexborNode) -> None:
        """Visit every node below `root` in reading order."""
        stack: list[tuple[LexborNode, Look, _Exit | None]] = []
        node, look = root.first_child, PLAIN
        while True:
            while node is None:
                if not stack:
                    return
                parent, look, leave = stack.pop()
                if leave is not None:
                    leave.run(self)
                node = parent.next
            if not node.is_element_node:
                self._words(node, look)
                node = node.next
                continue
            inside, leave, descend = self._enter(node, look)
            stack.append((node, look, leave))
            node, look = (node.first_child if descend else None), inside

    def _words(self, node: LexborNode, look: Look) -> None:
        if node.is_text_node:
            self.writer.text(node.text_content or "", look)
        elif node.is_comment_node:
            self._comment(node)

    def page(self, defects: list[str]) -> Page:
        """What was seen."""
        text = self.writer.finish()
        if self.trailing is not None:
            self.quotes.append(Quote(self.trailing, len(text), marked=True))
        return Page(
            text=text,
            anchors=tuple(self.carried.anchors()),
            pictures=tuple(self.carried.pictures),
            hidden=tuple(self.writer.hidden()),
            quotes=tuple(self.quotes),
            base=self.carried.base,
            defects=(*defects, *self.cascade.defects, *self.carried.defects, *self.writer.defects),
        )

    def _comment(self, node: LexborNode) -> None:
        content = node.comment_content or ""
        match = _CONDITIONAL.match(content)
        if match is None or self.nested:
            self.writer.hide(content, Hiding.COMMENT)
            return
        self._aside(match[2])

    def _aside(self, source: str) -> None:
        """Take what some programs show and others do not: links count, words are hidden ones."""
        page = read_html(source, nested=True)
        self.carried.take(page)
        self.writer.hide(page.text, Hiding.COMMENT)

    def _enter(self, node: LexborNode, outer: Look) -> tuple[Look, _Exit | None, bool]:
        tag = node.tag or ""
        attributes: Attributes = node.attributes
        own = own_effect(self.cascade, node.mem_id, tag, attributes)
        look = self._look(outer, own, tag, attributes) if attributes or own is not NOTHING else outer
        if tag in _PRE and not look.pre:
            look = replace(look, pre=True)
        breaks = self._break_before(tag, look, own.block)
        if not attributes and own is NOTHING and tag != "blockquote":
            return look, _BREAKS[breaks], tag not in _SILENT
        carried = self.carried.element(tag, attributes, self.writer, hidden=look.hiding is not None)
        if own.picture and not is_data(own.picture):  # that one is taken whole, with the addresses below
            self.carried.background(own.picture)
        if "(" in (attributes.get("style") or ""):
            for address in urls(attributes["style"] or ""):
                self.carried.add(LinkKind.CSS, address)
        if tag == "iframe" and attributes.get("srcdoc") and not self.nested:
            self._aside(attributes["srcdoc"] or "")
        quote = self._quote(tag, attributes)
        leave = _Exit(breaks, carried, quote) if carried or quote else _BREAKS[breaks]
        return look, leave, tag not in _SILENT

    def _look(self, outer: Look, own: Effect, tag: str, attributes: Attributes) -> Look:
        """How an element looks; where only its style says so, once for all that stand side by side."""
        if tag in _LOOK_OF_THEIR_OWN or not _LOOK_ATTRIBUTES.isdisjoint(attributes):
            return looks(outer, own, tag, attributes)
        known = self.looks.get((id(outer), id(own)))
        if known is None:  # both are kept with what they make, so that no other can take their place
            known = self.looks[id(outer), id(own)] = (looks(outer, own, tag, attributes), outer, own)
        return known[0]

    def _break_before(self, tag: str, look: Look, block: bool | None) -> int:
        """The line breaks that stand before and after an element."""
        if look.hiding is not None:
            return 0
        if tag == "br":
            self.writer.line_break()
            return 0
        if tag in ("td", "th"):
            self.writer.cell()
            return 0
        breaks = 2 if tag in _PARAGRAPHS else 1 if tag in _BLOCKS else 0
        if block is not None and tag != "body":
            breaks = max(breaks, 1) if block else 0
        if breaks:
            self.writer.block(breaks)
        return breaks

    def _quote(self, tag: str, attributes: Attributes) -> tuple[int, bool] | None:
        marked = False
        if "class" in attributes or "id" in attributes:
            named = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"[:500]
            marked = _QUOTE_MARK.search(named) is not None
            if marked and _TO_THE_END.search(named) and self.trailing is None:
                self.trailing = self.writer.length
                return None
        if tag == "blockquote":
            return self.writer.length, marked or "cite" in attributes or attributes.get("type") == "cite"
        return (self.writer.length, True) if marked else None


class _Exit:
    """What has to be done where an element ends."""

    __slots__ = ("breaks", "carried", "quote")

    def __init__(self, breaks: int, carried: Carried | None, quote: tuple[int, bool] | None) -> None:
        self.breaks, self.carried, self.quote = breaks, carried, quote

    def run(self, walk: _Walk) -> None:
        if self.breaks:
            walk.writer.block(self.breaks)
        if self.carried is not None:
            walk.carried.leave(self.carried, walk.writer)
        if self.quote is not None and walk.writer.length > self.quote[0]:
            walk.quotes.append(Quote(self.quote[0], walk.writer.length, marked=self.quote[1]))


_BREAKS: Final = (None, _Exit(1, None, None), _Exit(2, None, None))  # by the number of line breaks

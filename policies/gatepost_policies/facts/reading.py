"""Puts a mail together from its parts: passages with their stretches, links, pictures, hidden words."""

from __future__ import annotations

import hashlib
import re
from typing import Final

from gatepost_policies.facts.enclosed import (
    MAX_WITHIN,
    PAGES,
    WRAPPED,
    is_of_buyer,
    text_kind,
    unpacked,
)
from gatepost_policies.facts.links import header_links, joined, page_links, text_links
from gatepost_policies.facts.sections import is_reply_subject, stretches
from gatepost_policies.facts.speech import with_speech
from gatepost_policies.html import Page, read_html
from gatepost_policies.mime import Leaf, declared_in_html, decode_text, size_of, sniff, split
from gatepost_policies.model import (
    Attachment,
    Hidden,
    Hiding,
    Image,
    Link,
    Mail,
    Passage,
    Section,
    Source,
    Stretch,
)
from gatepost_policies.text import as_seen

MAX_TEXT: Final = 2_000_000  # characters read of one text part
MAX_LINKS: Final = 10_000
MAX_PASSAGES: Final = 1_000
_CALENDAR: Final = frozenset({"text/calendar", "application/ics"})
_VCARD: Final = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
_HTML: Final = frozenset({"text/html", "text/x-amp-html", "application/xhtml+xml"})
_PLAIN: Final = frozenset({"text/plain", "text/markdown", "text/enriched", "text/x-markdown", ""})
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")


class Assembly:
    """A mail as it grows, part by part."""

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self._inside: list[str] = []  # the labels of the mails that came as files and are being read
        self.passages: list[Passage] = []
        self.links: list[Link] = []
        self.images: list[Image] = []
        self.hidden: list[Hidden] = []
        self.attachments: list[Attachment] = []
        self.defects: dict[str, None] = {}

    def defect(self, *names: str) -> None:
        """Note what was wrong."""
        for name in names:
            self.defects[name] = None

    def line(self, source: Source, text: str, label: str, path: str = "") -> None:
        """Add a short text without sections: a subject, a file's name."""
        seen = as_seen(text)
        self._masked(seen.masked, label)
        if not seen.text.strip() and source is not Source.SUBJECT:
            return
        whole = (Stretch(0, len(seen.text), Section.AUTHOR),)
        self._add(Passage(source, label, seen.text, whole, path))

    def text(self, source: Source, text: str, label: str, *, path: str = "", quoted: bool = False) -> None:
        """Add a plain text."""
        if len(text) > MAX_TEXT:
            self.defect("truncated")
        seen = as_seen(text[:MAX_TEXT].replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " "))
        self._masked(seen.masked, label)
        whole = (Stretch(0, len(seen.text), Section.QUOTED),)
        parts = whole if quoted else with_speech(seen.text, stretches(seen.text, answers=self.answers))
        self._add(Passage(source, label, seen.text, parts, path))

    def _add(self, passage: Passage) -> None:
        if len(self.passages) >= MAX_PASSAGES:
            self.defect("too-many-parts")
            return
        self.passages.append(passage)
        self._link(text_links(len(self.passages) - 1, passage))

    def _link(self, found: list[Link]) -> None:
        room = MAX_LINKS - len(self.links)
        if len(found) > room:
            self.defect("too-many-links")
        self.links += found[:room]

    def _masked(self, words: tuple[str, ...], label: str) -> None:
        self.hidden += [Hidden(word, Hiding.INVISIBLE, label) for word in words]

    def page(self, source: Source, html: str, label: str, *, path: str = "", quoted: bool = False) -> None:
        """Add an HTML text: what it shows, links to, and hides."""
        page = read_html(html)
        self.defect(*page.defects)
        whole = (Stretch(0, len(page.text), Section.QUOTED),)
        own = () if quoted else stretches(page.text, quotes=page.quotes, answers=self.answers)
        parts = whole if quoted else with_speech(page.text, own)
        passage = Passage(source, label, page.text, parts, path)
        if len(self.passages) >= MAX_PASSAGES:
            self.defect("too-many-parts")
            return
        self.passages.append(passage)
        self._link(page_links(len(self.passages) - 1, passage, page))
        self.hidden += [Hidden(text, how, label) for text, how in page.hidden]
        self._pictures(page, label, path)

    def _pictures(self, page: Page, label: str, path: str) -> None:
        texts: dict[str, None] = {}
        for picture in page.pictures:
            leads_to = joined(page.base, picture.linked_to) if picture.linked_to else ""
            self.images.append(
                Image(picture.src, picture.alt, leads_to, picture.width, picture.height, label)
            )
            for words in (picture.alt, picture.title):
                if words and words not in page.text:
                    texts[words] = None
        if texts:
            self.line(Source.ALT, "\n".join(texts), "image-alt", path)

    def leaf(self, leaf: Leaf) -> None:
        """Add a part of the mail, as text to read or as a file."""
        kind = leaf.content_type
        # A first text with a name is still the body: some programs name every part.
        is_file = leaf.disposition == "attachment" or (bool(leaf.name) and len(self.passages) > 1)
        if kind in _CALENDAR or kind in _VCARD:
            self._card(leaf, Source.CALENDAR if kind in _CALENDAR else Source.VCARD)
            if is_file:
                self._file(leaf)
        elif (kind in _HTML or kind in _PLAIN) and not (is_file and sniff(leaf.content) in WRAPPED):
            self._readable(leaf, is_file=is_file)
        else:
            self._file(leaf)
            self.enclosed(leaf, f"file:{leaf.name or leaf.content_type}"[:200])

    def enclosed(self, leaf: Leaf, label: str) -> bool:
        """Read a file that is a text or a mail by its content; whether it was one."""
        kind = text_kind(leaf.content, leaf.content_type)
        if kind in WRAPPED:
            return self._wrapped(leaf, kind, label)
        if kind in ("text/calendar", "text/vcard"):
            self._card(leaf, Source.CALENDAR if kind == "text/calendar" else Source.VCARD)
        elif kind in PAGES:
            self.page(Source.DOCUMENT, self._decoded(leaf), label, path=leaf.path, quoted=is_of_buyer(leaf))
        elif kind:
            self.text(Source.DOCUMENT, self._decoded(leaf), label, path=leaf.path, quoted=is_of_buyer(leaf))
        return bool(kind)

    def _wrapped(self, leaf: Leaf, kind: str, label: str) -> bool:
        if len(self._inside) >= MAX_WITHIN:
            self.defect("too-deep")
            return True
        parts, defects = unpacked(leaf, kind)
        self.defect(*defects)
        self._inside.append(label)
        for part in parts:
            self.leaf(part)
        self._inside.pop()
        return True

    def _card(self, leaf: Leaf, source: Source) -> None:
        text = _unfolded(self._decoded(leaf))
        self.text(source, text, source.value, path=leaf.path, quoted=is_of_buyer(leaf))

    def _readable(self, leaf: Leaf, *, is_file: bool) -> None:
        html = leaf.content_type in _HTML
        source = Source.DOCUMENT if is_file or self._inside else Source.HTML if html else Source.PLAIN
        label = self._inside[-1] if self._inside else source.value
        if is_file:
            label = f"file:{leaf.name}"[:200]
        if is_file:
            self._file(leaf)
        text = self._decoded(leaf)
        if html:
            self.page(source, text, label, path=leaf.path, quoted=is_of_buyer(leaf))
        else:
            if leaf.parameter("format").lower() == "flowed":
                text = _unflowed(text, joined=leaf.parameter("delsp").lower() == "yes")
            self.text(source, text, label, path=leaf.path, quoted=is_of_buyer(leaf))

    def _decoded(self, leaf: Leaf) -> str:
        label = leaf.parameter("charset")
        if not label and leaf.content_type in _HTML:
            label = declared_in_html(leaf.content)
        text, defects = decode_text(leaf.content, label)
        self.defect(*defects)
        return text

    def document(self, name: str, content: bytes) -> None:
        """Add a file that came with no mail: read here if it is a text or a mail, else to be looked at."""
        leaf = Leaf("1", "application/octet-stream", {}, "", name, "", "", content)
        if not self.enclosed(leaf, f"file:{name}"[:200] if name else "document"):
            self.attachments.append(_attachment(leaf))

    def _file(self, leaf: Leaf) -> None:
        self.attachments.append(_attachment(leaf))
        if leaf.name:
            self.line(Source.NAME, leaf.name, "attachment-name", leaf.path)


def _attachment(leaf: Leaf) -> Attachment:
    return Attachment(
        name=leaf.name,
        content_type=leaf.content_type,
        detected_type=sniff(leaf.content),
        size_bytes=len(leaf.content),
        path=leaf.path,
        inline=leaf.disposition == "inline" or bool(leaf.content_id),
        digest=hashlib.sha256(leaf.content).hexdigest(),
        content=leaf.content,
    )


def read_mail(raw: bytes) -> Mail:
    """The mail that `raw` holds. Never raises; cost grows with the size of the mail only."""
    message = split(raw)
    headers = message.headers.decoded()
    names = {header.name.lower() for header in headers}
    subject = next((header.value for header in headers if header.name.lower() == "subject"), "")
    answers = bool(names & {"in-reply-to", "references"}) or is_reply_subject(subject)
    mail = Assembly(answers=answers)
    mail.defect(*message.defects)
    mail.line(Source.SUBJECT, subject, "subject")
    for leaf in message.leaves:
        mail.leaf(leaf)
    mail.hidden += [Hidden(words, Hiding.COMMENT, "outside of the parts") for words in message.outside]
    mail.links += header_links(headers)
    _tie_pictures(mail, message.leaves)
    return Mail(
        headers=headers,
        subject=mail.passages[0].text,
        passages=tuple(mail.passages),
        links=tuple(mail.links),
        images=tuple(mail.images),
        hidden=tuple(mail.hidden),
        attachments=tuple(mail.attachments),
        defects=tuple(mail.defects),
        size_bytes=len(raw),
    )


def _tie_pictures(mail: Assembly, leaves: tuple[Leaf, ...]) -> None:
    """Give pictures carried by the mail their digest, and add those that no markup names."""
    carried = {leaf.path: leaf for leaf in leaves if leaf.content_type.startswith("image/")}
    digests = {file.path: file.digest for file in mail.attachments}
    by_name: dict[str, str] = {}
    for path, leaf in carried.items():
        for name in (f"cid:{leaf.content_id}" if leaf.content_id else "", leaf.location):
            if name:
                by_name[name.lower()] = digests.get(path, "")
    named = set()
    for number, image in enumerate(mail.images):
        digest = by_name.get(image.src.lower(), "")
        if digest:
            named.add(digest)
            mail.images[number] = Image(
                image.src, image.alt, image.linked_to, image.width, image.height, image.label, digest
            )
    for path in carried:
        digest = digests.get(path, "")
        if digest and digest not in named:
            width, height = size_of(carried[path].content) or (None, None)
            mail.images.append(Image("", "", "", width, height, "attachment", digest))


def _unfolded(text: str) -> str:
    """A calendar or vCard text, folded lines joined, escapes undone (RFC 5545 §3.1, RFC 6350 §3.2)."""
    text = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "")
    return (
        text.replace("\\n", "\n")
        .replace("\\N", "\n")
        .replace("\\,", ",")
        .replace("\\;", ";")
        .replace("\\\\", "\\")
    )


def _unflowed(text: str, *, joined: bool) -> str:
    """A format=flowed text with its soft line breaks undone (RFC 3676 §4)."""
    out: list[str] = []
    paragraph: list[str] = []
    soft = False
    depth = 0
    for raw in text.replace("\r\n", "\n").split("\n"):
        line = raw.lstrip(">")
        marks = len(raw) - len(line)
        line = line[1:] if line.startswith(" ") else line  # space-stuffing
        if not (soft and marks == depth and line != "-- "):
            out.append("".join(paragraph))
            paragraph = [f"{'>' * marks} "] if marks else []
        soft, depth = line.endswith(" ") and line != "-- ", marks
        paragraph.append(line[:-1] if soft and joined else line)
    out.append("".join(paragraph))
    return "\n".join(out[1:])


__all__ = ["Assembly", "read_mail"]

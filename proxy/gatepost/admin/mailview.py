"""A mail made ready to be looked at: its words cut at every finding, its links, files and hidden words.

Nothing here is markup; the templates escape all of it. The mail is read by the same reader that judged it,
so a finding's words stand where the reader found them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gatepost_policies.model import Attachment, Finding, Hidden, JudgedLink, Passage, Reading, Section, Source

MAX_PASSAGES = 60
MAX_TEXT = 100_000  # characters of one passage
MAX_LINKS = 500
MAX_HIDDEN = 100
MAX_HEADERS = 300
MAX_HEADER = 2_000
MAX_SOURCE = 262_144  # bytes of the source view
_UNSAFE = re.compile(r"[^A-Za-z0-9._ ()-]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text with the same findings on it."""

    text: str
    findings: tuple[int, ...]  # numbers as listed beside the mail, from 1
    action: str  # of the strictest of them; "" for none
    section: str
    first: bool  # the first piece of its first finding: what the list beside the mail points to


@dataclass(frozen=True, slots=True)
class ShownPassage:
    """One passage in pieces."""

    label: str
    subject: bool
    pieces: tuple[Piece, ...]
    cut: bool


@dataclass(frozen=True, slots=True)
class ShownLink:
    """One link, and where it leads."""

    url: str
    host: str
    shown: str
    label: str
    allowed: bool | None  # None: no verdict at hand
    why: str


@dataclass(frozen=True, slots=True)
class ShownMail:
    """All that a page shows of one mail."""

    passages: tuple[ShownPassage, ...]
    links: tuple[ShownLink, ...]
    headers: tuple[tuple[str, str], ...]
    files: tuple[Attachment, ...]
    hidden: tuple[Hidden, ...]
    defects: tuple[str, ...]
    html_parts: int
    placed: frozenset[int]  # numbers of the findings whose words stand in the passages
    cut: bool  # something was too much to show; the source has it all


def show(reading: Reading, findings: Sequence[Finding], judged: Sequence[JudgedLink] = ()) -> ShownMail:
    """What a page shows of a mail with these findings."""
    mail = reading.mail
    places = _places(mail.passages, findings)
    kept = mail.passages[:MAX_PASSAGES]
    return ShownMail(
        passages=tuple(
            _passage(passage, [found for found in places if found.passage == index], findings)
            for index, passage in enumerate(kept)
        ),
        links=_links(reading, judged),
        headers=tuple((header.name, header.value[:MAX_HEADER]) for header in mail.headers[:MAX_HEADERS]),
        files=mail.attachments,
        hidden=mail.hidden[:MAX_HIDDEN],
        defects=mail.defects,
        html_parts=sum(passage.source is Source.HTML for passage in mail.passages),
        placed=frozenset(place.number for place in places if place.passage < MAX_PASSAGES),
        cut=len(mail.passages) > MAX_PASSAGES
        or len(mail.links) > MAX_LINKS
        or len(mail.hidden) > MAX_HIDDEN
        or len(mail.headers) > MAX_HEADERS,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    number: int
    passage: int
    start: int
    end: int


def _places(passages: Sequence[Passage], findings: Sequence[Finding]) -> list[_Place]:
    """Where each finding's words stand: of several parts of one label in the first that has them there."""
    places = []
    for number, finding in enumerate(findings, 1):
        for index, passage in enumerate(passages):
            if _stands_in(finding, passage):
                places.append(_Place(number, index, finding.start, finding.end))
                break
    return places


def _stands_in(finding: Finding, passage: Passage) -> bool:
    return (
        finding.end > finding.start
        and passage.label == finding.part
        and passage.text[finding.start : finding.end] == finding.evidence
    )


def _passage(passage: Passage, places: Sequence[_Place], findings: Sequence[Finding]) -> ShownPassage:
    text = passage.text[:MAX_TEXT]
    cuts = {0, len(text)}
    for place in places:
        cuts.update((min(place.start, len(text)), min(place.end, len(text))))
    for stretch in passage.stretches:
        cuts.update((min(stretch.start, len(text)), min(stretch.end, len(text))))
    opened: set[int] = set()
    pieces = []
    for start, end in pairwise(sorted(cuts)):
        numbers = tuple(place.number for place in places if place.start <= start and end <= place.end)
        pieces.append(
            Piece(
                text=text[start:end],
                findings=numbers,
                action=max(
                    (findings[number - 1] for number in numbers), key=lambda found: found.action
                ).action.word
                if numbers
                else "",
                section=_section(passage, start),
                first=bool(numbers) and numbers[0] not in opened,
            )
        )
        opened.update(numbers[:1])
    return ShownPassage(
        passage.label, passage.source is Source.SUBJECT, tuple(pieces), len(passage.text) > MAX_TEXT
    )


def _section(passage: Passage, at: int) -> str:
    for stretch in passage.stretches:
        if stretch.start <= at < stretch.end:
            return stretch.section.value
    return Section.AUTHOR.value


def _links(reading: Reading, judged: Sequence[JudgedLink]) -> tuple[ShownLink, ...]:
    if judged:
        return tuple(
            ShownLink(link.url, link.host, link.shown, "", link.allowed, link.why)
            for link in judged[:MAX_LINKS]
        )
    return tuple(
        ShownLink(link.url, link.host, link.shown, link.label, None, link.kind.value)
        for link in reading.mail.links[:MAX_LINKS]
    )


def source_of(raw: bytes) -> tuple[str, bool]:
    """The mail as it came, for reading, and whether it was cut."""
    cut = len(raw) > MAX_SOURCE
    return raw[:MAX_SOURCE].decode("utf-8", "replace").replace("\r\n", "\n"), cut


def safe_name(name: str, fallback: str = "attachment") -> str:
    """A file name that is one on every system and hides nothing: ASCII letters, digits and a few signs."""
    cleaned = _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" ._")
    stem, dot, ending = cleaned.rpartition(".")
    cleaned = f"{stem[:80]}{dot}{ending[:16]}" if dot else cleaned[:80]
    return cleaned or fallback


def disposition(name: str) -> str:
    """The Content-Disposition of a download (RFC 6266). Never inline."""
    return f'attachment; filename="{safe_name(name)}"'

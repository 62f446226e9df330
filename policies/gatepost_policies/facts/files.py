"""Files of a mail whose words only a reader of pictures and documents knows: before and after its look."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from urllib.parse import unquote_to_bytes

from gatepost_policies.facts.enclosed import MAILS, PAGES, WRAPPED
from gatepost_policies.facts.finding import find_facts
from gatepost_policies.facts.hosts import parse_url
from gatepost_policies.facts.links import text_links
from gatepost_policies.facts.sections import stretches
from gatepost_policies.mime import is_spacer
from gatepost_policies.model import (
    Attachment,
    Link,
    LinkKind,
    Mail,
    Passage,
    Reading,
    Section,
    Source,
    Stretch,
)
from gatepost_policies.text import as_seen

MAX_FILES: Final = 100
UNREAD: Final = "unread-file"
"""The defect of a mail with a file that was not read to its end; `unread-file:NAME: why`."""
_READ_HERE: Final = frozenset({Source.PLAIN, Source.HTML, Source.DOCUMENT, Source.CALENDAR, Source.VCARD})
_OF_TEXT: Final = frozenset({"", "application/xml", *PAGES, *WRAPPED})
_NOT_FOR_READING: Final = frozenset(
    {
        "application/pgp-signature",
        "application/pkcs7-signature",
        "application/x-pkcs7-signature",
    }
)
_DATA: Final = re.compile(r"data:image/[\w.+-]{1,40}[^,]{0,200},", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unseen:
    """A file to look at."""

    name: str
    path: str
    digest: str  # sha256
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Words:
    """What a file was seen to say."""

    name: str
    path: str = ""
    words: str = ""  # of the document
    in_pictures: str = ""
    links: tuple[str, ...] = ()  # where it leads without saying so
    codes: tuple[str, ...] = ()  # what QR and bar codes hold
    unread: str = ""  # why that may not be all


def unseen(mail: Mail) -> tuple[Unseen, ...]:
    """The files of `mail` to be looked at, carried as parts or within the markup; each content once."""
    found: dict[str, Unseen] = {}
    read = {passage.path for passage in mail.passages if passage.source in _READ_HERE}
    for file in mail.attachments:
        if file.content and _is_for_eyes(file, read) and not is_spacer(file.content):
            name = file.name or file.detected_type or file.content_type
            found.setdefault(file.digest, Unseen(name, file.path, file.digest, file.content))
    for image in mail.images:
        content = _data(image.src) if image.src[:5].lower() == "data:" else b""
        if content and not is_spacer(content):
            digest = hashlib.sha256(content).hexdigest()
            found.setdefault(digest, Unseen(image.alt[:60] or "picture", "", digest, content))
    return tuple(found.values())[:MAX_FILES]


def _is_for_eyes(file: Attachment, read: Container[str]) -> bool:
    """Whether `file` says what was not read here: `read` holds the places of all texts that were."""
    if (
        file.content_type.lower() in _NOT_FOR_READING
        or file.detected_type in WRAPPED
        or file.content_type in MAILS
    ):
        return False
    is_text = file.detected_type in _OF_TEXT or file.detected_type.startswith("text/")
    return not (is_text and file.path in read)


def _data(uri: str) -> bytes:
    """The bytes of a `data:` address of a picture (RFC 2397); none of a broken one."""
    match = _DATA.match(uri)
    if match is None:
        return b""
    body = uri[match.end() :]
    if ";base64" not in match.group().lower():
        return unquote_to_bytes(body)
    try:
        return base64.b64decode("".join(body.split()) + "==", validate=False)
    except (binascii.Error, ValueError):
        return b""


def with_words(reading: Reading, files: Iterable[Words]) -> Reading:
    """The reading with what its files say, each as passages of its own."""
    seen = tuple(files)
    mail = reading.mail
    passages, links, defects = list(mail.passages), list(mail.links), list(mail.defects)
    for file in seen:
        label = f"file:{file.name}"[:200]
        for source, text in ((Source.DOCUMENT, file.words), (Source.PICTURE, file.in_pictures)):
            if text.strip():
                passage = _passage(source, text, label, file.path)
                passages.append(passage)
                links += text_links(len(passages) - 1, passage)
        links += _links(file.links, LinkKind.DOCUMENT, label)
        links += _links(file.codes, LinkKind.CODE, label)
        if file.unread:
            defects.append(f"{UNREAD}:{file.name[:80]}: {file.unread}")
    if not seen:
        return reading
    whole = replace(mail, passages=tuple(passages), links=tuple(links), defects=tuple(defects))
    return Reading(whole, find_facts(whole))


def _passage(source: Source, text: str, label: str, path: str) -> Passage:
    shown = as_seen(text.replace("\r\n", "\n").replace("\r", "\n").replace("\xa0", " ")).text
    whole = (Stretch(0, len(shown), Section.AUTHOR),)
    return Passage(source, label, shown, stretches(shown) if source is Source.DOCUMENT else whole, path)


def _links(urls: Sequence[str], kind: LinkKind, label: str) -> list[Link]:
    """The addresses among `urls`: a bar code holds a number as often as an address."""
    found = []
    for url in urls:
        parts = parse_url(url.strip())
        host = parts.host if parts.scheme else ""
        if not host and kind is LinkKind.CODE:
            bare = text_links(0, Passage(Source.PICTURE, label, url.strip()))
            host = bare[0].host if bare and bare[0].span and bare[0].span.start == 0 else ""
        if host:
            found.append(Link(url.strip(), host, "", kind, None, label))
    return found

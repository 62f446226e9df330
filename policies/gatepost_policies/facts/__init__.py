"""Bytes in, a Reading out: the mail as a reader sees it, and what it says."""

from __future__ import annotations

from gatepost_policies.facts.addresses import addresses_in, bare_alias, buyers, is_buyer, marketplace_of
from gatepost_policies.facts.enclosed import text_bytes
from gatepost_policies.facts.files import Unseen, Words, unseen, with_words
from gatepost_policies.facts.finding import find_facts
from gatepost_policies.facts.reading import Assembly, read_mail
from gatepost_policies.facts.threads import case_of, thread_ids
from gatepost_policies.facts.tracking import carrier_key
from gatepost_policies.model import Mail, Reading, Source

__all__ = [
    "Unseen",
    "Words",
    "addresses_in",
    "bare_alias",
    "buyers",
    "carrier_key",
    "case_of",
    "find_facts",
    "is_buyer",
    "marketplace_of",
    "read",
    "read_file",
    "read_text",
    "text_bytes",
    "thread_ids",
    "unseen",
    "with_words",
]


def read(raw: bytes) -> Reading:
    """The mail in `raw` and what it says. Never raises: broken mail gives `mail.defects`.

    Cost grows with the size of the mail only; every limit that bites is a defect ("too-deep", "truncated" …).
    """
    mail = read_mail(raw)
    return Reading(mail, find_facts(mail))


def read_file(name: str, content: bytes) -> Reading:
    """A file that is no mail (a parcel's insert, a packing slip) and what it says, by its content.

    What is neither text nor a mail is among `mail.attachments`, to be looked at (`unseen`).
    """
    document = Assembly(answers=False)
    document.document(name, content)
    return _of_document(document, len(content))


def read_text(text: str, *, html: bool = False, name: str = "") -> Reading:
    """A document that is no mail (a parcel's insert, a packing slip) and what it says."""
    document = Assembly(answers=False)
    label = f"file:{name}" if name else "document"
    if html:
        document.page(Source.DOCUMENT, text, label)
    else:
        document.text(Source.DOCUMENT, text, label)
    return _of_document(document, len(text))


def _of_document(document: Assembly, size: int) -> Reading:
    mail = Mail(
        headers=(),
        subject="",
        passages=tuple(document.passages),
        links=tuple(document.links),
        images=tuple(document.images),
        hidden=tuple(document.hidden),
        attachments=tuple(document.attachments),
        defects=tuple(document.defects),
        size_bytes=size,
    )
    return Reading(mail, find_facts(mail))

"""Bytes in, a Reading out: the mail as a reader sees it, and what it says."""

from __future__ import annotations

from gatepost_policies.facts.addresses import addresses_in, bare_alias, buyers, is_buyer, marketplace_of
from gatepost_policies.facts.files import Unseen, Words, unseen, with_words
from gatepost_policies.facts.finding import find_facts
from gatepost_policies.facts.reading import Assembly, read_mail
from gatepost_policies.facts.tracking import carrier_key
from gatepost_policies.model import Mail, Reading, Source

__all__ = [
    "Unseen",
    "Words",
    "addresses_in",
    "bare_alias",
    "buyers",
    "carrier_key",
    "find_facts",
    "is_buyer",
    "marketplace_of",
    "read",
    "read_text",
    "unseen",
    "with_words",
]


def read(raw: bytes) -> Reading:
    """The mail in `raw` and what it says. Never raises: broken mail gives `mail.defects`.

    Cost grows with the size of the mail only; every limit that bites is a defect ("too-deep", "truncated" …).
    """
    mail = read_mail(raw)
    return Reading(mail, find_facts(mail))


def read_text(text: str, *, html: bool = False, name: str = "") -> Reading:
    """A document that is no mail (a parcel's insert, a packing slip) and what it says."""
    document = Assembly(answers=False)
    label = f"file:{name}" if name else "document"
    if html:
        document.page(Source.DOCUMENT, text, label)
    else:
        document.text(Source.DOCUMENT, text, label)
    mail = Mail(
        headers=(),
        subject="",
        passages=tuple(document.passages),
        links=tuple(document.links),
        images=tuple(document.images),
        hidden=tuple(document.hidden),
        defects=tuple(document.defects),
        size_bytes=len(text),
    )
    return Reading(mail, find_facts(mail))

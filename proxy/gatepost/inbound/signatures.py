"""DKIM signatures of a mail that arrived (RFC 6376), and whose they are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import dkim
from dkim.util import InvalidTagValueList, parse_tag_value

from gatepost.inbound.lookups import Lookup, Lookups, Unanswered

MOST_SIGNATURES: Final = 5
"""Signatures of one mail that are checked."""
MOST_READ: Final = 50
LOOKUP_SECONDS: Final = 5.0
LEAST_KEY_BITS: Final = 1024


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: the domain that signed, and whether it holds; None when nobody could say."""

    domain: str
    is_valid: bool | None
    why: str = ""  # what speaks against it
    covers: frozenset[str] = frozenset()  # the header fields that it signs, lower case


def signatures(
    raw: bytes, lookup: Lookup | None = None, *, of: Callable[[str], bool] = lambda domain: True
) -> tuple[Signature, ...]:
    """The signatures whose domain is one `of` those wanted, checked. Never raises. Asks the DNS.

    A signature over a part of the body only (`l=`) does not hold here: anything may stand behind.
    """
    asked = lookup or Lookups(LOOKUP_SECONDS)
    try:
        wanted = [number for number, domain in _domains(raw) if of(domain)]
    except (dkim.DKIMException, IndexError):  # headers that nobody can read
        return ()
    return tuple(_one(raw, number, asked) for number in wanted[:MOST_SIGNATURES])


def _domains(raw: bytes) -> Iterator[tuple[int, str]]:
    """The signatures by their number from the top, and who says to have signed."""
    headers, _ = dkim.rfc822_parse(raw)
    lines = [value for name, value in headers if name.lower() == b"dkim-signature"]
    for number, value in enumerate(lines[:MOST_READ]):
        try:
            domain = parse_tag_value(value).get(b"d", b"")
        except InvalidTagValueList:
            domain = b""
        yield number, domain.decode("ascii", "replace").lower()


def _one(raw: bytes, number: int, lookup: Lookup) -> Signature:
    """Check one signature; dkimpy raises whatever a hostile header makes it raise."""
    holds: bool | None
    mail = None
    try:
        mail = dkim.DKIM(raw, minkey=LEAST_KEY_BITS, timeout=LOOKUP_SECONDS)
        holds = bool(mail.verify(idx=number, dnsfunc=asking(lookup)))
        why = "" if holds else "the signature does not fit"
    except Unanswered as error:
        holds, why = None, str(error)
    except Exception as error:
        holds, why = False, type(error).__name__
    tags: dict[bytes, bytes] = getattr(mail, "signature_fields", None) or {}
    if holds and b"l" in tags:
        holds, why = False, "it covers a part of the mail only"
    covers = frozenset(
        one.strip().lower() for one in tags.get(b"h", b"").decode("ascii", "replace").split(":")
    )
    domain = tags.get(b"d", b"").decode("ascii", "replace").lower()
    return Signature(domain, holds, why, covers)


def asking(lookup: Lookup) -> Callable[..., Any]:
    """`lookup` as dkimpy calls it."""
    return lambda name, timeout=LOOKUP_SECONDS: lookup(name, timeout)

"""DKIM signatures of a mail that arrived (RFC 6376), and whose they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import dkim

MAX_SIGNATURES = 5
DNS_SECONDS = 5

Lookup = Callable[[bytes, int], bytes | None]
"""A TXT record by its name, within so many seconds; None when there is none."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature: the domain that signed, and whether it holds."""

    domain: str
    is_valid: bool
    why: str = ""  # what speaks against it


def signatures(raw: bytes, lookup: Lookup | None = None) -> tuple[Signature, ...]:
    """Every signature of the mail, checked; at most MAX_SIGNATURES. Never raises. Asks the DNS."""
    count = sum(line.lower().startswith(b"dkim-signature:") for line in _head(raw).splitlines())
    return tuple(_one(raw, number, lookup) for number in range(min(count, MAX_SIGNATURES)))


def _head(raw: bytes) -> bytes:
    return raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0]


def _one(raw: bytes, number: int, lookup: Lookup | None) -> Signature:
    mail = dkim.DKIM(raw, minkey=1024, timeout=DNS_SECONDS)
    more = {} if lookup is None else {"dnsfunc": lambda name, timeout=DNS_SECONDS: lookup(name, timeout)}
    try:
        holds = bool(mail.verify(idx=number, **more))
        why = "" if holds else "the signature does not fit"
    except Exception as error:  # dkimpy raises whatever a hostile header makes it raise
        holds, why = False, type(error).__name__
    domain = mail.domain.decode("ascii", "replace").lower() if mail.domain else ""
    return Signature(domain, holds, why)

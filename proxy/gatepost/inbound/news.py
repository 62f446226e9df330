"""What Amazon, or a mail server, sends back about a mail of the seller's: recognised, and whom it is about.

Recognising is not believing: who acts on it asks for a proof first. A buyer can write any of these words,
so mail from a buyer's alias is never taken for news.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Final

from gatepost_policies import is_buyer
from gatepost_policies.facts import addresses_in, bare_alias
from gatepost_policies.model import Mail, Reading, Source
from gatepost_policies.yamlfile import parse

_FILE: Final = Path(__file__).with_name("news.yaml")
MOST_CHARACTERS: Final = 20_000  # of one passage that are searched
MOST_NAMED: Final = 10  # orders, buyers and ids that are taken from one mail
REPORT_BYTES: Final = 300_000  # of a bounce that are searched for what it returns
LONGEST_WORDS: Final = 200
_SENTENCE: Final = re.compile(r"(?<=[.!?。！？])\s+|\n+|(?<=[。！？])")
_BODIES: Final = frozenset({Source.SUBJECT, Source.PLAIN, Source.HTML})
_OURS: Final = re.compile(rb"\sby [!-~]+\s+with [A-Z0-9]+ id ([0-9a-z]{18});")
_RECIPIENT: Final = re.compile(rb"^(?:Final|Original)-Recipient:\s*rfc822;\s*([^\s]{3,320})", re.I | re.M)
_STATUS: Final = re.compile(rb"^Status:\s*([245]\.\d{1,3}\.\d{1,3})", re.I | re.M)
_ABOUT_OWN: Final = frozenset({"BBC_MESSAGE_SENT_TO_MERCHANT", "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT"})


class Kind(Enum):
    """What came back."""

    RESTRICTED = "restricted"  # the account may send no mail of its own accord
    OPT_OUT = "opt-out"  # the buyer wants no unsolicited mail
    BLOCKED = "blocked"  # one mail was not delivered for what it says
    BOUNCE = "bounce"  # a mail server's delivery report


@dataclass(frozen=True, slots=True)
class News:
    """One such mail."""

    kind: Kind
    words: str  # those it was recognised by
    orders: tuple[str, ...] = ()
    buyers: tuple[str, ...] = ()  # bare aliases that it names
    ids: tuple[str, ...] = ()  # of our messages, by the Received lines that it returns
    status: str = ""  # RFC 3463, of a bounce


def news_of(reading: Reading, raw: bytes, sender: str) -> News | None:
    """What this mail tells, if it tells anything; `sender` is the address of its From."""
    mail = reading.mail
    if is_buyer(sender):
        return None
    if _is_report(mail):
        return _bounce(reading, raw)
    if _ABOUT_OWN.intersection(value.strip() for value in mail.values("X-Space-Notification-Type")):
        return None
    for kind in (Kind.RESTRICTED, Kind.OPT_OUT, Kind.BLOCKED):
        if words := _said(mail, kind):
            return News(kind, words[:LONGEST_WORDS], _orders(reading), _buyers(mail))
    return None


def _is_report(mail: Mail) -> bool:
    """A delivery status notification (RFC 3464), by its type."""
    kinds = " ".join(mail.values("Content-Type")).lower()
    return "multipart/report" in kinds and "delivery-status" in kinds


def _bounce(reading: Reading, raw: bytes) -> News:
    body = raw[:REPORT_BYTES].partition(b"\r\n\r\n")[2]
    reports = [a.content for a in reading.mail.attachments if a.content_type.startswith("message/delivery")]
    told = b"\n".join(reports)[:REPORT_BYTES]
    status = _STATUS.search(told)
    to = [found[1].decode("utf-8", "replace") for found in _RECIPIENT.finditer(told)]
    ids = dict.fromkeys(found[1].decode("ascii") for found in _OURS.finditer(body))
    return News(
        Kind.BOUNCE,
        words=reading.mail.subject[:LONGEST_WORDS],
        orders=_orders(reading),
        buyers=_aliases(to),
        ids=tuple(ids)[:MOST_NAMED],
        status=status[1].decode("ascii") if status else "",
    )


def _orders(reading: Reading) -> tuple[str, ...]:
    return tuple(dict.fromkeys(order.id for order in reading.facts.order_ids))[:MOST_NAMED]


def _buyers(mail: Mail) -> tuple[str, ...]:
    return _aliases(addresses_in(p.text[:MOST_CHARACTERS] for p in mail.passages if p.source in _BODIES))


def _aliases(addresses: Iterator[str] | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(bare_alias(one) for one in addresses if is_buyer(one)))[:MOST_NAMED]


def _said(mail: Mail, kind: Kind) -> str:
    """The words of `kind` that the mail says, not taken back in the same sentence; "" without any."""
    words, unless = _words()[kind], _words_against()
    for passage in mail.passages:
        if passage.source not in _BODIES:
            continue
        for sentence in _SENTENCE.split(passage.text[:MOST_CHARACTERS]):
            said = _folded(sentence)
            if any(word in said for word in words) and not any(word in said for word in unless):
                return " ".join(sentence.split())
    return ""


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().replace("’", "'").split())


@lru_cache(maxsize=1)
def _data() -> Mapping[str, Mapping[str, list[str]]]:
    value: Mapping[str, Mapping[str, list[str]]] = parse(_FILE.read_bytes(), str(_FILE)).value
    return value


@lru_cache(maxsize=1)
def _words() -> Mapping[Kind, tuple[str, ...]]:
    kinds = (Kind.RESTRICTED, Kind.OPT_OUT, Kind.BLOCKED)
    return {kind: _all(kind.value) for kind in kinds}


@lru_cache(maxsize=1)
def _words_against() -> tuple[str, ...]:
    return _all("unless")


def _all(key: str) -> tuple[str, ...]:
    return tuple(_folded(word) for words in _data()[key].values() for word in words)

"""All that is found out about one mail that arrived, in one go: blocking, so never on the loop."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Final

from gatepost.inbound.arc import chain_of
from gatepost.inbound.arrival import Arrival, examined
from gatepost.inbound.lookups import Lookup, Lookups
from gatepost.inbound.news import News, news_of
from gatepost.inbound.proof import Evidence, Proof
from gatepost.inbound.signatures import signatures
from gatepost_policies import is_buyer, read
from gatepost_policies.checks.sites import is_amazon
from gatepost_policies.facts import addresses_in, thread_ids
from gatepost_policies.model import Mail, Reading, Source

LONGEST_WORDS: Final = 6_000
_BODIES: Final = frozenset({Source.PLAIN, Source.HTML})


@dataclass(frozen=True, slots=True)
class Rules:
    """How it is looked at."""

    seconds: float = 5.0  # for all of the DNS
    server: str = ""
    sealers: frozenset[str] = frozenset()
    strict: bool = False
    checked: bool = True  # False: the DNS is not asked


@dataclass(frozen=True, slots=True)
class Looked:
    """What was found."""

    arrival: Arrival
    subject: str = ""
    words: str = ""  # for the search, where it is held
    orders: tuple[str, ...] = ()
    news: News | None = None
    ids: tuple[str, ...] = ()  # its Message-ID, by which an answer names it
    buyer: str = ""  # the alias it comes from, with its case; "" when it comes from no buyer
    addressed: tuple[str, ...] = ()  # To and Cc, lower case
    dated: str = ""  # its Date

    @property
    def proof(self) -> Proof:
        """Whether Amazon sent it."""
        return self.arrival.proof


def look(raw: bytes, rules: Rules, lookup: Lookup | None = None) -> Looked:
    """Read `raw`, check its signatures, and say what is suspicious, who wrote and what it tells."""
    evidence = evidence_of(raw, rules, lookup) if rules.checked else None
    reading = read(raw)
    mail = reading.mail
    arrival = examined(reading, evidence, strict=rules.strict)
    return Looked(
        arrival=arrival,
        subject=mail.subject,
        words=_words(mail),
        orders=_orders(reading),
        news=news_of(reading, raw, arrival.sender),
        ids=thread_ids(mail.values("Message-ID")[:1]),
        buyer=arrival.sender.lower() if is_buyer(arrival.sender) else "",
        addressed=tuple(one.lower() for one in addresses_in((*mail.values("To"), *mail.values("Cc")))),
        dated=(mail.values("Date") or ("",))[0],
    )


def evidence_of(raw: bytes, rules: Rules, lookup: Lookup | None = None) -> Evidence:
    """The signatures that could prove something: Amazon's own, else a chain of trusted forwarders."""
    asked = lookup or Lookups(rules.seconds, server=rules.server)
    signed = signatures(raw, asked, of=is_amazon)
    if any(one.is_valid for one in signed) or not rules.sealers:
        return Evidence(signed)
    return Evidence(signed, chain_of(raw, asked, rules.sealers))


Look = Callable[[bytes, Rules], Looked]
"""Whoever looks at a mail; `look`, or one that does it in a process of its own."""


def trusted(sealers: Collection[str]) -> frozenset[str]:
    """Sealers as they are compared."""
    return frozenset(one.strip().lower().rstrip(".") for one in sealers)


def _orders(reading: Reading) -> tuple[str, ...]:
    return tuple(dict.fromkeys(order.id for order in reading.facts.order_ids))


def _words(mail: Mail) -> str:
    bodies = (passage.text[:LONGEST_WORDS].split() for passage in mail.passages if passage.source in _BODIES)
    return " ".join(dict.fromkeys(" ".join(words) for words in bodies))[:LONGEST_WORDS]

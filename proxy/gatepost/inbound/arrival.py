"""A mail that arrived -> what is suspicious about it. Nothing is sent, followed or loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

from gatepost.inbound.signatures import Signature
from gatepost_policies import is_buyer, read
from gatepost_policies.checks.sense import Talk
from gatepost_policies.facts import with_words
from gatepost_policies.facts.hosts import canonical_host
from gatepost_policies.language.scene import observe
from gatepost_policies.model import Action, Finding, LinkKind, Mail, Mode, Reading

CATEGORY: Final = "suspicious-inbound"
_STORE: Final = (
    r"amazon\.(?:com|ca|com\.mx|com\.br|co\.uk|de|fr|it|es|nl|se|pl|com\.be|ie|com\.tr|ae|sa|eg|in|co\.jp"
    r"|com\.au|sg|co\.za)"
)
_AMAZON: Final = re.compile(rf"(?:[\w-]+\.)*{_STORE}\Z")
_LINKED: Final = re.compile(
    rf"(?:www\.|sellercentral(?:-[\w]+)?\.|images\.|smile\.)?{_STORE}\Z|(?:images-[\w-]+\.ssl-images-amazon|m\.media-amazon)\.com\Z"
)
_CLAIMS: Final = re.compile(r"amaz[o0]n|amaƶon|аmazon", re.IGNORECASE)
_NEVER_LOADED: Final = frozenset({LinkKind.REMOTE, LinkKind.CSS, LinkKind.HEADER})


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a mail that arrived."""

    sender: str
    claims_amazon: bool  # it says, or looks as if, it comes from Amazon or one of its buyers
    authentic: bool | None  # None: nobody has checked the signatures
    findings: tuple[Finding, ...]

    @property
    def action(self) -> Action:
        """QUARANTINE where anything is suspicious."""
        return max((finding.action for finding in self.findings), default=Action.RELAY)


def examine(raw: bytes, signed: Sequence[Signature] | None, *, strict: bool = False) -> Arrival:
    """What is suspicious about `raw`; `signed` are its signatures, None when they were not checked.

    `strict` is the letter of the guidelines of 2018: a genuine mail is plain text without picture or link.
    """
    reading = read(raw)
    name, sender = parseaddr((reading.mail.values("From") or ("",))[0][:2_000])
    domain = canonical_host(sender.rpartition("@")[2])
    genuine = is_buyer(sender) or _AMAZON.match(domain) is not None
    claims = genuine or _CLAIMS.search(domain) is not None or _CLAIMS.search(name) is not None
    authentic = None if signed is None else genuine and any(_aligned(one, domain) for one in signed)
    found = [*_sender(name, sender, genuine=genuine, claims=claims, authentic=authentic)]
    if claims:
        found += _links(reading.mail)
        found += _pleas(reading)
        found += _literal(reading.mail) if strict else ()
    return Arrival(sender, claims, authentic, tuple(found))


def _aligned(signature: Signature, domain: str) -> bool:
    """Whether a signature holds and is the sender's domain's or its parent's; a mailer's proves nothing."""
    return (
        signature.is_valid
        and (domain == signature.domain or domain.endswith(f".{signature.domain}"))
        and (_AMAZON.match(signature.domain) is not None)
    )


def _sender(
    name: str, sender: str, *, genuine: bool, claims: bool, authentic: bool | None
) -> Iterator[Finding]:
    shown = f"{name} <{sender}>" if name else sender
    if claims and not genuine:
        yield _finding(
            "a2-sender", "A2", shown, "calls itself Amazon and comes from elsewhere", "header:From"
        )
    elif claims and authentic is False:
        yield _finding("a2-signature", "A2", shown, "no signature of Amazon's holds", "header:From")


def _links(mail: Mail) -> Iterator[Finding]:
    seen: set[str] = set()
    for link in mail.links:
        if link.kind in _NEVER_LOADED or not link.host or link.host in seen or _LINKED.match(link.host):
            continue
        seen.add(link.host)
        yield _finding("a3-link", "A3", link.url[:200], f"leads to {link.host}", link.label)


def _pleas(reading: Reading) -> Iterator[Finding]:
    talk = Talk(observe(with_words(reading, ()).mail))
    for _, hit in talk.meant("pay_outside", besides=("pay_inside",)):
        passage = reading.mail.passages[hit.span.passage]
        words = passage.text[hit.span.start : hit.span.end]
        yield _finding("a4-payment", "A4", words, "asks for payment outside of Amazon", passage.label)
        return


def _literal(mail: Mail) -> Iterator[Finding]:
    if any(passage.source.value == "text/html" for passage in mail.passages):
        yield _finding("a1-plain-text", "A1", "", "it is not plain text alone", "text/html")
    if mail.images:
        yield _finding(
            "a1-picture", "A1", mail.images[0].src[:200], "it holds a picture", mail.images[0].label
        )
    if any(link.kind not in _NEVER_LOADED for link in mail.links):
        yield _finding("a1-link", "A1", mail.links[0].url[:200], "it holds a link", mail.links[0].label)


def _finding(rule: str, clause: str, evidence: str, note: str, label: str) -> Finding:
    return Finding(
        rule=rule,
        category=CATEGORY,
        clause=clause,
        action=Action.QUARANTINE,
        mode=Mode.ENFORCE,
        evidence=evidence,
        part=label,
        start=0,
        end=0,
        fix="Do not answer, click or pay; look the order up in Seller Central.",
        title="A mail that is not a buyer's",
        note=note,
    )

"""A mail that arrived -> what is suspicious about it. Nothing is sent, followed or loaded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Final

from gatepost.inbound.proof import UNCHECKED, Evidence, Proof, proof_of
from gatepost_policies import is_buyer, read
from gatepost_policies.checks.sense import Talk
from gatepost_policies.checks.sites import is_amazon
from gatepost_policies.facts import addresses_in
from gatepost_policies.facts.hosts import canonical_host
from gatepost_policies.language.scene import observe
from gatepost_policies.model import Action, Finding, LinkKind, Mail, Mode, Reading

CATEGORY: Final = "suspicious-inbound"
LONGEST_FROM: Final = 2_000
_SERVICE: Final = re.compile(r"\A(?:www|sellercentral(?:-[a-z]+)?|images|smile)\.(?=amazon\.)")
_PICTURES: Final = re.compile(r"(?:images-[a-z-]+\.ssl-images-amazon|m\.media-amazon)\.com\Z")
_CLAIMS: Final = re.compile(r"amaz[o0]n|amaƶon|аmazon", re.IGNORECASE)
_NEVER_LOADED: Final = frozenset({LinkKind.REMOTE, LinkKind.CSS, LinkKind.HEADER})
_DOUBLED: Final = "double-header:"
_UNREAD: Final = frozenset({"too-deep", "too-many-parts"})


@dataclass(frozen=True, slots=True)
class Arrival:
    """What is known of a mail that arrived."""

    sender: str
    claims_amazon: bool  # it says, or looks as if, it comes from Amazon or one of its buyers
    proof: Proof
    findings: tuple[Finding, ...]

    @property
    def authentic(self) -> bool | None:
        """Whether Amazon sent it; None where nobody has checked, or could."""
        return self.proof.authentic

    @property
    def action(self) -> Action:
        """QUARANTINE where anything is suspicious."""
        return max((finding.action for finding in self.findings), default=Action.RELAY)


def examine(raw: bytes, evidence: Evidence | None, *, strict: bool = False) -> Arrival:
    """What is suspicious about `raw`; `evidence` is of its signatures, None when they were not checked.

    `strict` is the letter of the guidelines of 2018: a genuine mail is plain text without picture or link.
    """
    return examined(read(raw), evidence, strict=strict)


def examined(reading: Reading, evidence: Evidence | None, *, strict: bool = False) -> Arrival:
    """As `examine`, of a mail that was read."""
    mail = reading.mail
    name, sender = sender_of(mail)
    domain = canonical_host(sender.rpartition("@")[2])
    shown = (mail.values("From") or ("",))[0][:LONGEST_FROM]
    claims = is_amazon(domain) or is_buyer(sender) or _CLAIMS.search(shown) is not None
    doubled = [defect.removeprefix(_DOUBLED) for defect in mail.defects if defect.startswith(_DOUBLED)]
    proof = proof_of(domain, evidence)
    if proof.authentic and doubled:
        proof = Proof(False)  # which of the two was signed, and which is shown?
    found: list[Finding] = []
    if not _UNREAD.isdisjoint(mail.defects):
        found.append(_finding("a2-unchecked", "", "more parts, or deeper ones, than are read", "structure"))
    if claims:
        found += _sender(
            f"{name} <{sender}>" if name else sender, domain, proof, checked=evidence is not None
        )
        found += _headers(mail, domain, doubled)
        found += _links(mail)
        found += _pleas(reading)
        found += _literal(mail) if strict else ()
    return Arrival(sender, claims, proof, tuple(found))


def unlooked(sender: str, why: str) -> Arrival:
    """A mail that could not be looked at: suspicious for that."""
    finding = _finding("a2-unchecked", sender, why, "header:From")
    return Arrival(sender, is_buyer(sender), UNCHECKED, (finding,))


def sender_of(mail: Mail) -> tuple[str, str]:
    """Name and address of the first From."""
    try:
        name, address = parseaddr((mail.values("From") or ("",))[0][:LONGEST_FROM])
    except RecursionError:  # comments in comments in comments
        return "", ""
    return name, address


def _sender(shown: str, domain: str, proof: Proof, *, checked: bool) -> Iterator[Finding]:
    if not is_amazon(domain):
        yield _finding("a2-sender", shown, "calls itself Amazon and comes from elsewhere", "header:From")
    elif proof.authentic is False:
        yield _finding("a2-signature", shown, "no signature of Amazon's holds", "header:From")
    elif proof.authentic is None and checked:
        yield _finding("a2-unchecked", shown, "the DNS did not answer: nobody can say", "header:From")


def _headers(mail: Mail, domain: str, doubled: list[str]) -> Iterator[Finding]:
    for name in doubled[:1]:
        yield _finding("a2-doubled", name, "stands in it twice: two readers see two mails", f"header:{name}")
    for address in addresses_in(mail.values("Reply-To")):
        answers_to = canonical_host(address.rpartition("@")[2])
        if is_amazon(domain) and answers_to != domain and not is_amazon(answers_to):
            yield _finding("a2-reply-to", address, "an answer would go elsewhere", "header:Reply-To")
            return


def _links(mail: Mail) -> Iterator[Finding]:
    seen: set[str] = set()
    for link in mail.links:
        if link.kind in _NEVER_LOADED or not link.host or link.host in seen or _is_amazons(link.host):
            continue
        seen.add(link.host)
        yield _finding("a3-link", link.url[:200], f"leads to {link.host}", link.label)


def _is_amazons(host: str) -> bool:
    """Whether genuine mail links there: a store, Seller Central, or where Amazon's pictures lie."""
    bare = _SERVICE.sub("", host)
    is_store = is_amazon(bare) and not is_amazon(bare.partition(".")[2])
    return is_store or _PICTURES.match(host) is not None


def _pleas(reading: Reading) -> Iterator[Finding]:
    talk = Talk(observe(reading.mail))
    for _, hit in talk.meant("pay_outside", besides=("pay_inside",)):
        passage = reading.mail.passages[hit.span.passage]
        words = passage.text[hit.span.start : hit.span.end]
        yield _finding("a4-payment", words, "asks for payment outside of Amazon", passage.label)
        return


def _literal(mail: Mail) -> Iterator[Finding]:
    if any(passage.source.value == "text/html" for passage in mail.passages):
        yield _finding("a1-plain-text", "", "it is not plain text alone", "text/html")
    if mail.images:
        image = mail.images[0]
        yield _finding("a1-picture", image.src[:200], "it holds a picture", image.label)
    if any(link.kind not in _NEVER_LOADED for link in mail.links):
        yield _finding("a1-link", mail.links[0].url[:200], "it holds a link", mail.links[0].label)


def _finding(rule: str, evidence: str, note: str, label: str) -> Finding:
    return Finding(
        rule=rule,
        category=CATEGORY,
        clause=rule.partition("-")[0].upper(),
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

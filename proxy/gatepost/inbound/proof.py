"""Whether a mail is from where it says: by Amazon's signature, or a trusted forwarder's word. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from gatepost.inbound.arc import NO_CHAIN, Chain, Result, State
from gatepost.inbound.signatures import Signature
from gatepost_policies.checks.sites import is_amazon


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was found out about a mail's signatures."""

    signatures: tuple[Signature, ...] = ()
    chain: Chain = NO_CHAIN


@dataclass(frozen=True, slots=True)
class Proof:
    """What follows from it for the sender's domain."""

    authentic: bool | None  # None: nobody has checked, or could
    by: str = ""  # "dkim amazon.com", "arc mail.example"
    covers: frozenset[str] = frozenset()  # the header fields that can't have been changed since


UNCHECKED: Final = Proof(None)


def proof_of(domain: str, evidence: Evidence | None) -> Proof:
    """Whether Amazon wrote a mail from `domain`, the canonical domain of its From."""
    if evidence is None:
        return UNCHECKED
    if not is_amazon(domain):
        return Proof(False)
    for one in evidence.signatures:
        if one.is_valid and is_aligned(domain, one.domain):
            return Proof(True, f"dkim {one.domain}", one.covers)
    chain = evidence.chain
    if chain.state is State.PASS and _is_vouched_for(domain, chain.results):
        return Proof(True, f"arc {chain.sealers[0]}", chain.covers)
    unsure = chain.state is State.UNANSWERED or any(one.is_valid is None for one in evidence.signatures)
    return UNCHECKED if unsure else Proof(False)


def is_aligned(domain: str, signer: str) -> bool:
    """Whether a signature of `signer` speaks for `domain`: itself or its parent, and one of Amazon's.

    A mailer's signature, like amazonses.com's, proves nothing: anybody may send through it.
    """
    return is_amazon(signer) and (domain == signer or domain.endswith(f".{signer}"))


def _is_vouched_for(domain: str, results: Sequence[Result]) -> bool:
    return any(_vouches(domain, result) for result in results)


def _vouches(domain: str, result: Result) -> bool:
    """Whether a forwarder saw Amazon's own signature hold, or DMARC pass, for this very domain."""
    if result.value != "pass":
        return False
    if result.method == "dmarc":
        return result.properties.get("header.from", "").rpartition("@")[2] == domain
    if result.method == "dkim":
        said = result.properties.get("header.d") or result.properties.get("header.i", "")
        return is_aligned(domain, said.rpartition("@")[2])
    return False

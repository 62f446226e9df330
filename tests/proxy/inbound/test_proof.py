from __future__ import annotations

import pytest

from gatepost.inbound.arc import Chain, Result, State
from gatepost.inbound.proof import UNCHECKED, Evidence, is_aligned, proof_of
from gatepost.inbound.signatures import Signature


@pytest.mark.parametrize(
    ("domain", "signer", "aligned"),
    [
        ("marketplace.amazon.com", "amazon.com", True),
        ("marketplace.amazon.com", "marketplace.amazon.com", True),
        ("amazon.com", "marketplace.amazon.com", False),
        ("marketplace.amazon.com", "com", False),
        ("marketplace.amazon.co.uk", "co.uk", False),
        ("marketplace.amazon.com", "amazonses.com", False),
        ("evil-amazon.com", "amazon.com", False),
    ],
)
def test_a_signer_speaks_for_itself_and_what_is_below(domain: str, signer: str, aligned: bool) -> None:
    assert is_aligned(domain, signer) is aligned


def test_who_proved_it_is_told() -> None:
    evidence = Evidence((Signature("amazon.de", True), Signature("amazon.com", True)))
    proof = proof_of("marketplace.amazon.com", evidence)
    assert (proof.authentic, proof.by) == (True, "dkim amazon.com")


def test_what_nobody_checked_is_neither() -> None:
    assert proof_of("amazon.com", None) == UNCHECKED


def test_one_that_holds_counts_although_another_could_not_be_checked() -> None:
    evidence = Evidence((Signature("amazon.com", None), Signature("amazon.com", True)))
    assert proof_of("amazon.com", evidence).authentic is True
    assert proof_of("amazon.com", Evidence((Signature("amazon.com", None),))).authentic is None


def test_elsewhere_nothing_is_proved() -> None:
    assert proof_of("shop.example", Evidence((Signature("shop.example", True),))).authentic is False


@pytest.mark.parametrize(
    ("result", "vouches"),
    [
        (Result("dkim", "pass", {"header.d": "amazon.com"}), True),
        (Result("dkim", "fail", {"header.d": "amazon.com"}), False),
        (Result("dmarc", "pass", {"header.from": "amazon.com"}), True),
        (Result("dmarc", "none", {"header.from": "amazon.com"}), False),
        (Result("dmarc", "pass", {"header.from": "amazon.de"}), False),
        (Result("spf", "pass", {"header.from": "amazon.com"}), False),
    ],
)
def test_a_forwarder_vouches_for_what_it_saw_hold_for_this_domain(result: Result, vouches: bool) -> None:
    chain = Chain(State.PASS, ("mail.example",), (result,))
    assert proof_of("amazon.com", Evidence((), chain)).authentic is vouches
    failed = Chain(State.FAIL, ("mail.example",), (result,))
    assert proof_of("amazon.com", Evidence((), failed)).authentic is False


def test_a_chain_that_could_not_be_checked_is_neither() -> None:
    evidence = Evidence((Signature("amazon.com", False),), Chain(State.UNANSWERED))
    assert proof_of("amazon.com", evidence) == UNCHECKED

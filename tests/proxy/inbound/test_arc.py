"""Chains of forwarders, sealed for real."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.inbound.arc import MOST_INSTANCES, State, _covered, _is_sealed_by, chain_of, results_in
from gatepost.inbound.arrival import examine
from gatepost.inbound.look import Rules, evidence_of
from kit.arrivals import Records, arriving, sealed, signed

FORWARDER = frozenset({"forwarder.example"})


def changed(raw: bytes) -> bytes:
    """As a forwarder changes it: a line more in the body, so that Amazon's signature does not fit."""
    return raw + b"-- forwarded for you\r\n"


def authentic(raw: bytes, sealers: frozenset[str] = FORWARDER) -> bool | None:
    return examine(raw, evidence_of(raw, Rules(sealers=sealers), Records())).authentic


def test_a_trusted_forwarders_word_proves_a_mail_that_it_changed() -> None:
    raw = sealed(changed(signed(arriving())))
    chain = chain_of(raw, Records(), FORWARDER)
    assert (chain.state, chain.sealers) == (State.PASS, ("forwarder.example",))
    assert "subject" in chain.covers
    assert authentic(raw) is True


def test_nobody_elses_word_is_heard_nor_is_the_dns_asked_for_it() -> None:
    raw, records = sealed(changed(signed(arriving())), "stranger.example"), Records()
    assert chain_of(raw, records, FORWARDER).state is State.UNTRUSTED
    assert records.asked == []
    assert authentic(raw) is False
    assert authentic(raw, frozenset()) is False


@pytest.mark.parametrize(
    "said",
    [
        "dkim=fail header.d=amazon.com",
        "dkim=pass header.d=amazonses.com",
        "dkim=pass header.d=amazon.de",
        "dmarc=pass header.from=amazon.com.evil.example",
        "spf=pass smtp.mailfrom=amazon.com",
    ],
)
def test_what_a_forwarder_did_not_see_hold_proves_nothing(said: str) -> None:
    assert authentic(sealed(changed(signed(arriving())), said=said)) is False


@pytest.mark.parametrize(
    "said",
    [
        "dkim=pass header.i=@amazon.com header.s=x",
        "dmarc=pass (p=QUARANTINE) header.from=marketplace.amazon.com",
        "spf=fail smtp.mailfrom=x.example; dkim=pass (2048-bit key; unprotected) header.d=amazon.com",
    ],
)
def test_the_ways_to_say_that_amazon_signed(said: str) -> None:
    assert authentic(sealed(changed(signed(arriving())), said=said)) is True


def test_a_chain_of_two_is_believed_as_far_as_its_last_links_are_trusted() -> None:
    first = sealed(changed(signed(arriving())), "list.example")
    raw = sealed(first, said="dkim=fail header.d=amazon.com", cv="pass")
    assert authentic(raw) is False  # list.example may have written all of it
    assert authentic(raw, FORWARDER | {"list.example"}) is True


def test_what_was_changed_behind_the_last_link_is_not_believed() -> None:
    assert authentic(changed(sealed(signed(arriving()).replace(b"lamp", b"lump")))) is False


def test_a_silent_dns_is_not_a_failure() -> None:
    raw = sealed(changed(signed(arriving())))
    assert chain_of(raw, Records(silent=True), FORWARDER).state is State.UNANSWERED


def test_a_mail_without_a_chain_has_none() -> None:
    assert chain_of(arriving(), Records(), FORWARDER).state is State.NONE


@pytest.mark.parametrize(("more", "state"), [(1, State.UNTRUSTED), (5, State.FAIL)])
def test_an_endless_chain_is_not_looked_at(more: int, state: State) -> None:
    seals = b"".join(
        b"ARC-Seal: i=%d; a=rsa-sha256; d=forwarder.example; s=s1; cv=pass; b=AAAA\r\n" % number
        for number in range(1, MOST_INSTANCES + more + 1)
    )
    records = Records()
    assert chain_of(seals + arriving(), records, FORWARDER).state is state
    assert records.asked == []


def test_a_link_that_another_has_signed_for_its_sealer_is_not_believed() -> None:
    link = {"as-domain": b"forwarder.example", "ams-domain": b"stranger.example"}
    assert not _is_sealed_by(link, FORWARDER)
    assert _is_sealed_by(link | {"ams-domain": b"Forwarder.example"}, FORWARDER)


def test_a_link_over_a_part_of_the_body_is_not_believed() -> None:
    line = (b"ARC-Message-Signature", b" i=1; a=rsa-sha256; d=forwarder.example; h=from:subject; l=%b b=AAAA")
    whole = (line[0], line[1].replace(b" l=%b", b""))
    assert _covered([whole], {"instance": 1}) == {"from", "subject"}
    with pytest.raises(ValueError, match="a part"):
        _covered([(line[0], line[1].replace(b"%b", b"10;"))], {"instance": 1})


@settings(deadline=None)
@given(st.text(max_size=400))
def test_any_results_are_read(text: str) -> None:
    for result in results_in(text):
        assert result.method == result.method.lower()
        assert result.value.isalpha()


def test_results_are_read_with_comments_and_quotes() -> None:
    text = 'i=1; mx.example; dkim=pass (a (b; c=d)) header.i="@Amazon.com"; dmarc=none'
    dkim, dmarc = results_in(text)
    assert (dkim.method, dkim.value, dict(dkim.properties)) == ("dkim", "pass", {"header.i": "@amazon.com"})
    assert dmarc.value == "none"

"""DKIM signatures, real ones."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.inbound import signatures as module
from gatepost.inbound.signatures import MOST_SIGNATURES, signatures
from kit.arrivals import Records, arriving, signed


def test_who_signed_and_what_is_told() -> None:
    (one,) = signatures(signed(arriving()), Records())
    assert (one.domain, one.is_valid, one.why) == ("amazon.com", True, "")
    assert {"from", "subject", "message-id"} <= one.covers


def test_a_signature_over_a_part_of_the_body_does_not_hold() -> None:
    (one,) = signatures(signed(arriving(), length=True) + b"Pay here: evil\r\n", Records())
    assert (one.is_valid, one.why) == (False, "it covers a part of the mail only")


def test_a_broken_signature_never_raises() -> None:
    (one,) = signatures(b"DKIM-Signature: v=1; nonsense\r\n" + arriving(), Records())
    assert (one.domain, one.is_valid) == ("", False)


def test_headers_that_nobody_can_read_have_no_signatures() -> None:
    assert signatures(b" no header\r\n\r\n", Records()) == ()


def test_a_short_key_proves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEAST_KEY_BITS", 4096)  # the key made here has 2048
    assert signatures(signed(arriving()), Records())[0].is_valid is False


def test_a_withdrawn_key_proves_nothing_and_a_silent_dns_neither_way() -> None:
    raw = signed(arriving())
    assert signatures(raw, Records(record=None))[0].is_valid is False
    assert signatures(raw, Records(record=b"v=DKIM1; p="))[0].is_valid is False
    assert signatures(raw, Records(silent=True))[0].is_valid is None


def test_only_what_is_wanted_is_asked_for_and_no_more_than_a_few() -> None:
    records = Records()
    raw = arriving()
    for _ in range(MOST_SIGNATURES + 3):
        raw = signed(raw, "elsewhere.example")
    assert signatures(raw, records, of=lambda domain: domain == "amazon.com") == ()
    assert records.asked == []
    assert len(signatures(raw, records)) == MOST_SIGNATURES


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_header_is_taken(junk: bytes) -> None:
    raw = b"DKIM-Signature: " + junk.replace(b"\n", b" ") + b"\r\n" + arriving()
    assert all(one.is_valid is not True for one in signatures(raw, Records()))

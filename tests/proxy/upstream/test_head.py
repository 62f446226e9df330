"""gatepost.upstream.head: the header block is found and counted without decoding."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.upstream import head
from kit.outgoing import mail


@pytest.mark.parametrize(
    ("raw", "block"),
    [
        (b"A: b\r\n\r\nbody\r\n", b"A: b\r\n"),
        (b"A: b\r\n c\r\n\r\n\r\n", b"A: b\r\n c\r\n"),
        (b"\r\nbody\r\n\r\nmore", b""),
        (b"A: b\r\n", b"A: b\r\n"),
        (b"", b""),
    ],
)
def test_block_ends_at_the_first_empty_line(raw: bytes, block: bytes) -> None:
    assert head.block(raw) == block


@given(st.binary(max_size=300))
def test_fields_cover_the_block(octets: bytes) -> None:
    assert b"".join(head.fields(octets)) == octets


def test_folded_lines_belong_to_their_field() -> None:
    assert list(head.fields(b"A: b\r\n c\r\nD: e\r\n\tf\r\n")) == [b"A: b\r\n c\r\n", b"D: e\r\n\tf\r\n"]


def test_fields_are_counted_in_any_case_and_only_at_the_start_of_a_line() -> None:
    block = b"RECEIVED: a\r\nX: received: b\r\n received: c\r\nReceived: d\r\nReceived-SPF: e\r\n"
    assert head.count(block, b"received") == 2


@pytest.mark.parametrize(
    ("sender", "domain"),
    [
        ("Shop <help@Shop.Example>", "shop.example"),
        ("help@shop.example.", "shop.example"),
        ('"a@b.test, x" <help@shop.example>', "shop.example"),
        ("help@bücher.example", "xn--bcher-kva.example"),
        ("undisclosed", ""),
        ("", ""),
        ("Shop\r\n <help@shop.example>", "shop.example"),
    ],
)
def test_domain_of_the_from_header(sender: str, domain: str) -> None:
    assert head.from_domain(mail(sender=sender)) == domain


def test_a_mail_without_from_header_has_no_domain() -> None:
    assert head.from_domain(b"To: a@b.test\r\n\r\nFrom: x@y.test\r\n") == ""


@given(st.binary(max_size=300))
def test_any_octets_have_a_domain_or_none(octets: bytes) -> None:
    assert isinstance(head.from_domain(b"From: " + octets + b"\r\n\r\n"), str)


@given(st.text(max_size=80))
def test_any_address_has_a_domain_or_none(address: str) -> None:
    domain = head.domain_of(address)
    assert "@" in address or domain == ""

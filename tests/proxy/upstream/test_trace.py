"""gatepost.upstream.trace: the Received line says who spoke how, and can't be forged."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.model import Message
from gatepost.upstream.trace import (
    ENDLESS,
    MOST_PASSES,
    address_literal,
    hops,
    passes,
    protocol_word,
    received_count,
    received_line,
)
from kit.messages import message


def said(peer: str = "192.0.2.7", helo: str = "desk.example", protocol: str = "ESMTPSA") -> Message:
    plain = message()
    return replace(plain, session=replace(plain.session, peer=peer, helo=helo, protocol=protocol))


def test_received_line_names_client_host_protocol_id_and_time() -> None:
    assert received_line(said(), "gate.example.com") == (
        b"Received: from desk.example\r\n ([192.0.2.7])\r\n by gate.example.com\r\n with ESMTPSA id m1;\r\n"
        b" Mon, 23 Nov 2026 09:00:00 +0000\r\n"
    )


def test_received_line_leaves_out_what_is_no_address() -> None:
    assert received_line(said(peer="unix"), "gate.example.com").startswith(
        b"Received: from desk.example\r\n by gate.example.com\r\n"
    )


@given(st.text(max_size=300), st.text(max_size=60), st.text(max_size=30))
def test_received_line_is_one_field_whatever_the_client_says(helo: str, peer: str, protocol: str) -> None:
    line = received_line(said(peer=peer, helo=helo, protocol=protocol), "gate.example.com")
    first, *folded, rest = line.split(b"\r\n")
    assert first.startswith(b"Received: from ")
    assert rest == b""
    assert all(part.startswith(b" ") and part.strip() for part in folded)
    assert all(len(part) <= 78 and re.fullmatch(rb"[\x20-\x7e]*", part) for part in (first, *folded))


@pytest.mark.parametrize(
    ("peer", "literal"),
    [
        ("192.0.2.7", "[192.0.2.7]"),
        ("2001:db8::7", "[IPv6:2001:db8::7]"),
        ("fe80::1%eth0", "[IPv6:fe80::1]"),
        ("", ""),
        ("localhost", ""),
    ],
)
def test_address_literal(peer: str, literal: str) -> None:
    assert address_literal(peer) == literal


@pytest.mark.parametrize(
    ("protocol", "utf8", "word"),
    [
        ("ESMTPSA", False, "ESMTPSA"),
        ("ESMTPSA", True, "UTF8SMTPSA"),
        ("ESMTP", True, "UTF8SMTP"),
        ("SMTP", True, "SMTP"),
        ("", False, "SMTP"),
    ],
)
def test_protocol_word(protocol: str, utf8: bool, word: str) -> None:
    assert protocol_word(protocol, utf8=utf8) == word


def test_hops_are_counted_in_the_header_only() -> None:
    raw = b"Received: a\r\nreceived: b\r\n folded\r\nSubject: x\r\n\r\nReceived: c\r\n"
    assert received_count(raw) == 2


HOST = "gate.example.com"
AGAIN = b"Received: from r.example by gate.example.com (Postfix) with ESMTP id 4B7C;\r\n\tMon, 23 Nov\r\n"


def passed(times: int, hostname: str = HOST) -> bytes:
    own = received_line(message("01m83agyhf7yhf3810"), hostname)
    return (own + AGAIN) * times + b"Subject: x\r\n\r\n" + own * 5


@pytest.mark.parametrize("times", [0, 1, 2, 3])
def test_passes_through_this_gateway_are_counted_in_the_header_only(times: int) -> None:
    assert passes(passed(times), HOST) == times


def test_a_mail_that_came_by_too_often_has_more_hops_than_anyone_allows() -> None:
    assert hops(passed(MOST_PASSES), HOST) == 2 * MOST_PASSES
    assert hops(passed(MOST_PASSES + 1), HOST) == ENDLESS


def test_another_gateways_lines_and_another_programs_are_hops_only() -> None:
    assert passes(passed(3, "gate.example.community"), HOST) == 0
    assert passes(AGAIN * 9 + b"\r\n", HOST) == 0
    assert hops(AGAIN * 9 + b"\r\n", HOST) == 9

"""Mails that arrive, signed for real with keys made here."""

from __future__ import annotations

import pytest

from gatepost.inbound.arrival import examine
from gatepost.inbound.look import Rules, evidence_of
from gatepost.inbound.proof import Evidence
from kit.arrivals import Records, arriving, signed


def rules(raw: bytes, *, strict: bool = False) -> set[str]:
    evidence = evidence_of(raw, Rules(), Records())
    return {finding.rule for finding in examine(raw, evidence, strict=strict).findings}


def test_a_buyers_mail_that_amazon_signed_is_genuine() -> None:
    raw = signed(arriving())
    arrival = examine(raw, evidence_of(raw, Rules(), Records()))
    assert (arrival.authentic, arrival.findings, arrival.action.word) == (True, (), "relay")


@pytest.mark.parametrize("domain", ["amazonses.com", "shop.example", "amazon.de"])
def test_a_signature_of_someone_else_proves_nothing(domain: str) -> None:
    assert rules(signed(arriving(), domain)) == {"a2-signature"}


def test_a_mail_that_was_changed_is_not_genuine() -> None:
    assert rules(signed(arriving()).replace(b"lamp", b"lump")) == {"a2-signature"}


def test_unsigned_mail_is_not_genuine_and_unchecked_mail_is_not_judged_for_it() -> None:
    assert rules(arriving()) == {"a2-signature"}
    assert examine(arriving(), None).findings == ()


def test_a_silent_dns_is_said_and_is_no_proof_either_way() -> None:
    raw = signed(arriving())
    arrival = examine(raw, evidence_of(raw, Rules(), Records(silent=True)))
    assert arrival.authentic is None
    assert [finding.rule for finding in arrival.findings] == ["a2-unchecked"]


@pytest.mark.parametrize(
    "sender",
    [
        "Amazon <help@amazon-support.example>",
        "Ann <a@marketplace.amaz0n.com>",
        "x@marketplace.amazon.com.evil.example",
        "k3v9x2m7q4w8z1p%marketplace.amazon.com@evil.example",
        '"k3v9x2m7q4w8z1p@marketplace.amazon.com" <x@evil.example>',
    ],
)
def test_a_look_alike_is_found(sender: str) -> None:
    assert "a2-sender" in rules(arriving(sender))


def test_a_routed_alias_in_wide_letters_is_a_look_alike() -> None:
    routed = "k3v9x2m7q4w8z1p%marketplace.ａｍａｚｏｎ.com@evil.example"
    raw = arriving("x@y.example").replace(b"x@y.example", routed.encode())
    assert "a2-sender" in rules(raw)


def test_other_peoples_mail_is_left_alone() -> None:
    raw = arriving("Ann <ann@mail.example>", "See https://mail.example/x and pay by PayPal.")
    assert examine(raw, Evidence()).findings == ()


def test_links_elsewhere_and_pleas_for_payment_are_found() -> None:
    text = "Please send the refund to my PayPal account. More at https://evil.example/login"
    assert rules(signed(arriving(text=text))) == {"a3-link", "a4-payment"}


@pytest.mark.parametrize(
    ("host", "found"),
    [
        ("sellercentral.amazon.com", False),
        ("sellercentral-japan.amazon.com", False),
        ("www.amazon.co.uk", False),
        ("amazon.com.be", False),
        ("m.media-amazon.com", False),
        ("aws.amazon.com", True),
        ("www.amazon.com.evil.example", True),
        ("sellercentral.amazon-login.example", True),
    ],
)
def test_only_hosts_that_genuine_mail_links_to_are_amazons(host: str, found: bool) -> None:
    html = f"<p>Hello</p><a href='https://{host}/messaging/inbox'>Answer</a>"
    raw = signed(arriving(text="Hello", html=html))
    assert ("a3-link" in rules(raw)) is found
    assert {"a1-plain-text", "a1-link"} <= rules(raw, strict=True)


def test_a_second_from_takes_the_proof_away() -> None:
    raw = b"From: Amazon <donotreply@amazon.com>\r\n" + signed(arriving())
    assert rules(raw) == {"a2-signature", "a2-doubled"}


def test_a_second_subject_above_the_signed_one_takes_the_proof_away() -> None:
    raw = b"Subject: Your account is closed\r\n" + signed(arriving())
    assert any(one.is_valid for one in evidence_of(raw, Rules(), Records()).signatures)
    assert rules(raw) == {"a2-signature", "a2-doubled"}


def test_an_answer_that_would_go_elsewhere_is_found() -> None:
    raw = signed(arriving(headers={"Reply-To": "ann@mail.example"}))
    assert rules(raw) == {"a2-reply-to"}


def test_comments_in_comments_do_no_harm() -> None:
    assert rules(b"From: " + b"(" * 1_900 + b" amazon\r\n" + arriving()) >= {"a2-sender"}


def test_a_mail_that_is_not_read_whole_is_suspicious_whoever_wrote_it() -> None:
    deep = "".join(f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}\r\n' for n in range(80))
    raw = b"From: Ann <ann@mail.example>\r\nMIME-Version: 1.0\r\n" + deep.encode() + b"\r\nhello\r\n"
    assert rules(raw) == {"a2-unchecked"}

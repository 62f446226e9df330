"""Mails that arrive, signed for real with keys made here."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gatepost.inbound.arrival import examine
from gatepost.inbound.signatures import Signature, signatures

KEY = rsa.generate_private_key(65537, 2048)
PEM = KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
PUBLIC = KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
RECORD = b"v=DKIM1; k=rsa; p=" + b"".join(PUBLIC.splitlines()[1:-1])
BUYER = '"Ann" <k3v9x2m7q4w8z1p@marketplace.amazon.com>'


def lookup(name: bytes, seconds: int) -> bytes | None:
    return RECORD


def mail(sender: str = BUYER, text: str = "When does my lamp arrive?", html: str = "") -> bytes:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = (
        sender,
        "shop@seller.example",
        "Order 112-1234567-1234567",
    )
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def signed(raw: bytes, domain: bytes) -> bytes:
    return bytes(dkim.sign(raw, b"s1", domain, PEM, include_headers=[b"from", b"subject"])) + raw


def rules(raw: bytes, *, strict: bool = False) -> set[str]:
    return {finding.rule for finding in examine(raw, signatures(raw, lookup), strict=strict).findings}


def test_a_buyers_mail_that_amazon_signed_is_genuine() -> None:
    raw = signed(mail(), b"amazon.com")
    arrival = examine(raw, signatures(raw, lookup))
    assert (arrival.authentic, arrival.findings, arrival.action.word) == (True, (), "relay")


@pytest.mark.parametrize("domain", [b"amazonses.com", b"shop.example", b"amazon.de"])
def test_a_signature_of_someone_else_proves_nothing(domain: bytes) -> None:
    assert rules(signed(mail(), domain)) == {"a2-signature"}


def test_a_mail_that_was_changed_is_not_genuine() -> None:
    raw = signed(mail(), b"amazon.com").replace(b"lamp", b"lump")
    assert rules(raw) == {"a2-signature"}


def test_unsigned_mail_is_not_genuine_and_unchecked_mail_is_not_judged_for_it() -> None:
    assert rules(mail()) == {"a2-signature"}
    assert examine(mail(), None).findings == ()


@pytest.mark.parametrize(
    "sender",
    [
        "Amazon <help@amazon-support.example>",
        "Ann <a@marketplace.amaz0n.com>",
        "x@marketplace.amazon.com.evil.example",
    ],
)
def test_a_look_alike_is_found(sender: str) -> None:
    assert "a2-sender" in rules(mail(sender))


def test_other_peoples_mail_is_left_alone() -> None:
    raw = mail("Ann <ann@mail.example>", "See https://mail.example/x and pay by PayPal.")
    assert examine(raw, ()).findings == ()


def test_links_elsewhere_and_pleas_for_payment_are_found() -> None:
    text = "Please send the refund to my PayPal account. More at https://evil.example/login"
    assert rules(signed(mail(text=text), b"amazon.com")) == {"a3-link", "a4-payment"}


def test_amazons_own_links_are_allowed() -> None:
    html = "<p>Hello</p><a href='https://sellercentral.amazon.com/messaging/inbox'>Answer</a>"
    raw = signed(mail(text="Hello", html=html), b"amazon.com")
    assert rules(raw) == set()
    assert rules(raw, strict=True) == {"a1-plain-text", "a1-link"}


def test_a_broken_signature_never_raises() -> None:
    raw = b"DKIM-Signature: v=1; nonsense\r\n" + mail()
    assert signatures(raw, lookup) == (Signature("", is_valid=False, why=signatures(raw, lookup)[0].why),)

"""Mails that arrive, signed for real (DKIM, ARC) with a key made here, and the DNS that publishes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from types import SimpleNamespace
from typing import Any

import dkim
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from gatepost.inbound.lookups import Unanswered

_KEY = rsa.generate_private_key(65537, 2048)
PEM = _KEY.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
_PUBLIC = _KEY.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
RECORD = b"v=DKIM1; k=rsa; p=" + b"".join(_PUBLIC.splitlines()[1:-1])
ALIAS = "k3v9x2m7q4w8z1p@marketplace.amazon.com"
CASE = "k3v9x2m7q4w8z1p+1f2e3d4c-0000-4000-8000-123456789abc@marketplace.amazon.com"
BUYER = f'"Ann" <{ALIAS}>'
AMAZON = "Amazon <donotreply@amazon.com>"
SHOP = "shop@seller.example"
ORDER = "112-1234567-1234567"
REPORT = f"""From: MAILER-DAEMON@mail.example
To: shop@seller.example
Subject: Undelivered
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=x

--x
Content-Type: text/plain

It could not be delivered.
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example

Final-Recipient: rfc822; {CASE}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user

--x
Content-Type: text/rfc822-headers

Received: from desk by gate.example
 with ESMTP id 0123456789abcdef01; Mon, 23 Nov 2026 08:00:00 +0000
Subject: Order {ORDER}

--x--
""".replace("\n", "\r\n").encode()
"""A delivery report (RFC 3464) on a mail of ours."""
SIGNED = (b"from", b"to", b"subject", b"date", b"message-id")


@dataclass
class Records:
    """A DNS that knows one key for every selector, or is as silent as it is told to be."""

    silent: bool = False
    asked: list[bytes] = field(default_factory=list)
    record: bytes | None = RECORD

    def __call__(self, name: bytes, seconds: float) -> bytes | None:
        self.asked.append(name)
        if self.silent:
            raise Unanswered("silent")
        return self.record


def arriving(
    sender: str = BUYER,
    text: str = "When does my lamp arrive?",
    *,
    html: str = "",
    subject: str = f"Order {ORDER}",
    to: str = SHOP,
    id: str = "<q1@amazon.com>",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A mail as it stands before anybody signed it."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"], message["Message-ID"] = "Mon, 23 Nov 2026 08:30:00 +0000", id
    for name, value in (headers or {}).items():
        message[name] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    return message.as_bytes()


def signed(raw: bytes, domain: str = "amazon.com", **more: Any) -> bytes:
    """`raw` with a DKIM signature of `domain`."""
    more.setdefault("include_headers", list(SIGNED))
    line = dkim.sign(raw, b"s1", domain.encode(), PEM, canonicalize=(b"relaxed", b"relaxed"), **more)
    return bytes(line) + raw


def sealed(
    raw: bytes,
    domain: str = "forwarder.example",
    said: str = "dkim=pass header.d=amazon.com",
    *,
    cv: str = "",
) -> bytes:
    """`raw` with one more link of an ARC chain, in which `domain` says what it saw.

    `cv` is what it says of the chain before: "" for the first link, else "pass".
    """
    results = f"{said}; arc={cv}" if cv else said
    raw = f"Authentication-Results: {domain}; {results}\r\n".encode() + raw
    before = getattr(dkim, "authres", None)
    dkim.authres = SimpleNamespace(
        AuthenticationResultsHeader=_Header, core=SimpleNamespace(SyntaxError=ValueError)
    )
    try:
        lines = dkim.ARC(raw).sign(b"s1", domain.encode(), PEM, domain.encode(), list(SIGNED))
    finally:
        dkim.authres = before
    assert lines
    return b"".join(lines) + raw


@dataclass(frozen=True)
class _Said:
    method: str
    result: str
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class _Header:
    """As much of an Authentication-Results field as dkimpy reads when it seals; it asks a library for it."""

    authserv_id: str
    results: list[_Said]

    @classmethod
    def parse(cls, line: str) -> _Header:
        name, *results = (part.strip() for part in line.partition(":")[2].split(";"))
        return cls(name, [_Said(one.split("=")[0], one.split("=")[1].split()[0], one) for one in results])

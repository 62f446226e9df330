"""Builds the bytes of mails for the reader's tests."""

from __future__ import annotations

import base64

BUYER = "abcdefghij12345@marketplace.amazon.com"


def mail(body: bytes | str = "", *, headers: str = "", subject: str = "Your order") -> bytes:
    """A mail of one part; `headers` are whole lines without their line break."""
    content = body.encode() if isinstance(body, str) else body
    lines = [
        "From: Shop <help@shop.example>",
        f"To: {BUYER}",
        f"Subject: {subject}",
        *filter(None, headers.split("\n")),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


def html_mail(body: str, *, headers: str = "") -> bytes:
    """A mail of one HTML part."""
    kind = "Content-Type: text/html; charset=utf-8"
    return mail(body, headers=f"{kind}\n{headers}" if headers else kind)


def multipart(*parts: bytes, kind: str = "mixed", boundary: str = "b1", headers: str = "") -> bytes:
    """A mail of several parts, each with its own header block."""
    body = b"".join(b"--" + boundary.encode() + b"\r\n" + part + b"\r\n" for part in parts)
    type_line = f'Content-Type: multipart/{kind}; boundary="{boundary}"'
    return mail(
        body + b"--" + boundary.encode() + b"--\r\n",
        headers=f"{type_line}\n{headers}" if headers else type_line,
    )


def part(content: bytes | str, kind: str = "text/plain; charset=utf-8", *, headers: str = "") -> bytes:
    """One part, base64 when it is bytes that are no text."""
    lines = [f"Content-Type: {kind}", *filter(None, headers.split("\n"))]
    if isinstance(content, str):
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + content.encode()
    lines.append("Content-Transfer-Encoding: base64")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + base64.encodebytes(content)

"""Submitting a mail as plain software does, and mails to submit."""

from __future__ import annotations

import asyncio
import smtplib
import ssl
from collections.abc import Sequence

from kit.messages import BUYER, SELLER

PERMITTED = "Your parcel for order 112-1234567-1234567 is with UPS. The lamp takes an E27 bulb.\r\n"


def mail(
    body: str = PERMITTED,
    *,
    id: str = "1",
    subject: str = "Your order 112-1234567-1234567",
    to: str = BUYER,
    headers: str = "",
) -> bytes:
    """A plain text mail as bytes with CRLF; the id makes it another mail."""
    return (
        f"From: Shop Service <{SELLER}>\r\nTo: {to}\r\nSubject: {subject}\r\n"
        f"Message-ID: <{id}@shop.example>\r\nDate: Mon, 23 Nov 2026 09:00:00 +0000\r\n"
        f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
        f"Content-Transfer-Encoding: 8bit\r\n{headers}\r\n{body}"
    ).encode()


async def submit(
    port: int,
    raw: bytes,
    *,
    sender: str = SELLER,
    to: Sequence[str] = (BUYER,),
    login: tuple[str, str] | None = None,
    tls: ssl.SSLContext | None = None,
) -> tuple[int, str]:
    """Send one mail in a session of its own; code and text of the last reply."""

    def session() -> tuple[int, bytes]:
        with smtplib.SMTP("127.0.0.1", port, timeout=30) as client:
            client.ehlo("desk.example")
            if tls:
                client.starttls(context=tls)
                client.ehlo("desk.example")
            if login:
                client.login(*login)
            code, text = client.mail(sender)
            for recipient in to:
                if code == 250:
                    code, text = client.rcpt(recipient)
            return client.data(raw) if code == 250 else (code, text)

    code, text = await asyncio.to_thread(session)
    return code, text.decode("ascii")

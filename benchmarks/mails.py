"""The two mails that benchmarks send: a usual 4 KB answer and a 100 KB one with a picture and a PDF."""

from __future__ import annotations

import random
from email.message import EmailMessage
from email.policy import SMTP

BUYER = "k3v9x2m7q4w8z1p@marketplace.amazon.com"
SELLER = "service@shop.example"
ORDER = "112-4821093-7733164"
TOKEN = b"number-to-fill-in"
"""Stands in the Message-ID; replace it to make another mail of the same length."""

SENTENCES = (
    "The lamp takes an E27 bulb of up to 60 watts and the cable is two metres long.",
    "Please hold the switch for three seconds until the light blinks, then let it go.",
    "If the base wobbles, tighten the four screws below the felt with the small key from the bag.",
    "The missing screw was sent by letter mail and should reach you within two or three days.",
    "You can return the item through your Amazon account; the label is paid by us.",
    "We have checked the parcel with the carrier, and it is on its way to you.",
)


def usual() -> bytes:
    """A multipart/alternative answer of about 4 KB with one tracking link, CRLF."""
    return _bytes(_answer(paragraphs=13))


def large() -> bytes:
    """The same with 20 KB of HTML, a picture and a PDF: about 100 KB."""
    mail = _answer(paragraphs=110)
    noise = random.Random(1)
    mail.add_attachment(
        b"\x89PNG\r\n\x1a\n" + noise.randbytes(16_000), maintype="image", subtype="png", filename="photo.png"
    )
    mail.add_attachment(
        b"%PDF-1.4\n" + noise.randbytes(38_000), maintype="application", subtype="pdf", filename="manual.pdf"
    )
    return _bytes(mail)


def _answer(paragraphs: int) -> EmailMessage:
    words = [SENTENCES[number % len(SENTENCES)] for number in range(paragraphs)]
    track = "https://www.ups.com/track?tracknum=1Z12345E0205271688"
    text = "\n\n".join(["Hello,", f"thank you for your message about order {ORDER}.", *words, track])
    style = "font-family:Arial,sans-serif;font-size:14px"
    inner = "".join(f'<p style="{style}">{sentence}</p>' for sentence in words)
    html = (
        f"<html><head><style>p {{ margin: 8px }}</style></head><body><p>Hello,</p><p>thank you for your "
        f'message about order {ORDER}.</p>{inner}<p><a href="{track}">Track your parcel</a></p></body></html>'
    )
    mail = EmailMessage()
    mail["From"], mail["To"] = f"Shop Service <{SELLER}>", BUYER
    mail["Subject"] = f"Your order {ORDER}"
    mail["Message-ID"] = f"<{TOKEN.decode()}@shop.example>"
    mail["Date"] = "Mon, 23 Nov 2026 09:00:00 +0000"
    mail.set_content(text, cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    return mail


def _bytes(mail: EmailMessage) -> bytes:
    return mail.as_bytes(policy=SMTP)

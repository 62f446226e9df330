"""The two mails that benchmarks send: a usual 4 KB answer and a 100 KB one with a picture and a PDF."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence
from email.message import EmailMessage
from email.policy import SMTP

BUYER = "k3v9x2m7q4w8z1p@marketplace.amazon.com"
ANYONE = "someone@customer.example"
"""To whom a mail passes untouched."""
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
    mail.add_attachment(_png(noise), maintype="image", subtype="png", filename="photo.png")
    mail.add_attachment(_pdf(noise), maintype="application", subtype="pdf", filename="manual.pdf")
    return _bytes(mail)


def _png(noise: random.Random, side: int = 126) -> bytes:
    """A grey picture of noise, about 16 KB."""
    rows = b"".join(b"\0" + noise.randbytes(side) for _ in range(side))
    head = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    framed = (
        struct.pack(">I", len(data)) + n + data + struct.pack(">I", zlib.crc32(n + data))
        for n, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


def _pdf(noise: random.Random, size: int = 38_000) -> bytes:
    """A PDF of one line of text, and of data that its page does not show."""
    text = b"BT /F1 12 Tf 40 700 Td (Manual of the lamp, second edition) Tj ET"
    data = noise.randbytes(size)
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
    page += b"/Resources << /Font << /F1 5 0 R >> >> >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        page,
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(data), data),
    )
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 7\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size 7 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def saying(paragraphs: Sequence[str]) -> bytes:
    """The usual mail with other paragraphs."""
    return _bytes(_mail(paragraphs))


def _answer(paragraphs: int) -> EmailMessage:
    return _mail([SENTENCES[number % len(SENTENCES)] for number in range(paragraphs)])


def _mail(words: Sequence[str]) -> EmailMessage:
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

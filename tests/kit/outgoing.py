"""Raw mails for tests: CRLF line ends, as they come out of DATA without dot-stuffing."""

from __future__ import annotations

ORDER = "112-1234567-1234567"
BUYER = "abcdefghij12345@marketplace.amazon.com"


def mail(
    *body: str,
    subject: str = f"Your order {ORDER}",
    sender: str = "Shop <help@shop.example>",
    to: str = BUYER,
    headers: tuple[str, ...] = (),
    charset: str = "utf-8",
) -> bytes:
    """A plain text mail with these body lines; `headers` are whole lines, placed below the usual ones."""
    head = (
        f"From: {sender}",
        f"To: {to}",
        f"Subject: {subject}",
        "Date: Mon, 23 Nov 2026 09:00:00 +0000",
        "Message-ID: <1@shop.example>",
        "MIME-Version: 1.0",
        f"Content-Type: text/plain; charset={charset}",
        *headers,
    )
    return "".join(f"{line}\r\n" for line in (*head, "", *body)).encode(charset)


def compliant() -> bytes:
    """An answer to a buyer's enquiry that breaks no rule."""
    return mail(
        "Dear customer,",
        "",
        f"thank you for your question about your order {ORDER}.",
        "The lamp takes a bulb with an E27 socket of up to 60 watts.",
        "",
        "Kind regards",
    )


def with_link() -> bytes:
    """A mail that leads to the seller's shop (P1)."""
    return mail(f"About your order {ORDER}:", "see https://shop.example/spares for spare parts.")


def review_request() -> bytes:
    """A neutral request for a review (D4)."""
    return mail(f"Thank you for your order {ORDER}.", "Would you leave a review of the product on Amazon?")


def of_size(size_bytes: int) -> bytes:
    """A mail of exactly that many octets."""
    start = mail()
    line = b"All work and no play makes a dull mail, line after line of it.\r\n"
    filler = line * ((size_bytes - len(start)) // len(line))
    rest = size_bytes - len(start) - len(filler)
    return start + filler + (b"x" * (rest - 2) + b"\r\n" if rest >= 2 else b"x" * rest)

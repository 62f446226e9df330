"""A letter's words and an order's facts -> a mail, as plain text and simple HTML."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr
from hashlib import sha256
from string import Template

from gatepost.errors import FeedError
from gatepost.letters.templates import NEEDED, LetterKind, Templates
from gatepost.orderdata import OrderLine
from gatepost_policies.known import KnownOrder

REASONS = {"no-stock": "NoInventory", "could-not-ship": "CouldNotShip"}
"""Why an order can't be shipped (D2b), and the reason code of the feed for it."""

_WHERE = {
    "address": "the order report has no address",
    "amount": "no refund is on record: gatepost feeds adjustment, or --amount",
    "carrier": "no shipment is on record: gatepost feeds shipment",
    "delivery": "the day of delivery is not known: --delivery",
    "items": "the order report has no items",
    "order": "no order",
    "reason": "--reason no-stock or could-not-ship",
    "refund_date": "the day of the refund is not known: --refund-date",
    "tracking": "no tracking number is on record: gatepost feeds shipment",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """Which letter, and what of it the data doesn't say; what is empty is taken from the data."""

    letter: str  # a LetterKind
    order: str
    language: str = ""
    delivery: date | None = None
    amount: Decimal | None = None
    refund_date: date | None = None
    reason: str = ""  # a key of REASONS


@dataclass(frozen=True, slots=True)
class Facts:
    """What a letter may say of an order; what is not known is empty."""

    order: str
    buyer: str = ""
    recipient: str = ""
    seller: str = ""
    items: tuple[tuple[int, str], ...] = ()
    address: tuple[str, ...] = ()
    carrier: str = ""
    tracking: str = ""
    delivery: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    refund_date: date | None = None
    reason: str = ""  # a key of REASONS


@dataclass(frozen=True, slots=True)
class Composed:
    """A letter that is ready to go."""

    kind: LetterKind
    language: str
    subject: str
    text: str
    html: str = field(repr=False)

    def mail(self, *, sender: str, to: str, with_html: bool = False, at: datetime | None = None) -> bytes:
        """The whole mail with CRLF line ends, as RFC 5322 has it; dated when it is to go out.

        The same letter has the same Message-ID, so that sending it twice sends it once.
        """
        message = EmailMessage(policy=SMTP)
        message["From"], message["To"], message["Subject"] = sender, to, self.subject
        if at is not None:
            digest = sha256("\0".join((sender, to, self.subject, self.text, str(with_html))).encode())
            message["Date"] = at
            message["Message-ID"] = f"<{digest.hexdigest()[:32]}@{_domain_of(sender)}>"
        message.set_content(self.text, cte="quoted-printable")
        if with_html:
            message.add_alternative(self.html, subtype="html", cte="quoted-printable")
        return message.as_bytes()


def _domain_of(sender: str) -> str:
    domain = parseaddr(sender)[1].rpartition("@")[2]
    return domain if domain.isascii() and domain else "localhost"


def facts_of(order: KnownOrder, lines: Sequence[OrderLine], *, seller: str) -> Facts:
    """What the order data says, for a letter on the whole order."""
    whole = next(
        (line for line in reversed(lines) if line.address or line.recipient), OrderLine(lines[0].order)
    )
    shipment = order.shipments[-1] if order.shipments else None
    refund = order.refunds[-1] if order.refunds else None
    return Facts(
        order=order.id,
        buyer=order.buyer,
        recipient=whole.recipient,
        seller=seller,
        items=tuple((item.quantity, item.name or item.sku) for item in order.items if item.name or item.sku),
        address=tuple(part for part in (whole.recipient, *whole.address) if part),
        carrier=shipment.carrier if shipment else "",
        tracking=shipment.number if shipment else "",
        delivery=order.deliver_by,
        amount=order.refunded if refund else None,
        currency=refund.currency if refund else order.currency,
        refund_date=refund.day if refund else None,
    )


def compose(kind: LetterKind, facts: Facts, templates: Templates) -> Composed:
    """The letter. Raises FeedError that names what the guidelines prescribe and nobody knows."""
    words = _words(facts, templates)
    lacking = sorted(name for name in NEEDED[kind] if not words[name])
    if lacking:
        raise FeedError(f"order {facts.order}: " + "; ".join(_WHERE[name] for name in lacking))
    letter = templates.letters[kind]
    text = "\n".join(
        Template(line).safe_substitute(words).rstrip() for line in _filled(letter.text, words).splitlines()
    )
    subject = Template(letter.subject).safe_substitute(words)
    return Composed(kind, templates.language, " ".join(subject.split()), text + "\n", _html(text))


def _filled(text: str, words: dict[str, str]) -> str:
    """The text without the lines of which all that they would say is empty."""
    kept = []
    for line in text.splitlines():
        names = Template(line).get_identifiers()
        if len(names) == 1 and not words.get(names[0]) and line.strip() == f"${names[0]}":
            continue
        kept.append(line)
    return "\n".join(kept)


def _words(facts: Facts, templates: Templates) -> dict[str, str]:
    return {
        "order": facts.order,
        "recipient": facts.recipient,
        "seller": facts.seller,
        "items": "\n".join(f"{quantity} x {_one_line(name)}" for quantity, name in facts.items),
        "address": "\n".join(map(_one_line, facts.address)),
        "carrier": facts.carrier,
        "tracking": facts.tracking,
        "delivery": _day(facts.delivery, templates),
        "amount": _money(facts.amount, facts.currency, templates),
        "refund_date": _day(facts.refund_date, templates),
        "reason": templates.reasons.get(facts.reason, ""),
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _day(day: date | None, templates: Templates) -> str:
    if day is None:
        return ""
    month = templates.months[day.month - 1]
    return Template(templates.date).substitute(day=day.day, month=month, year=day.year)


def _money(amount: Decimal | None, currency: str, templates: Templates) -> str:
    if amount is None or not amount:
        return ""
    digits = f"{amount:.0f}" if currency == "JPY" else f"{amount:.2f}"
    return f"{digits.replace('.', templates.decimal)} {currency}".strip()


def _html(text: str) -> str:
    blocks = (html.escape(block, quote=False).replace("\n", "<br>\n") for block in text.split("\n\n"))
    body = "\n".join(f"<p>{block.strip()}</p>" for block in blocks if block.strip())
    return f"<!DOCTYPE html>\n<html>\n<body>\n{body}\n</body>\n</html>\n"

"""A site with something on every page, and the way through all of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from gatepost.model import (
    Answer,
    AnswerKind,
    Entry,
    MessageId,
    MessageState,
    OrderId,
    RelayReply,
    Session,
)
from gatepost.orderdata import Kind, OrderLine, ShipmentLine
from gatepost.ports import Settled
from gatepost.store.users import Role
from gatepost_policies.model import Action, Finding
from kit.messages import BUYER, UNREADABLE, allowance, finding
from kit.site import TestSite, held, raw_of

GUIDE = "ada"
PAGES = (
    "/",
    "/queue",
    "/queue?q=nothing+like+it",
    "/mail/held1",
    "/mail/held1?view=layout",
    "/mail/held1?view=headers",
    "/mail/held1?view=source",
    "/mail/held1/correct",
    "/mail/unjudged",
    "/mail/rejected",
    "/mail/corrected",
    "/mail/corrected/versions/1",
    "/outgoing",
    "/breaker",
    "/decisions",
    "/overview?from=2026-10-25&to=2026-11-23",
    "/ledger",
    "/ledger/112-1234567-1234567",
    "/exceptions",
    "/orders",
    "/orders/check",
    "/orders/112-1234567-1234567",
    "/buyers",
    "/buyers?address=abcdefghij12345%40marketplace.amazon.com",
    "/stops",
    "/compose",
    "/compose?order=112-1234567-1234567&letter=review-request",
    "/letters/en",
    "/check",
    "/audit?verify=yes",
    "/sent",
    "/account",
    "/account/second-factor",
    "/account/password",
    "/people",
    "/people/rita",
    "/settings",
    "/settings/senders",
    "/tokens",
    "/mine",
    "/nothing",
)
"""Every kind of page of those who are logged in."""

_TEXTS = [
    ("Your parcel is on its way", "Thank you for your order. 20% off your next order if you come back.\n"),
    (
        "Re: Missing screws",
        "We are sorry about the screws. Please write to lamps@shop.example for new.\n",
    ),
    ("Order 112-4821093-7733164", "Your lamp was sent on Friday. More lamps: www.shop-lamps.example\n"),
    ("Rückfrage zu Ihrer Bestellung", "Bitte melden Sie sich, bevor Sie uns bewerten.\n"),
    ("Return of the desk lamp", "You can send it back. Keep it and take a 10 EUR voucher instead.\n"),
    ("Ihre Rechnung", "Anbei die Rechnung. Folgen Sie uns auch auf unserer Seite.\n"),
]
_RULES = [
    ("p4-marketing", "marketing", "P4", "20% off your next order", "No marketing or promotion"),
    ("p3-contact-details", "contact-details", "P3", "lamps@shop.example", "No other way of contact"),
    ("p1-external-link", "external-link", "P1", "www.shop-lamps.example", "No links to other sites"),
    ("d4d-gating", "review-gating", "D4d", "bevor Sie uns bewerten", "No sifting of reviews"),
    ("p4-marketing", "marketing", "P4", "a 10 EUR voucher", "No marketing or promotion"),
    ("p4-cross-promotion", "cross-promotion", "P4", "Folgen Sie uns", "No advertising of other channels"),
]


def _found(number: int) -> Finding:
    rule, category, clause, words, title = _RULES[number]
    start = _TEXTS[number][1].index(words)
    plain = finding(rule, category=category, clause=clause, action=Action.QUARANTINE, evidence=words)
    return replace(plain, start=start, end=start + len(words), title=title, fix="Take these words out.")


async def furnish(site: TestSite) -> None:
    """Put something on every page; `GUIDE` is an admin."""
    await site.user(GUIDE, Role.ADMIN)
    await site.user("rita")
    now = site.clock.now()
    for number, (subject, body) in enumerate(_TEXTS):
        age = timedelta(hours=[1, 3, 9, 17, 22.5, 25][number])
        account = ["shop-us", "shop-de"][number in (3, 5)]
        session = Session(peer="192.0.2.7", helo="desk.example", protocol="ESMTPSA", account=account)
        await _hold(
            site,
            f"held{number + 1}",
            subject=subject,
            body=body,
            findings=(_found(number),),
            session=session,
            received_at=now - age,
            deadline_at=now - age + timedelta(hours=24),
            language="de" if account == "shop-de" else "en",
        )
    unjudged = {"digest": "", "edition": "", "findings": (UNREADABLE,), "subject": "A very large mail"}
    await _hold(site, "unjudged", **unjudged)
    await _hold(site, "rejected", subject="Come to our shop", findings=(_found(0),))
    await site.store.quarantine.reject(MessageId("rejected"), by="rita", note="No offers, please.")
    await _hold(site, "corrected", subject="Our new catalogue", body=_TEXTS[0][1])
    raw = raw_of("corrected", subject="Your order", body="Thank you for your order.\n")
    await site.store.quarantine.take(MessageId("corrected"), by="rita", claims=(), raw=raw)
    await _days(site)
    await _review_request(site)
    await _trade(site)
    await site.store.review.see(MessageId("held2"), by="rita", turn=timedelta(minutes=5))
    await site.store.review.see(MessageId("held3"), by="rita")
    await site.store.review.call_wrong(MessageId("held1"), "p4-marketing", by="rita", note="it was agreed")
    made = allowance("p4-marketing", message=MessageId("held1"), sender="@shop.example")
    await site.store.allowances.allow(made)
    await site.store.allowances.allow(replace(allowance(), id="e2", order="112-1234567-1234567"))
    await site.store.allowances.end("e2", by=GUIDE)


async def _hold(site: TestSite, id: str, **changes: Any) -> None:
    html = f"<p>{changes['body']}</p>" if "body" in changes and id == "held1" else ""
    known = {name: value for name, value in changes.items() if name not in ("body",)}
    entry = held(id, known.pop("received_at", site.clock.now()), fingerprint=id, **known)
    raw = raw_of(id, subject=entry.subject, body=changes.get("body", ""), html=html)
    if html:
        both = f"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{changes['body']}\r\n--b\r\n"
        head = raw_of(id, subject=entry.subject).partition(b"Content-Type")[0]
        page = f"Content-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n--b--\r\n"
        raw = head + f"Content-Type: multipart/alternative; boundary=b\r\n\r\n{both}{page}".encode()
    await site.keep(entry, raw)


async def _days(site: TestSite) -> None:
    """A month of decisions behind the queue."""
    jobs: list[Entry] = []
    for day in range(30):
        at = site.clock.now() - timedelta(days=day, hours=2)
        for number in range(6 + day * 7 % 11):
            action = ("relay", "relay", "relay", "reject", "relay", "quarantine")[number % 6]
            state = MessageState.REFUSED if action != "relay" else MessageState.ATTEMPTING
            found = () if action == "relay" else (_found((day + number) % 6),)
            made = held(f"d{day}-{number}", at, fingerprint=f"d{day}-{number}", findings=found)
            sender = f"agent{number % 4}@shop.example"
            jobs.append(replace(made, state=state, action=action, has_raw=False, sender=sender, answer=None))
    for entry in jobs:
        await site.keep(entry, None)
        if entry.state is MessageState.ATTEMPTING:
            answer = Answer(AnswerKind.RELAYED, entry.id, relay=RelayReply(250, "2.0.0", "Ok"))
            await site.store.journal.settle(entry.id, Settled(MessageState.RELAYED, answer))


async def _trade(site: TestSite) -> None:
    """Order data, a parcel in a written feed and one that waits, and somebody who wants no more mail."""
    order, orders = OrderId("112-1234567-1234567"), site.store.orders
    number = await orders.start("digest", name="orders.txt", kind=Kind.ORDERS, by=GUIDE)
    line = OrderLine(order, "1", name="Brass lamp", quantity=2, shipped=2, buyer=BUYER, recipient="Jane Doe")
    await orders.put(number, [line])
    await orders.finish(number, rows=1, bad=0)
    parcel = ShipmentLine(order, site.clock.now().date(), "UPS", "1Z12345E0205271688")
    await site.store.feed_entries.record(parcel, by=GUIDE)
    await site.store.feed_entries.take(Kind.SHIPPING, "shipping-confirmation.txt", by=GUIDE)
    await site.store.feed_entries.record(replace(parcel, number="1Z12345E0205271696"), by=GUIDE)
    await orders.stop("buyer", BUYER, by=GUIDE, reason="asked us to stop")
    orders.forget()


async def _review_request(site: TestSite) -> None:
    order = OrderId("112-1234567-1234567")
    entry = held("asked", site.clock.now(), fingerprint="asked", findings=(), subject="How was it?")
    entry = replace(entry, state=MessageState.ATTEMPTING, asks_review=True, action="relay")
    await site.keep(entry, raw_of("asked"), claims=[order])
    await site.store.journal.mark_sending(entry.id)
    answer = Answer(AnswerKind.IN_DOUBT, entry.id)
    lost = Settled(MessageState.IN_DOUBT, answer, error="the connection was lost")
    await site.store.journal.settle(entry.id, lost)

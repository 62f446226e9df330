"""What a mail is for, told by what it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from gatepost_policies.model import Purpose
from kit.judged import case

TABLE = [
    ("shipped", "Your order has been shipped today with UPS.", Purpose.SHIPMENT),
    ("shipped de", "Ihre Bestellung wurde heute versandt.", Purpose.SHIPMENT),
    ("shipped ja", "ご注文の商品を本日発送いたしました。", Purpose.SHIPMENT),
    ("will ship", "Your order will be shipped tomorrow.", Purpose.COMPLETION),
    ("once shipped", "Once your order has been shipped, we will send you the number.", Purpose.COMPLETION),
    ("a replacement shipped", "The replacement shade left our workshop today.", Purpose.SERVICE),
    ("out of stock", "Unfortunately the lamp is out of stock. We have refunded you.", Purpose.UNAVAILABLE),
    ("cancelled", "Your order has been cancelled.", Purpose.UNAVAILABLE),
    ("delayed", "There is a delay with your order; it will take 3 more weeks.", Purpose.DELAY),
    (
        "out of stock, but coming",
        "The lamp is out of stock, your delivery is delayed by 2 weeks.",
        Purpose.DELAY,
    ),
    ("shipped, but late", "We have shipped your lamp. It will be delayed by about 3 weeks.", Purpose.DELAY),
    (
        "sorry for a delay",
        "The lamp has been shipped on Monday. We are sorry for the delay.",
        Purpose.SHIPMENT,
    ),
    (
        "shipped, in an excuse",
        "We are sorry that we have no number for you. Your order has been shipped on Monday.",
        Purpose.SERVICE,
    ),
    ("on its way", "Your parcel is on its way and should be there on Friday.", Purpose.COMPLETION),
    (
        "on its way, with particulars",
        "Your parcel is on its way.\n\n2 x Desk lamp\nCarrier: UPS\nTracking number: 1Z5R89390357567127",
        Purpose.SHIPMENT,
    ),
    ("returned", "We have received your return and refunded $20.00.", Purpose.RETURN),
    ("return wanted", "Please return the lamp; we will refund you.", Purpose.SERVICE),
    ("review", "Please leave us a review on Amazon.", Purpose.REVIEW_REQUEST),
    (
        "review asked in passing",
        "Your lamp is ready. We would love to read your review.",
        Purpose.REVIEW_REQUEST,
    ),
    ("answer", "Thank you for your message. Your order has been shipped on Monday.", Purpose.SERVICE),
    ("question", "Please confirm your address so that we can send the lamp.", Purpose.SERVICE),
    ("invoice", "The invoice for your lamp is attached.", Purpose.COMPLETION),
    ("order confirmed", "We have received your order of the lamp.", Purpose.COMPLETION),
    ("thanks only", "Thank you for your purchase! If you have any questions, just reply.", Purpose.OTHER),
    ("thanks for what has a price", "Thank you for your purchase!\n\n2 x Mug: $12.00", Purpose.SERVICE),
    ("thanks and advertises", "Thank you for your purchase! Next time save $5 with LAMP5.", Purpose.OTHER),
    ("presents itself", "I just wanted to say hello and tell you a little about us.", Purpose.OTHER),
    (
        "says hello, and asks",
        "I wanted to say hello. Please confirm your address so that we can send the lamp.",
        Purpose.SERVICE,
    ),
    ("birthday", "Happy birthday from all of us!", Purpose.OTHER),
    ("newsletter", "Our newsletter is out.", Purpose.OTHER),
    ("newsletter of others", "That newsletter does not come from us.", Purpose.SERVICE),
    ("cart", "You left something in your shopping cart.", Purpose.OTHER),
    ("advertising", "Use the code LAMP20 for 20% off your next order.", Purpose.OTHER),
]


@pytest.mark.parametrize(("text", "purpose"), [pytest.param(*row[1:], id=row[0]) for row in TABLE])
def test_a_mail_has_the_purpose_of_what_it_does(text: str, purpose: Purpose) -> None:
    assert case(text).purpose is purpose


def twins() -> Iterator[Any]:
    """Each mail of the table of twins, with its purpose."""
    table = yaml.safe_load(Path(__file__).with_name("purposes.yaml").read_text("utf-8"))
    for idea, row in table.items():
        purposes = [Purpose(purpose) for purpose in row.pop("purposes")]
        for language, mails in row.items():
            for text, purpose in zip(mails, purposes, strict=True):
                yield pytest.param(text, purpose, id=f"{idea}: {language} {purpose.value}")


@pytest.mark.parametrize(("text", "purpose"), [*twins()])
def test_news_is_told_from_its_twin_in_every_language(text: str, purpose: Purpose) -> None:
    assert case(text).purpose is purpose


def test_a_reply_serves_the_buyer_whatever_it_says() -> None:
    assert case("No, it does not.", subject="Re: 112-1234567-1234567").purpose is Purpose.SERVICE


@pytest.mark.parametrize(
    ("subject", "purpose"), [("Hello", Purpose.OTHER), ("About 112-1234567-1234567", Purpose.SERVICE)]
)
def test_what_speaks_of_no_order_is_told_by_its_order_id(subject: str, purpose: Purpose) -> None:
    assert case("We hope that you enjoy the sunshine.", subject=subject).purpose is purpose


def test_a_word_beside_the_point_does_not_hide_what_happened() -> None:
    text = "Your birthday gift is delayed: happy birthday to your son will have to wait until 9 December."
    assert case(text).purpose is Purpose.DELAY


def test_quoted_words_do_not_tell_the_purpose() -> None:
    text = "Please confirm your address.\n\nOn 3 May 2026 Ann wrote:\n> My order has been cancelled."
    assert case(text).purpose is Purpose.SERVICE


def test_a_shipment_confirmation_that_asks_for_a_review_stays_one() -> None:
    text = "Your order has been shipped.\nTracking number: 1Z5R89390357567127\nPlease leave us a review."
    assert case(text).purpose is Purpose.SHIPMENT

"""Every letter in every language passes the checker, and says what the guidelines prescribe."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gatepost.errors import FeedError
from gatepost.letters import LANGUAGES, Facts, LetterKind, compose, facts_of, load
from gatepost.model import OrderId
from gatepost.orderdata import OrderLine
from gatepost_policies import judge, read
from gatepost_policies import load as rules
from gatepost_policies.known import KnownItem, KnownOrder, KnownRefund, KnownShipment
from gatepost_policies.model import Purpose

ORDER = "112-1234567-1234567"
STORES = {
    "en": "com", "de": "de", "fr": "fr", "es": "es", "it": "it", "nl": "nl", "pl": "pl", "pt": "com.br",
    "sv": "se", "tr": "com.tr", "ja": "co.jp",
}  # fmt: skip
ADDRESSES = {
    "en": ("Jane Doe", "12 Main Street", "62701", "Springfield", "IL", "US"),
    "ja": ("山田太郎", "千代田1-1", "100-0001", "千代田区", "東京都", "JP"),
}
EUROPE = ("Erika Muster", "Hauptstr. 12", "10115", "Berlin", "DE")
PURPOSES = {
    LetterKind.SHIPMENT: Purpose.SHIPMENT,
    LetterKind.UNAVAILABLE: Purpose.UNAVAILABLE,
    LetterKind.DELAY: Purpose.DELAY,
    LetterKind.RETURN: Purpose.RETURN,
    LetterKind.REVIEW_REQUEST: Purpose.REVIEW_REQUEST,
}


def facts(language: str = "en") -> Facts:
    return Facts(
        order=ORDER,
        recipient="Jane Doe",
        seller="Lamps & Co",
        items=((2, "Brass lamp"), (1, "Shade")),
        address=ADDRESSES.get(language, EUROPE),
        carrier="UPS",
        tracking="1Z999AA10123456784",
        delivery=date(2026, 11, 27),
        amount=Decimal("24.50"),
        currency="EUR",
        refund_date=date(2026, 11, 20),
        reason="no-stock",
    )


@pytest.mark.parametrize("with_html", [False, True], ids=["text", "html"])
@pytest.mark.parametrize("kind", list(LetterKind), ids=lambda kind: kind.value)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_letter_passes(language: str, kind: LetterKind, with_html: bool) -> None:
    letter = compose(kind, facts(language), load(language))
    to = f"k3v9x2m7q4w8z1p@marketplace.amazon.{STORES[language]}"
    raw = letter.mail(sender="s@shop.example", to=to, with_html=with_html)
    verdict = judge(read(raw), rules("amazon-2018-10"), recipients=(to,))
    assert [(finding.rule, finding.evidence) for finding in verdict.findings] == []
    assert (verdict.purpose, verdict.language) == (PURPOSES[kind], language)
    assert verdict.asks_review is (kind is LetterKind.REVIEW_REQUEST)
    assert ORDER in letter.subject


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_the_mail_says_agrees_with_the_data(language: str) -> None:
    known = KnownOrder(
        ORDER,
        postal_code=ADDRESSES.get(language, EUROPE)[2],
        items=(KnownItem("Brass lamp", "L", 2), KnownItem("Shade", "S", 1)),
        shipments=(KnownShipment("1Z999AA10123456784", "UPS"),),
        refunds=(KnownRefund(Decimal("24.50"), "EUR", day=date(2026, 11, 20)),),
    )
    from gatepost_policies.known import Known

    to = f"k3v9x2m7q4w8z1p@marketplace.amazon.{STORES[language]}"
    for kind in (LetterKind.SHIPMENT, LetterKind.RETURN):
        raw = compose(kind, facts(language), load(language)).mail(sender="s@shop.example", to=to)
        verdict = judge(
            read(raw), rules("amazon-2018-10"), recipients=(to,), known=Known(loaded=True, orders=(known,))
        )
        assert [finding.rule for finding in verdict.findings] == []


@pytest.mark.parametrize(
    ("kind", "lacking", "why"),
    [
        (LetterKind.SHIPMENT, {"tracking": ""}, "no tracking number is on record"),
        (LetterKind.SHIPMENT, {"address": ()}, "the order report has no address"),
        (LetterKind.RETURN, {"amount": None}, "no refund is on record"),
        (LetterKind.RETURN, {"refund_date": None}, "--refund-date"),
        (LetterKind.UNAVAILABLE, {"reason": ""}, "--reason"),
        (LetterKind.DELAY, {"delivery": None}, "--delivery"),
    ],
)
def test_what_is_prescribed_and_not_known_is_named(
    kind: LetterKind, lacking: dict[str, object], why: str
) -> None:
    with pytest.raises(FeedError, match=why):
        compose(kind, replace(facts(), **lacking), load("en"))  # type: ignore[arg-type] # the fields differ


def test_words_of_the_order_are_no_markup_and_no_placeholders() -> None:
    nasty = replace(facts(), items=((1, "<b>Lamp</b> $seller\n\nBuy more"),))
    letter = compose(LetterKind.REVIEW_REQUEST, nasty, load("en"))
    assert "1 x <b>Lamp</b> $seller Buy more\n" in letter.text
    assert "&lt;b&gt;Lamp" in letter.html
    assert "<b>" not in letter.html


def test_a_name_that_is_not_known_leaves_no_line_behind() -> None:
    letter = compose(LetterKind.REVIEW_REQUEST, replace(facts(), items=(), seller=""), load("en"))
    assert "$" not in letter.text


def test_the_facts_are_those_of_the_order_data() -> None:
    known = KnownOrder(
        ORDER,
        buyer="a@marketplace.amazon.com",
        items=(KnownItem("Lamp", "L", 2),),
        shipments=(KnownShipment("1Z", "UPS"),),
        refunds=(KnownRefund(Decimal("4.50"), "USD", day=date(2026, 11, 20)),),
    )
    lines = [OrderLine(OrderId(ORDER), recipient="Jane", address=("1 St", "City"))]
    found = facts_of(known, lines, seller="Shop")
    assert (found.address, found.tracking, found.amount) == (("Jane", "1 St", "City"), "1Z", Decimal("4.50"))

"""What the prescribed mails must say; whole mails in every language are the rules' own examples."""

from __future__ import annotations

import pytest

from gatepost_policies.checks.content import NEEDS, validate
from kit.judged import case, words

MET = [
    (
        "address",
        "Your order has been shipped.\nShip to:\nAnn Lee\n77 Orchard St Apt 4B\nProvidence, RI 02906",
    ),
    ("address", "We send your order today. Shipping address: PO box 77, Providence"),
    ("items", "2 x Desk lamp"),
    ("carrier", "Sent with UPS."),
    ("carrier", "https://www.dhl.de/sendungsverfolgung?piececode=00340434161094042557"),
    ("carrier", "Shipped via our courier."),
    ("tracking_number", "UPS tracking number: 1Z5R89390357567127"),
    ("tracking_number", "https://www.ups.com/track?tracknum=1Z5R89390357567127"),
    ("delivery_date", "Expected delivery: 27 November 2026"),
    ("delivery_date", "It should arrive on Thursday."),
    ("delivery_date", "Estimated delivery\n3 to 5 business days"),
    ("adjustment", "We have refunded the full amount."),
    ("adjustment", "We will refund you."),
    ("reason", "The last one was damaged."),
    ("new_date", "It will take 3 more weeks."),
    ("new_date", "We have shipped your parcel, but the carrier is late."),
    ("right_to_cancel", "You may cancel the order."),
    ("right_to_cancel", "We have shipped your parcel, but the carrier is late."),
    ("returned_items", 'We have received your return of "Desk lamp".'),
    ("returned_items", "We have received your return of the turquoise desklamp."),
    ("refund_amount", "We refunded $49.90."),
    ("refund_date", "We refunded you on 23 November 2026."),
]
UNMET = [
    ("address", "Your order has been shipped to your address."),
    ("items", "Your order has been shipped."),
    ("carrier", "Your order has been shipped."),
    ("tracking_number", "UPS tracking number: 1Z5R89390357567120"),
    ("delivery_date", "Your order has been shipped on 23 November 2026."),
    ("adjustment", "Your order has been cancelled."),
    ("reason", "Your order has been cancelled."),
    ("new_date", "There is a delay."),
    ("right_to_cancel", "There is a delay, please wait."),
    ("returned_items", "We have received your return."),
    ("refund_amount", "We refunded you."),
    ("refund_date", "We refunded you."),
]


@pytest.mark.parametrize(("needs", "text"), MET)
def test_a_need_that_is_met_is_not_reported(needs: str, text: str) -> None:
    assert words("content", case(text), needs=needs) == []


@pytest.mark.parametrize(("needs", "text"), UNMET)
def test_a_need_that_is_not_met_is_named(needs: str, text: str) -> None:
    assert words("content", case(text), needs=needs) == [f"not found: {needs.replace('_', ' ')}"]


def test_every_need_is_tried_both_ways() -> None:
    assert {row[0] for row in MET} == {row[0] for row in UNMET} == set(NEEDS)


def test_what_the_buyer_wrote_meets_no_need() -> None:
    text = "We received it.\n\nOn 3 May 2026 Ann wrote:\n> I paid $49.90"
    assert words("content", case(text), needs="refund_amount")


def test_an_unknown_need_is_refused_at_load() -> None:
    with pytest.raises(ValueError, match="needs: one of address"):
        validate({"needs": "poem"})


@pytest.mark.parametrize(
    ("arrives", "found"),
    [("17 November 2026", True), ("27 November 2026", False), ("20 November 2026", False)],
)
def test_a_delivery_before_the_shipping_is_found(arrives: str, found: bool) -> None:
    text = f"Your order has been shipped on 20 November 2026.\nExpected delivery: {arrives}"
    assert words("early_delivery", case(text)) == ([arrives] if found else [])

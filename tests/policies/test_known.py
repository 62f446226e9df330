"""Order data as the engine is given it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from gatepost_policies import judge, load, read
from gatepost_policies.known import NOTHING_KNOWN, Known, KnownOrder, known_from

ID = "112-1234567-1234567"
BUYER = "k3v9x2m7q4w8z1p@marketplace.amazon.com"


def test_nothing_known_is_not_loaded() -> None:
    assert not NOTHING_KNOWN.loaded
    assert NOTHING_KNOWN.order(ID) is None


def test_written_out_data_becomes_values() -> None:
    known = known_from(
        [{"id": ID, "deliver_by": "2026-11-23", "refunds": [{"amount": "5.10", "currency": "EUR"}]}],
        "2026-11-24",
    )
    order = known.order(ID)
    assert order is not None
    assert (order.deliver_by, order.refunded, known.today) == (
        date(2026, 11, 23),
        Decimal("5.10"),
        date(2026, 11, 24),
    )


@pytest.mark.parametrize("data", [[{"id": ID, "colour": "red"}], [{}], [{"id": ID, "deliver_by": "soon"}]])
def test_what_is_no_order_is_refused(data: list[dict[str, str]]) -> None:
    with pytest.raises((TypeError, ValueError)):
        known_from(data)


def rules(body: str, known: Known, *, to: str = BUYER) -> set[str]:
    raw = f"To: {to}\r\nSubject: Order {ID}\r\n\r\n{body}\r\n".encode()
    verdict = judge(read(raw), load("amazon-2018-10"), recipients=(to,), known=known)
    return {finding.rule for finding in verdict.findings}


def test_a_case_behind_the_alias_is_still_the_buyer() -> None:
    known = Known(loaded=True, orders=(KnownOrder(ID, buyer=BUYER),))
    alias, _, domain = BUYER.partition("@")
    assert "o1-wrong-order-id" not in rules("Your lamp is repaired.", known, to=f"{alias}+0a-1b@{domain}")
    assert "o1-wrong-order-id" in rules("Your lamp is repaired.", known, to=f"x{alias}@{domain}")


def test_an_order_that_the_buyer_quotes_is_not_judged() -> None:
    known = Known(loaded=True, orders=(KnownOrder(ID),))
    quoted = "On 3 May 2026 Ann <ann@mail.example> wrote:\r\n> My order is 113-7654321-7654321."
    body = f"It is repaired.\r\n\r\n{quoted}"
    raw = f"To: {BUYER}\r\nSubject: Re: Order {ID}\r\nIn-Reply-To: <a@b.example>\r\n\r\n{body}\r\n".encode()
    verdict = judge(read(raw), load("amazon-2018-10"), recipients=(BUYER,), known=known)
    assert "wrong-order-id" not in {finding.category for finding in verdict.findings}


def test_a_refund_in_parts_agrees_with_its_sum() -> None:
    refunds = [{"amount": "10.00", "currency": "USD"}, {"amount": "4.50", "currency": "USD"}]
    known = known_from([{"id": ID, "refunds": refunds}])
    say = "We have received your return of the lamp. We refunded you ${} on 20 November 2026."
    assert "d3b-other-amount" not in rules(say.format("14.50"), known)
    assert "d3b-other-amount" in rules(say.format("15.50"), known)


def test_the_edition_of_2020_asks_within_thirty_days() -> None:
    known = known_from(
        [{"id": ID, "deliver_by": "2026-09-01", "shipments": [{"number": "1Z", "carrier": "UPS"}]}],
        "2026-11-23",
    )
    raw = f"To: {BUYER}\r\nSubject: Order {ID}\r\n\r\nPlease leave us a review of the lamp.\r\n".encode()
    for edition, found in (("amazon-2018-10", False), ("amazon-2020-11", True)):
        verdict = judge(read(raw), load(edition), recipients=(BUYER,), known=known)
        assert ("review-early" in {finding.category for finding in verdict.findings}) is found

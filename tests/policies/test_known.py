"""Order data as the engine is given it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from gatepost_policies import judge, load, read
from gatepost_policies.known import NOTHING_KNOWN, Known, KnownOrder, known_from
from gatepost_policies.model import Purpose

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


def test_an_answer_is_known_by_proof_where_its_headers_say_nothing() -> None:
    raw = (
        f"To: {BUYER}\r\nSubject: Order {ID}\r\n\r\nYour order has been shipped today with UPS.\r\n".encode()
    )
    for known, purpose in (
        (NOTHING_KNOWN, Purpose.SHIPMENT),
        (replace(NOTHING_KNOWN, answers=True), Purpose.SERVICE),
    ):
        assert judge(read(raw), load("amazon-2018-10"), recipients=(BUYER,), known=known).purpose is purpose


def test_an_answer_reaches_a_buyer_who_wants_no_more_mail_but_asks_for_no_review() -> None:
    known = known_from([{"id": ID}], stopped=[BUYER])
    assert "g1-stopped" in rules("Thank you for your purchase.", known)
    answering = replace(known, answers=True)
    assert "g1-stopped" not in rules("Thank you for your purchase.", answering)
    assert "g1-stopped" in rules("Please leave us a review of the lamp.", answering)


def test_a_restricted_account_only_answers_in_both_editions() -> None:
    known = replace(NOTHING_KNOWN, restricted="restricted since 2026-11-20")
    raw = f"To: {BUYER}\r\nSubject: {{}}Order {ID}\r\n\r\nThe lamp is made of brass.\r\n"
    for edition in ("amazon-2018-10", "amazon-2020-11"):
        for prefix, held in (("", True), ("Re: ", False)):
            verdict = judge(
                read(raw.format(prefix).encode()), load(edition), recipients=(BUYER,), known=known
            )
            assert ("g1-restricted" in {finding.rule for finding in verdict.findings}) is held

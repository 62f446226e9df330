from __future__ import annotations

from datetime import date

import pytest

from gatepost_policies.facts import finding as module
from gatepost_policies.facts import read
from kit.mails import html_mail, mail, multipart, part

SHIPPED = """Hello Ann,

your order 112-1234567-1234567 is on its way with UPS.
Tracking number: 1Z5R89390357567127
Expected delivery: November 23-25, 2026

1 x Desk Lamp ($25.00)

Ship to:
Ann Smith
12 Main Street
Springfield, IL 62704

Questions? help@shop.com or +1 217 555 0123
"""


def test_a_shipment_mail_tells_all_it_must() -> None:
    facts = read(mail(SHIPPED)).facts
    assert [order.id for order in facts.order_ids] == ["112-1234567-1234567"]
    assert [(one.number, one.carrier, one.valid) for one in facts.tracking] == [
        ("1Z5R89390357567127", "UPS", True)
    ]
    assert [day.last for day in facts.days] == [date(2026, 11, 25)]
    assert [(item.name, item.quantity) for item in facts.items] == [("Desk Lamp", 1)]
    assert (len(facts.addresses), len(facts.emails), len(facts.phones), len(facts.amounts)) == (1, 1, 1, 1)


def test_facts_of_every_passage_are_told_with_their_passage() -> None:
    raw = multipart(part(SHIPPED), part(f"<pre>{SHIPPED}</pre>", "text/html"))
    facts = read(raw).facts
    assert [order.span.passage for order in facts.order_ids] == [1, 2]


def test_the_buyer_s_store_says_how_days_are_written() -> None:
    (day,) = read(mail("It comes 04/05/2026.")).facts.days
    assert day.first == date(2026, 4, 5)


def test_a_link_to_the_carrier_says_whose_a_number_is() -> None:
    body = "Tracking number: <a href='https://www.fedex.com/track?trknbr=986578788855'>986578788855</a>"
    (tracking,) = read(html_mail(body)).facts.tracking
    assert (tracking.carrier, tracking.valid) == ("FedEx", True)


def test_a_number_in_a_link_only_is_told() -> None:
    body = "<a href='https://www.ups.com/track?tracknum=1Z5R89390357567127'>Track it</a>"
    assert [one.number for one in read(html_mail(body)).facts.tracking] == ["1Z5R89390357567127"]


def test_an_order_id_in_the_subject_counts() -> None:
    assert [
        order.span.passage for order in read(mail("x", subject="Order 112-1234567-1234567")).facts.order_ids
    ] == [0]


def test_facts_are_sought_up_to_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_TEXT", 5)
    assert read(mail("Order 112-1234567-1234567")).facts.order_ids == ()


def test_a_file_s_name_gives_order_ids_only() -> None:
    raw = multipart(part(b"%PDF-", "application/pdf; name=UPS-112-1234567-1234567.pdf"))
    facts = read(raw).facts
    assert (len(facts.order_ids), facts.carriers) == (0, ())


def test_a_mail_to_others_and_a_buyer_is_read_as_the_buyer_s_store_writes() -> None:
    raw = mail("It comes 04/05/2026.").replace(b"To: abc", b"To: ann@shop.example, abc")
    (day,) = read(raw).facts.days
    assert day.first == date(2026, 4, 5)


def test_a_mail_to_no_buyer_is_read_as_most_of_the_world_writes() -> None:
    raw = mail("It comes 04/05/2026.").replace(b"@marketplace.amazon.com", b"@shop.example")
    (day,) = read(raw).facts.days
    assert day.first == date(2026, 5, 4)

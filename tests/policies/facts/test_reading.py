from __future__ import annotations

from gatepost_policies.facts import read

PLAIN = b"""From: a@seller.example\r
To: b@marketplace.amazon.com\r
Subject: Your order 112-1234567-1234567\r
\r
Hello, see https://www.ups.com/track?tracknum=1Z for it.\r
"""


def test_a_plain_mail_has_a_subject_and_one_text() -> None:
    mail = read(PLAIN).mail
    assert [passage.label for passage in mail.passages] == ["subject", "text/plain"]


def test_a_written_out_link_is_found_with_its_place() -> None:
    mail = read(PLAIN).mail
    (link,) = mail.links
    assert link.span is not None
    shown = mail.passages[link.span.passage].text[link.span.start : link.span.end]
    assert (link.host, shown) == ("www.ups.com", "https://www.ups.com/track?tracknum=1Z")


def test_the_order_id_of_the_subject_is_found() -> None:
    assert [order.id for order in read(PLAIN).facts.order_ids] == ["112-1234567-1234567"]

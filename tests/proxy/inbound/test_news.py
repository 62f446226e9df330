"""What Amazon and mail servers send back, recognised in synthetic mails."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gatepost.inbound.news import MOST_NAMED, Kind, News, news_of
from gatepost_policies import read
from kit.arrivals import ALIAS, AMAZON, BUYER, CASE, ORDER, REPORT, arriving


def news(text: str, *, sender: str = AMAZON, subject: str = f"Order {ORDER}", **more: str) -> News | None:
    raw = arriving(sender, text, subject=subject, headers=more)
    return news_of(read(raw), raw, sender.partition("<")[2].rstrip(">"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The buyer has opted out of unsolicited messages.", Kind.OPT_OUT),
        (f"We were unable to deliver the message you sent for order {ORDER}. The buyer has\n"
         "chosen to opt out of receiving unsolicited messages.", Kind.OPT_OUT),
        ("The buyer opted out from receiving this message", Kind.OPT_OUT),
        ("Your message did not meet the Buyer-Seller Messaging communication guidelines.", Kind.BLOCKED),
        (f"We were unable to deliver the message you sent for order {ORDER}.", Kind.BLOCKED),
        ("Your account is temporarily restricted from sending proactive messages.", Kind.RESTRICTED),
        ("Der Käufer hat sich gegen den Erhalt unaufgeforderter Nachrichten entschieden.", Kind.OPT_OUT),
        ("L’acheteur a choisi de ne pas recevoir ce message.", Kind.OPT_OUT),
        ("アカウントのプロアクティブメッセージの送信が制限されました。", Kind.RESTRICTED),
        ("Le siguen. Se ha restringido el envío de mensajes proactivos.", Kind.RESTRICTED),
    ],
)  # fmt: skip
def test_what_amazon_sends_back_is_known_by_its_words(text: str, kind: Kind) -> None:
    found = news(text)
    assert found is not None
    assert (found.kind, found.orders) == (kind, (ORDER,))
    assert found.words


@pytest.mark.parametrize(
    "text",
    [
        "You are no longer restricted from sending proactive messages.",
        "If this goes on, you may be restricted from sending proactive messages.",
        "Your order was shipped.",
        "The restriction has ended.",
    ],
)
def test_a_warning_or_the_end_of_a_restriction_is_none(text: str) -> None:
    found = news(text)
    assert found is None


def test_a_title_alone_tells_it() -> None:
    found = news("See Seller Central.", subject="Your message to a buyer could not be delivered")
    assert found is not None
    assert found.kind is Kind.BLOCKED


def test_a_buyer_can_not_write_it() -> None:
    text = "Your account is temporarily restricted from sending proactive messages."
    assert news(text, sender=BUYER) is None
    assert news(text, **{"X-Space-Notification-Type": "BBC_MESSAGE_CONFIRMATION_TO_MERCHANT"}) is None


def test_a_buyer_that_it_names_is_told() -> None:
    found = news(f"The buyer {CASE} has opted out of receiving messages.")
    assert found is not None
    assert found.buyers == (ALIAS,)


def test_of_all_that_it_names_a_few_are_taken() -> None:
    names = " ".join(f"abcdefghij1234{number:02}@marketplace.amazon.com" for number in range(MOST_NAMED + 5))
    found = news(f"The buyer has opted out of receiving messages. {names}")
    assert found is not None
    assert len(found.buyers) == MOST_NAMED


def test_a_delivery_report_names_our_message_its_order_and_the_buyer() -> None:
    found = news_of(read(REPORT), REPORT, "MAILER-DAEMON@mail.example")
    assert found == News(Kind.BOUNCE, "Undelivered", (), (ALIAS,), ("0123456789abcdef01",), "5.1.1")


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_report_is_read(junk: bytes) -> None:
    raw = REPORT.replace(b"Final-Recipient", junk).replace(b"Status", junk[:50])
    found = news_of(read(raw), raw, "MAILER-DAEMON@mail.example")
    assert found is None or found.kind in Kind

"""What is done about news: with a proof, for this seller, now, and once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from gatepost.errors import StoreError
from gatepost.inbound.acting import act_on, is_for
from gatepost.inbound.look import Rules, look
from gatepost.model import MessageId
from gatepost.ports import About
from kit.arrivals import ALIAS, AMAZON, BUYER, ORDER, REPORT, SHOP, SIGNED, Records, arriving, sealed, signed
from kit.books import Ledger

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
RESTRICTED = "Your account is temporarily restricted from sending proactive messages."
OPT_OUT = f"The buyer has opted out of unsolicited messages. Order {ORDER}."


async def act(
    raw: bytes, ledger: Ledger, *, own: frozenset[str] = frozenset({SHOP}), now: datetime = NOW
) -> str:
    rules = Rules(sealers=frozenset({"forwarder.example"}))
    looked = look(raw, rules, Records())
    return await act_on(MessageId("m1"), looked, raw, own=own, now=now, books=ledger.books)


async def test_a_proved_restriction_trips_the_breaker_once() -> None:
    ledger, raw = Ledger(), signed(arriving(AMAZON, RESTRICTED))
    assert await act(raw, ledger) == "tripped the breaker"
    assert await act(raw, ledger) == ""
    assert ledger.tripped == [RESTRICTED]


async def test_a_trusted_forwarders_word_is_a_proof_too() -> None:
    raw = sealed(signed(arriving(AMAZON, RESTRICTED)) + b"-- forwarded\r\n")
    assert await act(raw, Ledger()) == "tripped the breaker"


@pytest.mark.parametrize(
    "raw",
    [
        arriving(AMAZON, RESTRICTED),
        signed(arriving(AMAZON, RESTRICTED), "amazonses.com"),
        signed(arriving("Amazon <x@amazon-help.example>", RESTRICTED), "amazon-help.example"),
        signed(arriving(BUYER, RESTRICTED)),
        signed(arriving(AMAZON, RESTRICTED, to="other@seller.example")),
        signed(arriving(AMAZON, RESTRICTED), include_headers=[b"from", b"subject", b"date"]),
        signed(arriving(AMAZON, RESTRICTED).replace(b"23 Nov 2026", b"23 Oct 2026")),
        signed(arriving(AMAZON, RESTRICTED).replace(b"Mon, 23 Nov 2026", b"some day")),
    ],
    ids=[
        "unsigned",
        "a mailer's",
        "elsewhere",
        "a buyer's",
        "another seller's",
        "to unsigned",
        "old",
        "undated",
    ],
)
async def test_without_a_proof_that_fits_nothing_is_done(raw: bytes) -> None:
    ledger = Ledger(About(MessageId("m1"), ORDER, ALIAS))
    assert await act(raw, ledger) == ""
    assert (ledger.tripped, ledger.stopped) == ([], [])


async def test_an_opt_out_stops_the_buyer_of_the_mail_it_is_about() -> None:
    ledger = Ledger(About(MessageId("m1"), ORDER, ALIAS))
    assert await act(signed(arriving(AMAZON, OPT_OUT)), ledger) == "put the buyer on the stop list"
    assert ledger.stopped == [("buyer", ALIAS)]


async def test_where_the_buyer_is_unknown_the_order_is_stopped() -> None:
    ledger = Ledger(About(order=ORDER))
    assert await act(signed(arriving(AMAZON, OPT_OUT)), ledger) == "put the order on the stop list"
    assert ledger.stopped == [("order", ORDER)]


async def test_a_notice_that_names_two_buyers_stops_neither_for_its_words() -> None:
    other = "a1b2c3d4e5f6g7h@marketplace.amazon.com"
    text = f"The buyer {ALIAS} or {other} has opted out of unsolicited messages. Order {ORDER}."
    ledger = Ledger(About(order=ORDER))
    assert await act(signed(arriving(AMAZON, text)), ledger) == "put the order on the stop list"
    named = Ledger(About(order=ORDER))
    assert await act(signed(arriving(AMAZON, text.replace(f" or {other}", ""))), named)
    assert (ledger.stopped, named.stopped) == ([("order", ORDER)], [("buyer", ALIAS)])


async def test_an_opt_out_of_nobody_known_is_noted() -> None:
    ledger = Ledger()
    assert await act(signed(arriving(AMAZON, OPT_OUT, subject="A message")), ledger) == "noted"
    assert ledger.stopped == []


async def test_a_blocked_mail_is_noted() -> None:
    text = "Your message did not meet the Buyer-Seller Messaging communication guidelines."
    ledger = Ledger(About(MessageId("m1"), ORDER, ALIAS))
    assert await act(signed(arriving(AMAZON, text)), ledger) == "noted"
    assert list(ledger.noted.values()) == [("blocked", "dkim amazon.com")]


async def test_a_bounce_is_believed_where_it_returns_a_line_of_ours() -> None:
    known = Ledger(About(MessageId("0123456789abcdef01"), ORDER, ALIAS))
    assert await act(REPORT, known) == "noted"
    assert list(known.noted.values()) == [("bounce", "our own Received line")]
    assert await act(REPORT, Ledger()) == ""


async def test_the_same_notice_under_another_id_is_known_where_its_id_is_not_signed() -> None:
    ledger = Ledger()
    headers = [name for name in SIGNED if name != b"message-id"]
    raw = signed(arriving(AMAZON, RESTRICTED), include_headers=headers)
    assert await act(raw, ledger)
    assert await act(raw.replace(b"<q1@amazon.com>", b"<q2@amazon.com>"), ledger) == ""


async def test_a_failing_store_is_not_hidden() -> None:
    with pytest.raises(StoreError):
        await act(signed(arriving(AMAZON, RESTRICTED)), Ledger(broken=True))


def test_own_addresses_are_addresses_or_whole_domains() -> None:
    own = frozenset({"amazon@shop.example", "@in.shop.example"})
    assert is_for("amazon@shop.example", own)
    assert is_for("any@in.shop.example", own)
    assert not is_for("other@shop.example", own)
    assert not is_for("a@x.in.shop.example", own)

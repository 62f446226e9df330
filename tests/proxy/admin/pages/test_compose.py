"""Letters on the site: shown with their verdict, sent through the gateway; own words are tried and kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gatepost.config.schema import Letters, Policy
from gatepost.daemon.importing import import_file
from gatepost.model import ClaimState
from gatepost.store.users import Role
from gatepost.worker import Judging, Rulebooks
from gatepost.worker.child import Child
from kit import shop
from kit.messages import ORDER
from kit.shop import MARKETS, Sale
from kit.site import OWN, TestSite, open_site

POLICY = Policy()


@pytest.fixture
async def judged(tmp_path: Path) -> AsyncIterator[TestSite]:
    """A site whose judge is the real one."""
    judge = Judging(Rulebooks(POLICY), Child(POLICY), heavy_bytes=1 << 20)
    async with open_site(tmp_path, judge=judge) as opened:
        yield opened
    assert opened.failures == []


@pytest.fixture
async def sale(judged: TestSite, tmp_path: Path) -> Sale:
    some = shop.sales(MARKETS["de"], 1)
    await import_file(judged.store.orders, shop.report(tmp_path / "o.txt", some), by="ada")
    return some[0]


async def test_a_letter_is_shown_with_its_verdict_before_it_is_sent(judged: TestSite, sale: Sale) -> None:
    async with judged.logged_in() as client:
        page = (await client.get("/compose", params={"order": sale.order, "letter": "review-request"})).text
    assert "Bewertung" in page
    assert f"language de, to {sale.buyer}" in page
    assert "Send it" in page
    assert judged.upstream.sent == []


async def test_a_letter_goes_out_by_the_road_of_all_mail_and_counts(judged: TestSite, sale: Sale) -> None:
    given = {"order": sale.order, "letter": "review-request"}
    async with judged.logged_in() as client:
        await client.post("/compose", data=given, headers=OWN)
        page = (await client.get(f"/orders/{sale.order}")).text
        await client.post("/compose", data=given | {"language": "en"}, headers=OWN)
        second = (await client.get(f"/orders/{sale.order}")).text
    [sent] = judged.upstream.sent
    assert (sent.envelope.rcpt_tos, sent.envelope.mail_from) == ((sale.buyer,), "s@shop.example")
    assert b"\r\nDate: " in sent.raw
    assert "Sent: the relay has it." in page
    assert "Refused by the rules" in second
    claim = await judged.store.ledger.find(sale.order)
    assert claim is not None
    assert claim.state is ClaimState.CONFIRMED


async def test_the_same_letter_sent_twice_goes_out_once(judged: TestSite, sale: Sale) -> None:
    given = {"order": sale.order, "letter": "delay", "delivery": "2026-12-04"}
    async with judged.logged_in() as client:
        for _ in range(2):
            await client.post("/compose", data=given, headers=OWN)
            judged.clock.pass_by(minutes=1)
    assert len(judged.upstream.sent) == 1


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"letter": "shipment-confirmation"}, "no shipment is on record"),
        ({"letter": "delay", "delivery": "soon"}, "day of delivery"),
        ({"letter": "order-unavailable", "amount": "1", "reason": "fun"}, "reason: no-stock"),
        ({"letter": "order-unavailable", "amount": "free"}, "sum: &#39;free&#39;"),
        ({"letter": "delay", "language": "xx"}, "no letters in"),
        ({"letter": "poem"}, "there is no letter"),
        ({"letter": "delay", "order": "113-0000000-0000000"}, "nothing is known of order"),
        ({"letter": "delay", "order": "113"}, "an order ID looks like"),
    ],
)
async def test_what_can_not_be_made_is_told(
    judged: TestSite, sale: Sale, given: dict[str, str], words: str
) -> None:
    asked = {"order": sale.order, **given}
    async with judged.logged_in() as client:
        shown = await client.get("/compose", params=asked)
        sent = await client.post("/compose", data=asked, headers=OWN)
    assert (shown.status_code, sent.status_code) == (422, 422)
    assert words in shown.text
    assert judged.upstream.sent == []


async def test_without_a_sender_nothing_is_sent(tmp_path: Path) -> None:
    async with open_site(tmp_path, letters=Letters()) as site:
        some = shop.sales(MARKETS["us"], 1)
        await import_file(site.store.orders, shop.report(tmp_path / "o.txt", some), by="ada")
        async with site.logged_in() as client:
            shown = (
                await client.get("/compose", params={"order": some[0].order, "letter": "review-request"})
            ).text
            sent = await client.post(
                "/compose", data={"order": some[0].order, "letter": "review-request"}, headers=OWN
            )
    assert "letters.from_address is not set" in shown
    assert sent.status_code == 422
    assert site.upstream.sent == []


GOOD = """
delay:
  subject: Bestellung $order
  text: |
    Bestellung $order kommt am $delivery. Sie können sie bei Amazon stornieren und erhalten Ihr Geld zurück.
"""
BAD = 'review-request: {subject: "$order", text: "Bitte geben Sie uns 5 Sterne für $order bei Amazon."}\n'


async def test_own_words_are_kept_used_and_dropped(judged: TestSite, sale: Sale) -> None:
    async with judged.logged_in("ada", Role.ADMIN) as client:
        await client.post("/letters/de", data={"words": GOOD}, headers=OWN)
        page = (await client.get("/letters/de")).text
        letter = await client.get(
            "/compose", params={"order": sale.order, "letter": "delay", "delivery": "2026-12-04"}
        )
        await client.post("/letters/de", data={"do": "drop"}, headers=OWN)
        after = (await client.get("/letters/de")).text
    assert "Your own words, kept by ada" in page
    assert f"Bestellung {sale.order} kommt am 4. Dezember 2026" in letter.text
    assert "The words of the shipped file" in after


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (BAD, "d4c-positive-only"),
        ("delay: {subject: x, text: y}", "must stand in it"),
        ("delay: {", "de.yaml:"),
        ("sorry: {}", "unknown key"),
    ],
)
async def test_words_that_do_not_pass_are_not_kept(judged: TestSite, words: str, fault: str) -> None:
    async with judged.logged_in("ada", Role.ADMIN) as client:
        answer = await client.post("/letters/de", data={"words": words}, headers=OWN)
    assert answer.status_code == 422
    assert fault in answer.text
    assert await judged.store.own_letters.all() == {}


async def test_only_an_admin_changes_words(judged: TestSite) -> None:
    async with judged.logged_in() as client:
        answer = await client.post("/letters/de", data={"words": GOOD}, headers=OWN)
        page = await client.get("/letters/de")
        nothing = await client.get("/letters/xx")
    assert (answer.status_code, page.status_code, nothing.status_code) == (403, 200, 404)
    assert "readonly" in page.text
    assert ORDER not in page.text

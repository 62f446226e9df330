"""The pages of order data, over a real store."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.model import Answer, AnswerKind, MessageState, OrderId, RelayReply
from gatepost.orderdata import AdjustmentLine, Kind, ShipmentLine
from gatepost.ports import Settled
from gatepost.store.users import Role
from kit import orderfiles, shop
from kit.messages import ORDER
from kit.shop import MARKETS
from kit.site import OWN, TestSite, held


def upload(path: Path) -> dict[str, tuple[str, bytes, str]]:
    return {"file": (path.name, path.read_bytes(), "text/plain")}


async def told_by_mail(site: TestSite, order: OrderId) -> None:
    """A shipment confirmation that the relay took."""
    changes = {"purpose": "shipment-confirmation", "order_ids": (order,), "action": "relay"}
    entry = held("m1", site.clock.now(), state=MessageState.ATTEMPTING, findings=(), **changes)
    await site.keep(entry, None)
    answer = Answer(AnswerKind.RELAYED, entry.id, relay=RelayReply(250, "2.0.0", "Ok"))
    await site.store.journal.settle(entry.id, Settled(MessageState.RELAYED, answer))


async def test_an_uploaded_report_counts_and_is_listed(site: TestSite, tmp_path: Path) -> None:
    some = shop.sales(MARKETS["jp"])
    async with site.logged_in() as client:
        await client.post("/orders", files=upload(shop.report(tmp_path / "o.txt", some)), headers=OWN)
        page = (await client.get("/orders")).text
        order = (await client.get(f"/orders/{some[0].order}")).text
    assert "o.txt: orders, 3 rows." in page
    assert (await site.store.orders.known([some[0].order])).orders
    assert "真鍮ランプ" in order
    assert f"/buyers?address={some[0].buyer.replace('@', '%40')}" in order


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([orderfiles.order(), orderfiles.order(order_id="12", order_item_id="2")], "line 3: order-id"),
        ([orderfiles.order(order_id="12")], "Nothing was imported."),
    ],
)
async def test_bad_rows_are_told(
    site: TestSite, tmp_path: Path, rows: list[dict[str, str]], words: str
) -> None:
    file = orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, rows)
    async with site.logged_in() as client:
        await client.post("/orders", files=upload(file), headers=OWN)
        page = (await client.get("/orders")).text
    assert words in page
    assert "/tmp" not in page  # where the upload lay is nobody's business


async def test_the_same_file_twice_changes_nothing(site: TestSite, tmp_path: Path) -> None:
    file = shop.report(tmp_path / "o.txt", shop.sales(MARKETS["us"]))
    async with site.logged_in() as client:
        for _ in range(2):
            await client.post("/orders", files=upload(file), headers=OWN)
        page = (await client.get("/orders")).text
    assert "nothing changed" in page
    assert len(await site.store.orders.imports()) == 1


async def test_without_a_file_nothing_happens(site: TestSite) -> None:
    async with site.logged_in() as client:
        await client.post("/orders", headers=OWN)
        assert "Choose a file." in (await client.get("/orders")).text


async def test_an_order_is_looked_up(site: TestSite) -> None:
    async with site.logged_in() as client:
        found = await client.get("/orders", params={"order": ORDER})
        wrong = await client.get("/orders", params={"order": "x<y"})
        nothing = (await client.get(f"/orders/{ORDER}")).text
        none = await client.get("/orders/a%3Cb")
    assert (found.headers["location"], wrong.headers["location"]) == (f"/orders/{ORDER}", "/orders")
    assert "Nothing is on record" in nothing
    assert none.status_code == 404


async def test_a_parcel_is_recorded_and_waits_for_the_feed(site: TestSite) -> None:
    parcel = {"carrier-code": "UPS", "tracking-number": "1Z12345E0205271688", "ship-date": "2026-11-19"}
    async with site.logged_in() as client:
        for _ in range(2):
            await client.post(f"/orders/{ORDER}/shipment", data=parcel, headers=OWN)
        page = (await client.get(f"/orders/{ORDER}")).text
        waiting = (await client.get("/orders")).text
    [entry] = await site.store.feed_entries.waiting(Kind.SHIPPING)
    assert isinstance(entry.line, ShipmentLine)
    assert (entry.line.number, entry.by) == ("1Z12345E0205271688", "rita")
    assert "It is on record already." in page
    assert "1Z12345E0205271688" in waiting


async def test_a_refund_is_recorded_with_todays_day(site: TestSite) -> None:
    refund = {
        "order-item-id": "12345678901234", "adjustment-reason-code": "CustomerReturn", "currency": "usd",
        "item-price-adj": "24.50",
    }  # fmt: skip
    async with site.logged_in() as client:
        await client.post(f"/orders/{ORDER}/adjustment", data=refund, headers=OWN)
        page = (await client.get(f"/orders/{ORDER}")).text
    [entry] = await site.store.feed_entries.waiting(Kind.ADJUSTMENTS)
    assert isinstance(entry.line, AdjustmentLine)
    assert (str(entry.line.amount), entry.line.day) == ("24.50", site.clock.now().date())
    assert "24.50 USD" in page


@pytest.mark.parametrize(
    ("where", "given", "words"),
    [
        ("shipment", {"carrier-code": ""}, "carrier-code: empty"),
        ("shipment", {"carrier-code": "UPS", "ship-date": "soon"}, "ship-date: &#39;soon&#39; is not a day"),
        ("adjustment", {"order-item-id": "1", "currency": "USD"}, "adjustment-reason-code"),
        (
            "adjustment",
            {"order-item-id": "1", "currency": "USD", "adjustment-reason-code": "Other"},
            "give at least one sum",
        ),
        (
            "adjustment",
            {
                "order-item-id": "1",
                "currency": "USD",
                "adjustment-reason-code": "Other",
                "item-price-adj": "-3",
            },
            "none below zero",
        ),
    ],
)
async def test_what_makes_no_sense_is_not_recorded(
    site: TestSite, where: str, given: dict[str, str], words: str
) -> None:
    async with site.logged_in() as client:
        await client.post(f"/orders/{ORDER}/{where}", data=given, headers=OWN)
        page = (await client.get(f"/orders/{ORDER}")).text
    assert words in page
    assert not await site.store.feed_entries.waiting(Kind.SHIPPING)
    assert not await site.store.feed_entries.waiting(Kind.ADJUSTMENTS)


async def test_where_mails_and_feeds_disagree_is_listed_both_ways(site: TestSite) -> None:
    told = OrderId("113-7654321-7654321")
    await told_by_mail(site, told)
    sale = shop.sales(MARKETS["us"])[0]
    await site.store.feed_entries.record(ShipmentLine(sale.order, sale.sent, "UPS", "1Z"), by="ada")
    async with site.logged_in() as client:
        page = (await client.get("/orders/check")).text
    mails, _, feeds = page.partition("In a feed, no mail (1)")
    assert "in no feed (1)" in mails
    assert f'href="/orders/{told}"' in mails
    assert f'href="/orders/{sale.order}"' in feeds


async def test_an_auditor_sees_and_changes_nothing(site: TestSite) -> None:
    async with site.logged_in("olga", Role.AUDITOR) as client:
        page = (await client.get("/orders")).text
        order = (await client.get(f"/orders/{ORDER}")).text
    assert "Import a report" not in page
    assert "Record a parcel" not in order


PARCEL = {"carrier-code": "UPS", "tracking-number": "1Z12345E0205271688", "ship-date": "2026-11-20"}


async def test_what_waits_is_written_as_a_feed_and_saved_as_often_as_wanted(site: TestSite) -> None:
    async with site.logged_in("rita") as client:
        await client.post(f"/orders/{ORDER}/shipment", data=PARCEL, headers=OWN)
        done = await client.post("/orders/feed", data={"kind": "shipping-confirmation"}, headers=OWN)
        page = (await client.get("/orders")).text
        [name] = [feed.name for feed in await site.store.feed_entries.written()]
        saved = [await client.get("/orders/feed", params={"name": name}) for _ in range(2)]
        again = await client.post("/orders/feed", data={"kind": "shipping-confirmation"}, headers=OWN)
        after = (await client.get("/orders")).text
    assert (done.headers["location"], again.headers["location"]) == ("/orders", "/orders")
    assert f'href="/orders/feed?name={name}" download' in page
    assert "Write a feed of" not in page
    assert f"{ORDER}\t".encode() in saved[0].content
    assert saved[0].content == saved[1].content
    assert saved[0].headers["content-disposition"] == f'attachment; filename="{name}"'
    assert "Nothing waits for shipping-confirmation." in after
    assert ("feeds.write", "rita") in [(deed.what, deed.by) for deed in await site.store.audit.list()]


async def test_a_feed_is_written_as_xml_for_who_wants_it(site: TestSite) -> None:
    async with site.logged_in() as client:
        await client.post(f"/orders/{ORDER}/shipment", data=PARCEL, headers=OWN)
        given = {"kind": "shipping-confirmation", "form": "xml"}
        await client.post("/orders/feed", data=given, headers=OWN)
        [feed] = await site.store.feed_entries.written()
        saved = await client.get("/orders/feed", params={"name": feed.name})
    assert saved.content.startswith(b"<?xml")


async def test_there_is_no_feed_that_nobody_wrote(site: TestSite) -> None:
    async with site.logged_in() as client:
        assert (await client.get("/orders/feed", params={"name": "other.txt"})).status_code == 404
        assert (await client.get("/orders/feed")).status_code == 404
        assert (await client.post("/orders/feed", data={"kind": "orders"}, headers=OWN)).status_code == 400


async def test_a_feed_that_a_command_has_begun_is_told(site: TestSite) -> None:
    async with site.logged_in() as client:
        await client.post(f"/orders/{ORDER}/shipment", data=PARCEL, headers=OWN)
        waiting = await site.store.feed_entries.waiting(Kind.SHIPPING)
        await site.store.feed_entries.begin(waiting, "/srv/ship.txt")
        assert "begun by a command in /srv/ship.txt" in (await client.get("/orders")).text

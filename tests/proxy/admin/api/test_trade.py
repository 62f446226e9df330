"""Order data, feeds and letters through the API."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gatepost.admin.books import MOST_IMPORTING
from gatepost.daemon.importing import import_file
from gatepost.directory import Scope
from gatepost.model import OrderId
from gatepost.orderdata import Kind
from kit import orderfiles, shop
from kit.messages import BUYER, ORDER
from kit.program import program
from kit.shop import MARKETS, Sale
from kit.site import TestSite

TSV = {"content-type": "text/tab-separated-values"}
SHIPMENT = {"order_id": ORDER, "carrier": "UPS", "tracking_number": "1Z12345E0205271688"}
REFUND = {"order_id": ORDER, "item": "12345678901234", "reason": "CustomerReturn", "currency": "usd"}


@pytest.fixture
async def sale(site: TestSite, tmp_path: Path) -> Sale:
    some = shop.sales(MARKETS["us"], 1)
    await import_file(site.store.orders, shop.report(tmp_path / "o.txt", some), by="ada")
    return some[0]


@pytest.mark.parametrize("market", [MARKETS["jp"], MARKETS["sa"], MARKETS["de"]], ids=["jp", "sa", "de"])
async def test_a_report_is_imported_from_the_body(
    site: TestSite, tmp_path: Path, market: shop.Market
) -> None:
    some = shop.sales(market, 5)
    body = shop.report(tmp_path / "o.txt", some).read_bytes()
    async with program(site, Scope.REVIEW) as client:
        first = await client.post("imports?name=o.txt", content=body, headers=TSV)
        again = await client.post("imports", content=body, headers=TSV)
        listed = (await client.get("imports")).json()["imports"]
        facts = (await client.get(f"facts/{some[0].order}")).json()
    assert (first.status_code, first.json()["rows"], first.json()["imported_before"]) == (200, 5, None)
    assert again.json()["imported_before"]
    assert [(each["name"], each["by"]) for each in listed] == [("o.txt", "pat")]
    assert facts["known"]["buyer"] == some[0].buyer


async def test_bad_rows_are_told_by_line(site: TestSite, tmp_path: Path) -> None:
    rows = [orderfiles.order(), orderfiles.order(order_id="12", order_item_id="2")]
    body = orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, rows).read_bytes()
    async with program(site, Scope.REVIEW) as client:
        done = (await client.post("imports", content=body, headers=TSV)).json()
    assert (done["rows"], done["bad"]) == (1, 1)
    assert done["faults"] == [{"line": 3, "why": "order-id: '12' is not like 112-1234567-1234567"}]


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"hello\n", "text/plain", 422),
        (b"", "text/plain", 422),
        (b"<!DOCTYPE x><AmazonEnvelope/>", "text/xml", 422),
        (b"order-id\n", "image/png", 415),
    ],
)
async def test_what_is_no_report_is_a_problem(site: TestSite, body: bytes, kind: str, status: int) -> None:
    async with program(site, Scope.REVIEW) as client:
        answer = await client.post("imports?name=../../x.txt", content=body, headers={"content-type": kind})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert "/" not in answer.json()["detail"] or status == 415
    assert await site.store.orders.imports() == []


async def test_an_upload_that_is_too_large_is_cut_off(
    site: TestSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepost.daemon.bookkeeping.StoreBooks.file_bytes", 100)

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1_000):
            yield b"x" * 50

    async with program(site, Scope.REVIEW) as client:
        answer = await client.post("imports", content=endless(), headers=TSV)
    assert answer.status_code == 413


async def test_no_more_than_a_few_files_are_imported_at_once(site: TestSite) -> None:
    begun, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        begun.release()
        await go_on.wait()
        yield b"hello"

    async with program(site, Scope.REVIEW) as client, asyncio.TaskGroup() as group:
        several = [
            group.create_task(client.post("imports", content=slow(), headers=TSV))
            for _ in range(MOST_IMPORTING)
        ]
        for _ in several:
            await begun.acquire()
        answer = await client.post("imports", content=b"x", headers=TSV)
        go_on.set()
    assert answer.status_code == 503
    assert [task.result().status_code for task in several] == [422] * MOST_IMPORTING


async def test_who_may_only_read_imports_nothing(site: TestSite) -> None:
    async with program(site, Scope.READ) as client:
        answer = await client.post("imports", content=b"x", headers=TSV)
    assert answer.status_code == 403


async def test_parcels_and_refunds_are_recorded_once(site: TestSite) -> None:
    async with program(site, Scope.REVIEW) as client:
        parcels = [(await client.post("shipments", json=SHIPMENT)).json()["recorded"] for _ in range(2)]
        refund = await client.post("adjustments", json=REFUND | {"item_price": "24.50"})
        waiting = (await client.get("feeds/waiting")).json()["waiting"]
        check = (await client.get("feeds/check")).json()
    assert (parcels, refund.json()["recorded"]) == ([True, False], True)
    assert [each["feed"] for each in waiting] == ["shipping-confirmation", "order-adjustments"]
    assert check == {"told_only": [], "confirmed_only": [ORDER]}
    [entry] = await site.store.feed_entries.waiting(Kind.SHIPPING)
    assert entry.by == "pat"


@pytest.mark.parametrize(
    ("where", "body"),
    [
        ("shipments", SHIPMENT | {"order_id": "112"}),
        ("shipments", SHIPMENT | {"carrier": ""}),
        ("shipments", SHIPMENT | {"ship_date": "soon"}),
        ("adjustments", REFUND),
        ("adjustments", REFUND | {"item_price": "-1"}),
        ("adjustments", REFUND | {"item_price": "1", "reason": "Sorry"}),
        ("stops", {"value": "jane@example.org", "reason": "asked"}),
        ("letters", {"letter": "poem", "order_id": ORDER}),
    ],
)
async def test_what_makes_no_sense_is_a_problem(site: TestSite, where: str, body: dict[str, str]) -> None:
    async with program(site, Scope.REVIEW) as client:
        answer = await client.post(where, json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")


async def test_a_buyer_is_shown_and_stopped(site: TestSite, sale: Sale) -> None:
    await site.hold("held1", buyers=(sale.buyer,))
    async with program(site, Scope.REVIEW) as client:
        await client.post("stops", json={"value": sale.buyer, "reason": "asked us to"})
        shown = (await client.get(f"buyers/{sale.buyer}")).json()
        stops = (await client.get("stops")).json()["stops"]
        gone = [(await client.delete(f"stops/{sale.buyer}")).status_code for _ in range(2)]
        nobody = await client.get("buyers/jane@example.org")
    assert shown == {
        "address": sale.buyer,
        "stopped": True,
        "orders": [{"order_id": sale.order, "state": None, "message_id": None}],
        "messages": ["held1"],
    }
    assert [(each["kind"], each["value"]) for each in stops] == [("buyer", sale.buyer)]
    assert (gone, nobody.status_code) == ([204, 404], 404)


async def test_a_letter_is_made_and_sent(site: TestSite, sale: Sale) -> None:
    body = {"letter": "review-request", "order_id": sale.order}
    async with program(site, Scope.REVIEW) as client:
        made = (await client.post("letters", json=body)).json()
        sent = (await client.post("letters", json=body | {"send": True})).json()
    assert (made["language"], made["to"], made["answer"]) == ("en", sale.buyer, None)
    assert sale.order in made["subject"]
    assert (sent["answer"], len(site.upstream.sent)) == ("relayed", 1)


async def test_own_words_are_tried_kept_and_dropped(site: TestSite) -> None:
    good = 'delay: {subject: "$order", text: "Order $order comes on $delivery. You may cancel it on Amazon."}'
    bad = 'review-request: {subject: "$order", text: "Please leave 5 stars on Amazon for $order."}'
    async with program(site, Scope.ADMIN) as client:
        refused = await client.put("letters/en", json={"words": bad})
        kept = await client.put("letters/en", json={"words": good})
        dropped = [(await client.delete("letters/en")).status_code for _ in range(2)]
        shipped = (await client.get("letters/en")).json()
        unknown = await client.get("letters/xx")
    assert (refused.status_code, "d4c-positive-only" in refused.json()["detail"]) == (422, True)
    assert (kept.json()["own"], kept.json()["by"]) == (True, "pat")
    assert (dropped, shipped["own"], unknown.status_code) == ([204, 404], False, 404)


async def test_an_order_that_nobody_knows_is_not_there(site: TestSite) -> None:
    async with program(site, Scope.READ) as client:
        answers = [await client.get(f"facts/{order}") for order in (ORDER, "x")]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert BUYER not in answers[0].text
    assert OrderId(ORDER) not in (await site.store.orders.of_buyer(BUYER))


async def test_a_program_writes_a_feed_and_has_it(site: TestSite) -> None:
    async with program(site, Scope.REVIEW) as client:
        wanted = {"feed": "shipping-confirmation"}
        nothing = await client.post("feeds", json=wanted)
        await client.post("shipments", json=SHIPMENT)
        made = await client.post("feeds", json=wanted)
        listed = (await client.get("feeds")).json()["feeds"]
        saved = await client.get("feeds/file", params={"name": made.json()["name"]})
        missing = await client.get("feeds/file", params={"name": "other.txt"})
        waiting = (await client.get("feeds/waiting")).json()["waiting"]

    assert (nothing.status_code, made.status_code, missing.status_code) == (409, 201, 404)
    assert (listed, waiting) == ([made.json()], [])
    assert (made.json()["feed"], made.json()["entries"]) == ("shipping-confirmation", 1)
    assert SHIPMENT["tracking_number"].encode() in saved.content

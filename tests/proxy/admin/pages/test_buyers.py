"""One buyer, and the stop list."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.daemon.importing import import_file
from gatepost.model import OrderId
from gatepost.store.ledger import Elsewhere
from kit import shop
from kit.messages import BUYER, ORDER
from kit.shop import MARKETS, Sale
from kit.site import OWN, TestSite


async def test_a_buyer_has_orders_requests_and_mails(site: TestSite, tmp_path: Path) -> None:
    sale = Sale(MARKETS["us"], 1)
    await import_file(site.store.orders, shop.report(tmp_path / "o.txt", [sale]), by="ada")
    await site.store.ledger.import_rows([Elsewhere(sale.order, site.clock.now())], by="ada")
    await site.hold("held1", buyers=(sale.buyer,), subject="Your lamp")
    async with site.logged_in() as client:
        local, _, domain = sale.buyer.partition("@")
        page = (await client.get("/buyers", params={"address": f"{local}+x7@{domain}"})).text
    assert f'href="/orders/{sale.order}"' in page
    assert "confirmed" in page
    assert "made elsewhere" in page
    assert "Your lamp" in page


@pytest.mark.parametrize("address", ["jane@example.org", "nonsense", "<script>"])
async def test_who_is_no_buyer_is_not_looked_up(site: TestSite, address: str) -> None:
    async with site.logged_in() as client:
        response = await client.get("/buyers", params={"address": address})
    assert response.headers["location"] == "/buyers"


@pytest.mark.parametrize("value", [BUYER, ORDER])
async def test_who_wants_no_more_mail_is_stopped_and_goes_again(site: TestSite, value: str) -> None:
    async with site.logged_in() as client:
        await client.post("/stops", data={"value": value, "reason": "asked us to"}, headers=OWN)
        page = (await client.get("/stops")).text
        stopped = (await site.store.orders.known([OrderId(ORDER)], [BUYER])).stopped
        await client.post("/stops", data={"value": value, "do": "go"}, headers=OWN)
        after = (await client.get("/stops")).text
    assert "asked us to" in page
    assert stopped == {value}
    assert "gets mail again" in after
    assert await site.store.orders.stopped() == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"value": "jane@example.org", "reason": "asked us"}, "order ID or a buyer"),
        ({"value": ORDER, "reason": ""}, "Say why"),
        ({"value": ORDER, "do": "go"}, "was not on the list"),
    ],
)
async def test_what_makes_no_sense_changes_nothing(site: TestSite, given: dict[str, str], words: str) -> None:
    async with site.logged_in() as client:
        await client.post("/stops", data=given, headers=OWN)
        assert words in (await client.get("/stops")).text
    assert await site.store.orders.stopped() == []

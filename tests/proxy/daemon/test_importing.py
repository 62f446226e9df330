"""Files of order data into a real store: whole or not at all, in every marketplace's form."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gatepost.daemon import importing
from gatepost.daemon.importing import Imported, import_file
from gatepost.errors import FeedError, StoreError
from gatepost.letters import Composed, LetterKind
from gatepost.orderdata import Kind
from gatepost.store import Store
from gatepost.store.orders import Orders
from gatepost_policies import judge, marketplace_of, read
from gatepost_policies import load as rules
from gatepost_policies.known import KnownOrder
from kit import orderfiles, shop
from kit.shop import MARKETS, Market, Sale

EVERYWHERE = [pytest.param(market, id=name) for name, market in MARKETS.items()]


async def take(store: Store, file: Path, read: Callable[[int], object] = lambda done: None) -> Imported:
    done = await import_file(store.orders, file, by="ada", read=read)
    store.orders.forget()
    return done


async def take_all(store: Store, folder: Path, some: list[Sale]) -> None:
    """Every kind of file on these orders."""
    await take(store, shop.report(folder / "orders.txt", some))
    await take(store, shop.shipments(folder / "ship.txt", some))
    await take(store, shop.returns(folder / "returns.txt", some))
    await take(store, shop.adjustments(folder / "adjust.txt", some))


async def known(store: Store, sale: Sale) -> KnownOrder:
    found = (await store.orders.known([sale.order])).order(sale.order)
    assert found is not None
    return found


# --- every marketplace ---------------------------------------------------------------------------------


@pytest.mark.parametrize("market", EVERYWHERE)
async def test_every_marketplace_is_read_in_its_own_form(
    shop_store: Store, tmp_path: Path, market: Market
) -> None:
    some = shop.sales(market)
    await take_all(shop_store, tmp_path, some)
    for sale in some:
        order = await known(shop_store, sale)
        assert (order.buyer, order.marketplace) == (sale.buyer, marketplace_of(sale.buyer))
        assert (order.placed, order.ship_by) == (sale.placed, sale.placed + timedelta(days=5))
        assert (order.total, order.currency, order.refunded) == (sale.price, market.currency, sale.refund)
        assert (order.postal_code, order.items[0].name) == (market.postal_code, market.item)
        assert [(one.number, one.day) for one in order.shipments] == [(sale.tracking, sale.sent)]


@pytest.mark.parametrize("market", EVERYWHERE)
async def test_mails_that_say_what_the_files_say_pass(
    shop_store: Store, tmp_path: Path, market: Market
) -> None:
    some = shop.sales(market, 2)
    await take_all(shop_store, tmp_path, some)
    sale = some[0]
    facts = await shop_store.orders.known([sale.order], [sale.buyer])
    for kind in (LetterKind.SHIPMENT, LetterKind.RETURN):
        verdict = judge(read(sale.mail(kind)), rules("amazon-2018-10"), recipients=(sale.buyer,), known=facts)
        assert [(each.rule, each.evidence) for each in verdict.findings] == []


@pytest.mark.parametrize("market", EVERYWHERE)
async def test_mails_that_say_otherwise_are_found_out(
    shop_store: Store, tmp_path: Path, market: Market
) -> None:
    sale, other = shop.sales(market, 2)
    await take_all(shop_store, tmp_path, [sale, other])
    facts = await shop_store.orders.known([sale.order], [sale.buyer])

    def mail(letter: Composed) -> bytes:
        return letter.mail(sender="s@shop.example", to=sale.buyer)

    def found(raw: bytes, to: str = sale.buyer) -> set[str]:
        verdict = judge(read(raw), rules("amazon-2018-10"), recipients=(to,), known=facts)
        return {each.category for each in verdict.findings}

    letter = sale.letter(LetterKind.SHIPMENT)
    parcel = replace(letter, text=letter.text.replace(sale.tracking, other.tracking))
    nobodys = "999-1234567-1234567"
    order = replace(letter, subject=nobodys, text=letter.text.replace(sale.order, nobodys))
    assert (found(mail(letter)), found(mail(parcel))) == (set(), {"contradicts-order"})
    assert found(mail(letter), other.buyer) == {"wrong-order-id"}
    assert "wrong-order-id" in found(mail(order))


async def test_all_orders_tell_the_store_by_their_channel(shop_store: Store, tmp_path: Path) -> None:
    some = [Sale(market, 1) for market in MARKETS.values()]
    assert (await take(shop_store, shop.all_orders(tmp_path / "all.txt", some))).rows == len(some)
    found = {(await known(shop_store, sale)).marketplace for sale in some}
    assert found == {marketplace_of(sale.buyer) for sale in some}


# --- whole or not at all ---------------------------------------------------------------------------------


@pytest.fixture
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH", 2)


async def lines_in(store: Store) -> int:
    rows = await store.db.read(lambda tx: tx.execute("SELECT count(*) AS n FROM order_lines"))
    return int(rows[0]["n"])


@pytest.mark.usefixtures("_small_batches")
async def test_an_import_that_is_cut_off_leaves_nothing(shop_store: Store, tmp_path: Path) -> None:
    file = shop.report(tmp_path / "orders.txt", shop.sales(MARKETS["de"], 20))
    loop, seen = asyncio.get_running_loop(), [0]

    def stop_half_way(done: int) -> None:
        if done > file.stat().st_size // 2:
            loop.call_soon_threadsafe(task.cancel)
        seen[0] = done

    task = asyncio.ensure_future(take(shop_store, file, stop_half_way))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen[0]
    assert (await shop_store.orders.unfinished(), await lines_in(shop_store)) == ([], 0)
    assert (await take(shop_store, file)).rows == 20


class DyingOrders(Orders):
    """The process dies after so many batches: nothing tidies up."""

    batches = 3

    async def put(self, number: int, lines: object) -> None:
        self.batches -= 1
        if not self.batches:
            raise StoreError("the disk is full")
        await super().put(number, lines)  # type: ignore[arg-type] # as it came

    async def drop(self, number: int) -> None:
        raise StoreError("the disk is full")


@pytest.mark.usefixtures("_small_batches")
async def test_what_a_crash_left_counts_for_nothing_and_the_file_is_taken_anew(
    shop_store: Store, tmp_path: Path, clock: object
) -> None:
    some = shop.sales(MARKETS["us"], 10)
    file = shop.report(tmp_path / "orders.txt", some)
    dying = DyingOrders(shop_store.db, clock)  # type: ignore[arg-type] # the fixture's clock
    with pytest.raises(StoreError):
        await import_file(dying, file, by="ada")
    assert await lines_in(shop_store) == 4
    assert not (await shop_store.orders.known([some[0].order])).loaded
    assert (await take(shop_store, file)).rows == 10
    assert len(await shop_store.orders.lines([some[0].order])) == 1


async def test_the_same_file_twice_changes_nothing(shop_store: Store, tmp_path: Path) -> None:
    file = shop.report(tmp_path / "orders.txt", shop.sales(MARKETS["jp"]))
    await take(shop_store, file)
    before = await lines_in(shop_store)
    assert (await take(shop_store, file)).before
    assert await lines_in(shop_store) == before


async def test_a_file_that_changes_while_it_is_read_counts_for_nothing(
    shop_store: Store, tmp_path: Path
) -> None:
    file = shop.report(tmp_path / "orders.txt", shop.sales(MARKETS["us"]))

    size = file.stat().st_size

    def grow(done: int) -> None:
        if file.stat().st_size == size:
            with file.open("ab") as stream:
                stream.write(b"\t\r\n")

    with pytest.raises(FeedError, match="changed while it was read"):
        await take(shop_store, file, grow)
    assert await lines_in(shop_store) == 0


async def test_a_later_report_takes_the_place_of_the_earlier(shop_store: Store, tmp_path: Path) -> None:
    some = shop.sales(MARKETS["us"])
    await take(shop_store, shop.report(tmp_path / "1.txt", some, shipped=False))
    assert not (await known(shop_store, some[0])).is_shipped
    await take(shop_store, shop.report(tmp_path / "2.txt", some))
    assert (await known(shop_store, some[0])).is_shipped
    assert await lines_in(shop_store) == len(some)


async def test_bad_rows_are_kept_aside_with_their_lines(shop_store: Store, tmp_path: Path) -> None:
    rows = [orderfiles.order(), *(orderfiles.order(order_id=f"bad{n}") for n in range(30))]
    file = orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, rows)
    done = await take(shop_store, file)
    assert (done.kind, done.rows, done.bad, len(done.faults)) == (Kind.ORDERS, 1, 30, importing.MOST_TOLD)
    assert done.aside is not None
    assert len(done.aside.read_text("utf-8").splitlines()) == 31

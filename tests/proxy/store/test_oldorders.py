"""Names and addresses are forgotten first, the orders with the ledger, and what was cut off after a day."""

from __future__ import annotations

from datetime import date

import pytest

from gatepost.config.schema import Retention as KeepFor
from gatepost.model import OrderId
from gatepost.orderdata import Kind, Line, OrderLine, ReturnLine, ShipmentLine
from gatepost.store import Store, oldorders, orders
from gatepost.store.orderrows import kind_of
from gatepost.store.retention import Erased
from kit.ports import StillClock

ID = OrderId("112-1234567-1234567")
OTHER = OrderId("113-7654321-7654321")
BUYER = "k3v9x2m7q4w8z1p@marketplace.amazon.com"
LINE = OrderLine(
    ID, "1", name="Brass lamp", quantity=1, buyer=BUYER, recipient="Jane Doe", address=("12 Main Street",),
    postal_code="62701", marketplace="ATVPDKIKX0DER", placed=date(2026, 11, 16),
)  # fmt: skip
SENT = ShipmentLine(ID, date(2026, 11, 19), "UPS", "1Z12345E0205271688")


async def imported(store: Store, digest: str, *lines: Line) -> int:
    number = await store.orders.start(digest, name="r.txt", kind=kind_of(lines[0]), by="ada")
    await store.orders.put(number, lines)
    await store.orders.finish(number, rows=len(lines), bad=0)
    store.orders.forget()
    return number


async def test_names_and_addresses_go_and_the_order_stays_known(store: Store, clock: StillClock) -> None:
    await imported(store, "d1", LINE)
    clock.pass_by(days=89)
    assert (await store.purge(clock.now(), KeepFor())).orders == 0
    clock.pass_by(days=2)
    assert (await store.purge(clock.now(), KeepFor())).orders == 1
    [line] = await store.orders.lines([ID])
    assert line == OrderLine(
        ID, "1", name="Brass lamp", quantity=1, marketplace="ATVPDKIKX0DER", placed=date(2026, 11, 16)
    )
    assert await store.orders.of_buyer(BUYER) == []
    assert (await store.purge(clock.now(), KeepFor())).orders == 0


async def test_what_a_later_report_says_anew_stays_for_its_own_time(store: Store, clock: StillClock) -> None:
    await imported(store, "d1", LINE, OrderLine(OTHER, "1", buyer="old@marketplace.amazon.com"))
    clock.pass_by(days=60)
    await imported(store, "d2", LINE)
    clock.pass_by(days=40)
    await store.purge(clock.now(), KeepFor())
    assert (await store.orders.known([ID])).orders[0].postal_code == "62701"
    assert await store.orders.of_buyer(BUYER) == [ID]
    assert await store.orders.of_buyer("old@marketplace.amazon.com") == []


async def test_every_line_of_a_long_report_is_forgotten(
    store: Store, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oldorders, "_ROUND", 3)
    lines = [OrderLine(OrderId(f"112-0000000-000000{n % 5}"), str(n), recipient="Jane") for n in range(10)]
    await imported(store, "d1", *lines)
    clock.pass_by(days=91)
    assert (await store.purge(clock.now(), KeepFor())).orders == 10
    left = await store.orders.lines([line.order for line in lines])
    assert {line.recipient for line in left if isinstance(line, OrderLine)} == {""}
    assert len(left) == 10


async def test_every_line_of_an_old_import_is_deleted_however_many(
    store: Store, clock: StillClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "BATCH", 2)
    lines = [OrderLine(OrderId(f"112-0000000-000000{n}"), str(n)) for n in range(5)]
    number = await store.orders.start("d1", name="r.txt", kind=Kind.ORDERS, by="ada")
    for start in (0, 2, 4):
        await store.orders.put(number, lines[start : start + 2])
    await store.orders.finish(number, rows=5, bad=0)
    clock.pass_by(days=KeepFor().ledger_days + 1)
    await store.purge(clock.now(), KeepFor())
    left = await store.db.read(lambda tx: tx.execute("SELECT count(*) AS n FROM order_lines")[0]["n"])
    assert left == 0  # those of an import that is gone would be seen by nobody, and stay for ever


async def test_whole_orders_go_with_the_ledger(store: Store, clock: StillClock) -> None:
    await imported(store, "d1", LINE)
    await imported(store, "d2", SENT)
    await imported(store, "d3", ReturnLine(ID, rma="R1"))
    clock.pass_by(days=1824)
    await store.purge(clock.now(), KeepFor())
    assert len(await store.orders.lines([ID])) == 3
    clock.pass_by(days=2)
    await store.purge(clock.now(), KeepFor())
    assert await store.orders.lines([ID]) == []
    assert await store.orders.imports() == []


async def test_what_waits_to_be_exported_stays_however_old(store: Store, clock: StillClock) -> None:
    second = ShipmentLine(OTHER, date(2026, 11, 19), "UPS", "1Z999AA10123456784")
    await store.feed_entries.record(SENT, by="ada")
    await store.feed_entries.finish(await store.feed_entries.waiting(Kind.SHIPPING), "/f.txt", by="ada")
    await store.feed_entries.record(second, by="ada")
    clock.pass_by(days=1826)
    await store.purge(clock.now(), KeepFor())
    assert await store.orders.lines([ID, OTHER]) == [second]


async def test_an_import_that_was_cut_off_is_dropped_after_a_day(store: Store, clock: StillClock) -> None:
    number = await store.orders.start("d1", name="r.txt", kind=Kind.ORDERS, by="ada")
    await store.orders.put(number, [LINE])
    clock.pass_by(hours=23)
    await store.purge(clock.now(), KeepFor())
    assert [one.id for one in await store.orders.unfinished()] == [number]
    clock.pass_by(hours=2)
    await store.purge(clock.now(), KeepFor())
    assert await store.orders.unfinished() == []
    rows = await store.db.read(lambda tx: tx.execute("SELECT 1 FROM order_lines"))
    assert list(rows) == []


async def test_what_went_out_for_an_erased_buyer_is_forgotten(store: Store) -> None:
    await imported(store, "d1", LINE)
    await imported(store, "d2", OrderLine(ID, "1", recipient="Jane Doe"))  # a report without addresses
    await store.feed_entries.record(SENT, by="ada")
    await store.feed_entries.finish(await store.feed_entries.waiting(Kind.SHIPPING), "/f.txt", by="ada")
    local, _, domain = BUYER.partition("@")
    assert await store.retention.erase(f"{local}+A1@{domain}", by="ada") == Erased(0, 0, 0, orders=1)
    assert await store.orders.lines([ID]) == []

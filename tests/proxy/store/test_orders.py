from __future__ import annotations

from datetime import date

import pytest

from gatepost.errors import StateError
from gatepost.model import OrderId
from gatepost.orderdata import Kind, OrderLine, ShipmentLine
from gatepost.store import Store

ID = OrderId("112-1234567-1234567")
BUYER = "k3v9x2m7q4w8z1p@marketplace.amazon.com"


async def imported(
    store: Store, digest: str, lines: list[OrderLine | ShipmentLine], kind: Kind = Kind.ORDERS
) -> int:
    number = await store.orders.start(digest, name="r.txt", kind=kind, by="ada")
    await store.orders.put(number, lines)
    await store.orders.finish(number, rows=len(lines), bad=0)
    store.orders.forget()
    return number


async def test_without_data_nothing_is_known(store: Store) -> None:
    assert not (await store.orders.known([ID], [BUYER])).loaded


async def test_an_import_counts_only_once_it_is_finished(store: Store) -> None:
    number = await store.orders.start("d1", name="r.txt", kind=Kind.ORDERS, by="ada")
    await store.orders.put(number, [OrderLine(ID, "1", name="Lamp")])
    store.orders.forget()
    assert not (await store.orders.known([ID])).loaded
    await store.orders.finish(number, rows=1, bad=0)
    store.orders.forget()
    known = await store.orders.known([ID])
    assert known.order(ID) is not None
    assert known.order("113-0000000-0000000") is None


async def test_an_import_that_was_cut_off_is_taken_back(store: Store) -> None:
    number = await store.orders.start("d1", name="r.txt", kind=Kind.ORDERS, by="ada")
    await store.orders.put(number, [OrderLine(ID, "1")])
    assert [one.id for one in await store.orders.unfinished()] == [number]
    await store.orders.drop(number)
    assert await store.orders.unfinished() == []


async def test_the_same_file_counts_once(store: Store) -> None:
    await imported(store, "d1", [OrderLine(ID, "1")])
    assert await store.orders.imported("d1") is not None
    number = await store.orders.start("d1", name="again.txt", kind=Kind.ORDERS, by="eve")
    with pytest.raises(StateError):
        await store.orders.finish(number, rows=1, bad=0)


async def test_a_later_report_hides_the_earlier_line(store: Store) -> None:
    await imported(store, "d1", [OrderLine(ID, "1", name="Lamp", status="Unshipped")])
    second = await imported(store, "d2", [OrderLine(ID, "1", status="Cancelled")])
    known = (await store.orders.known([ID])).order(ID)
    assert known is not None
    assert (known.cancelled, known.items[0].name) == (True, "Lamp")
    assert await store.orders.hides(second, Kind.ORDERS)
    await store.orders.tidy(second, Kind.ORDERS, [ID])
    assert len(await store.orders.lines([ID])) == 1


async def test_shipments_of_other_files_belong_to_the_order(store: Store) -> None:
    await imported(store, "d1", [OrderLine(ID, "1")])
    await imported(store, "d2", [ShipmentLine(ID, date(2026, 11, 19), "UPS", "1Z")], Kind.SHIPPING)
    known = (await store.orders.known([ID])).order(ID)
    assert known is not None
    assert known.is_shipped


async def test_a_buyer_has_their_orders(store: Store) -> None:
    await imported(store, "d1", [OrderLine(ID, "1", buyer=BUYER)])
    assert await store.orders.of_buyer(BUYER.upper()) == [ID]


async def test_who_is_on_the_stop_list_is_known_to_judging(store: Store) -> None:
    local, _, domain = BUYER.partition("@")
    await store.orders.stop("buyer", f"{local.upper()}+7@{domain}", by="ada", reason="asked")
    await store.orders.stop("order", ID, by="ada", reason="asked")
    store.orders.forget()
    assert (await store.orders.known([ID], [BUYER])).stopped == {ID, BUYER}
    assert {(one.kind, one.value) for one in await store.orders.stopped()} == {
        ("buyer", BUYER),
        ("order", ID),
    }
    assert await store.orders.go("order", ID, by="ada")
    assert not await store.orders.go("order", ID, by="ada")
    assert (await store.orders.known([ID], [BUYER])).stopped == {BUYER}


async def test_imports_and_stops_are_in_the_trail(store: Store) -> None:
    await imported(store, "d1", [OrderLine(ID, "1")])
    await store.orders.stop("order", ID, by="ada", reason="asked")
    deeds = await store.audit.list()
    assert {deed.what for deed in deeds} >= {"orders.import", "stop.add"}

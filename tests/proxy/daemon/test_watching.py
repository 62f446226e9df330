"""The watched folder: what is complete is imported once, whoever looks, and put aside with a report."""

from __future__ import annotations

import asyncio
import fcntl
import json
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from gatepost.config.schema import Orders as Settings
from gatepost.daemon.watching import DONE, FAILED, Watch
from gatepost.errors import StoreError
from gatepost.orderdata import Line
from gatepost.store import Store
from gatepost.store.orders import Orders
from kit import orderfiles, shop
from kit.ports import StillClock
from kit.shop import MARKETS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    return path


def watching(store: Store, clock: StillClock, folder: Path, **settings: float) -> Watch:
    told = Settings.model_validate({"watch": folder, **settings})
    return Watch(told, store.orders, clock, keep=timedelta(days=90))


async def looks(watch: Watch) -> int:
    """Two looks, as a complete file needs them; how many files were put aside."""
    return await watch.look() + await watch.look()


def names(folder: Path, where: str) -> list[str]:
    """What was put aside, without the stamp of its time."""
    return sorted(path.name.partition("-")[2] for path in (folder / where).iterdir())


def report_in(folder: Path, where: str) -> dict[str, object]:
    [path] = (folder / where).glob("*.report.json")
    told: dict[str, object] = json.loads(path.read_text("utf-8"))
    return told


async def test_a_complete_file_is_imported_and_put_aside(
    shop_store: Store, clock: StillClock, folder: Path
) -> None:
    some = shop.sales(MARKETS["jp"])
    shop.report(folder / "orders.txt", some)
    assert await looks(watching(shop_store, clock, folder)) == 1
    assert (await shop_store.orders.known([some[0].order])).orders
    assert names(folder, DONE) == ["orders.txt", "orders.txt.report.json"]
    assert report_in(folder, DONE) == {
        "file": "orders.txt", "kind": "orders", "rows": 3, "bad": 0, "aside": False,
        "imported_before": None, "faults": [],
    }  # fmt: skip
    assert not list(folder.glob("*.txt"))


async def test_a_file_that_still_grows_is_waited_for(
    shop_store: Store, clock: StillClock, folder: Path
) -> None:
    whole = shop.report(folder / "orders.txt", shop.sales(MARKETS["de"], 20)).read_bytes()
    watch = watching(shop_store, clock, folder)
    for share in (len(whole) // 3, len(whole) // 2):
        (folder / "orders.txt").write_bytes(whole[:share])
        assert await watch.look() == 0
    (folder / "orders.txt").write_bytes(whole)
    assert (await watch.look(), await watch.look()) == (0, 1)
    assert report_in(folder, DONE)["rows"] == 20


@pytest.mark.parametrize("name", [".orders.txt", "orders.txt.part", "orders.TMP", "orders.txt.bad"])
async def test_what_is_named_as_unfinished_is_left(
    shop_store: Store, clock: StillClock, folder: Path, name: str
) -> None:
    shop.report(folder / name, shop.sales(MARKETS["us"]))
    assert await looks(watching(shop_store, clock, folder)) == 0


async def test_links_folders_and_empty_files_are_left(
    shop_store: Store, clock: StillClock, folder: Path, tmp_path: Path
) -> None:
    outside = shop.report(tmp_path / "outside.txt", shop.sales(MARKETS["us"]))
    (folder / "link.txt").symlink_to(outside)
    (folder / "sub.txt").mkdir()
    (folder / "empty.txt").touch()
    assert await looks(watching(shop_store, clock, folder)) == 0


async def test_a_file_that_is_no_report_is_put_aside_with_the_reason(
    shop_store: Store, clock: StillClock, folder: Path
) -> None:
    (folder / "notes.txt").write_text("hello\n", encoding="utf-8")
    assert await looks(watching(shop_store, clock, folder)) == 1
    assert "not a report that is known" in str(report_in(folder, FAILED)["error"])
    assert str(folder) not in str(report_in(folder, FAILED))


async def test_bad_rows_lie_beside_their_file(shop_store: Store, clock: StillClock, folder: Path) -> None:
    rows = [orderfiles.order(), orderfiles.order(order_id="12", order_item_id="2")]
    orderfiles.write(folder / "o.txt", orderfiles.UNSHIPPED, rows)
    orderfiles.write(folder / "p.txt", orderfiles.UNSHIPPED, rows[1:])
    assert await looks(watching(shop_store, clock, folder)) == 2
    assert names(folder, DONE) == ["o.txt", "o.txt.bad", "o.txt.report.json"]
    assert names(folder, FAILED) == ["p.txt", "p.txt.bad", "p.txt.report.json"]
    assert report_in(folder, DONE)["faults"] == [
        {"line": 3, "why": "order-id: '12' is not like 112-1234567-1234567"}
    ]


@pytest.mark.parametrize(
    ("setting", "why"), [({"file_bytes": 10}, "larger than 10"), ({"import_seconds": 1e-9}, "took longer")]
)
async def test_what_is_too_much_is_refused_and_leaves_nothing(
    shop_store: Store, clock: StillClock, folder: Path, setting: dict[str, float], why: str
) -> None:
    shop.report(folder / "orders.txt", shop.sales(MARKETS["us"]))
    assert await looks(watching(shop_store, clock, folder, **setting)) == 1
    assert why in str(report_in(folder, FAILED)["error"])
    assert await shop_store.orders.unfinished() == []


async def test_of_two_gateways_one_imports_a_file(shop_store: Store, clock: StillClock, folder: Path) -> None:
    one, other = watching(shop_store, clock, folder), watching(shop_store, clock, folder)
    for number in range(5):
        shop.report(folder / f"{number}.txt", shop.sales(MARKETS["us"], number + 1))
    await asyncio.gather(one.look(), other.look())
    aside = await asyncio.gather(one.look(), other.look())
    assert sum(aside) + await one.look() + await other.look() == 5
    assert len(await shop_store.orders.imports()) == 5
    assert len(names(folder, DONE)) == 10


async def test_a_file_that_another_process_has_is_left_to_it(
    shop_store: Store, clock: StillClock, folder: Path
) -> None:
    file = shop.report(folder / "orders.txt", shop.sales(MARKETS["us"]))
    watch = watching(shop_store, clock, folder)
    with file.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        assert await looks(watch) == 0
    assert await watch.look() == 1


class FullOrders(Orders):
    """A disk without room, while `full`."""

    full = True

    async def put(self, number: int, lines: Sequence[Line]) -> None:
        if self.full:
            raise StoreError("the disk is full")
        await super().put(number, lines)


async def test_a_failing_store_leaves_the_file_for_the_next_look(
    shop_store: Store, clock: StillClock, folder: Path
) -> None:
    shop.report(folder / "orders.txt", shop.sales(MARKETS["us"]))
    orders = FullOrders(shop_store.db, clock)
    watch = Watch(Settings(watch=folder), orders, clock, keep=timedelta(days=90))
    await watch.look()
    with pytest.raises(StoreError):
        await watch.look()
    orders.full = False
    assert await watch.look() == 1


async def test_what_was_put_aside_is_kept_as_long_as_names_and_addresses(
    shop_store: Store, clock: StillClock, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepost.daemon.housekeeping.events.clock_jumped", lambda seconds: None)
    shop.report(folder / "orders.txt", shop.sales(MARKETS["us"]))
    watch = watching(shop_store, clock, folder)
    await looks(watch)
    (folder / DONE / "mine.txt").touch()
    clock.pass_by(days=91)
    await watch.look()
    assert len(names(folder, DONE)) == 3  # a clock that jumped deletes nothing
    later = watching(shop_store, clock, folder)
    await later.look()
    assert [path.name for path in (folder / DONE).iterdir()] == ["mine.txt"]

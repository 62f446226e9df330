"""Erasing a buyer reaches the files that were put aside, and no others."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gatepost.config.schema import Orders as Settings
from gatepost.daemon.erasing import erase_buyer
from gatepost.daemon.watching import DONE, FAILED, Watch
from gatepost.store import Store
from kit import shop
from kit.ports import StillClock
from kit.shop import MARKETS, sales


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    return path


async def put_aside(store: Store, clock: StillClock, folder: Path) -> None:
    settings = Settings.model_validate({"watch": folder})
    watch = Watch(settings, store.orders, clock, keep=timedelta(days=90))
    await watch.look()
    await watch.look()


def names(folder: Path) -> list[str]:
    return sorted(
        path.name.partition("-")[2] for where in (DONE, FAILED) for path in (folder / where).iterdir()
    )


async def test_files_that_name_the_buyer_go_with_what_lies_beside_them(
    shop_store: Store, clock: StillClock, folder: Path
) -> None:
    theirs, other = sales(MARKETS["us"], 2)
    shop.report(folder / "theirs.txt", [theirs])
    shop.report(folder / "other.txt", [other])
    await put_aside(shop_store, clock, folder)
    (folder / DONE / "notes.txt").write_text(theirs.buyer)  # nobody's but the operator's
    local, _, domain = theirs.buyer.partition("@")
    done = await erase_buyer(shop_store, folder, f"{local.upper()}+x1@{domain}", by="ada")
    assert (done.files, done.left, done.erased.orders) == (2, [], 1)
    assert names(folder) == ["", "other.txt", "other.txt.report.json"]
    details = [deed.details for deed in await shop_store.audit.list() if deed.what == "buyer.erased"]
    assert [each["files"] for each in details] == ["2"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be"])
async def test_an_order_of_theirs_names_them_too(
    shop_store: Store, clock: StillClock, folder: Path, encoding: str
) -> None:
    (sale,) = sales(MARKETS["us"], 1)
    shop.report(folder / "o.txt", [sale])
    await put_aside(shop_store, clock, folder)
    (folder / FAILED / "20261123T090000.000000Z-returns.txt").write_text(f"order\n{sale.order}\n", encoding)
    (folder / FAILED / "20261123T090000.000000Z-b.txt").write_text("order\n999-1234567-1234567\n", encoding)
    assert (await erase_buyer(shop_store, folder, sale.buyer, by="ada")).files == 3
    assert names(folder) == ["b.txt"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "utf-16-le"])
@pytest.mark.parametrize("other", ["xab12@marketplace.amazon.com", "ab12@marketplace.amazon.com.br"])
async def test_who_has_a_part_of_their_name_is_somebody_else(
    shop_store: Store, folder: Path, encoding: str, other: str
) -> None:
    (folder / DONE).mkdir()
    (folder / DONE / "20261123T090000.000000Z-o.txt").write_text(f"email\t{other}\n", encoding)
    (folder / DONE / "20261123T090000.000000Z-empty.txt").touch()
    assert (await erase_buyer(shop_store, folder, "ab12@marketplace.amazon.com", by="ada")).files == 0
    assert (await erase_buyer(shop_store, folder, other, by="ada")).files == 1


async def test_what_can_not_be_searched_is_told_and_the_store_forgets(
    shop_store: Store, clock: StillClock, folder: Path
) -> None:
    (sale,) = sales(MARKETS["us"], 1)
    shop.report(folder / "o.txt", [sale])
    await put_aside(shop_store, clock, folder)
    odd = folder / DONE / "20261123T090000.000000Z-odd"
    odd.mkdir()  # stands for what can't be read: whoever runs the tests may read all
    done = await erase_buyer(shop_store, folder, sale.buyer, by="ada")
    assert (done.files, done.erased.orders) == (2, 1)
    assert [str(odd) in place for place in done.left] == [True]


async def test_without_a_folder_only_the_store_forgets(shop_store: Store, tmp_path: Path) -> None:
    for folder in (None, tmp_path / "none"):
        done = await erase_buyer(shop_store, folder, "abc@marketplace.amazon.com", by="ada")
        assert (done.files, list(done.left)) == (0, [])

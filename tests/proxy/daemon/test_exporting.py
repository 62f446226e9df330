"""What was recorded goes out once, whatever dies when."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from gatepost.daemon.exporting import bytes_of, export, export_again, take
from gatepost.errors import FeedError, StoreError
from gatepost.feeds.reading import recognise, rows
from gatepost.orderdata import FeedEntry, Kind, Line, ShipmentLine
from gatepost.store import Store
from gatepost.store.feedentries import FeedEntries
from kit.ports import StillClock
from kit.shop import MARKETS, Sale, sales


def parcel(sale: Sale) -> ShipmentLine:
    return ShipmentLine(sale.order, sale.sent, "UPS", sale.tracking)


async def recorded(store: Store, count: int = 3) -> list[Line]:
    lines: list[Line] = [parcel(sale) for sale in sales(MARKETS["us"], count)]
    for line in lines:
        await store.feed_entries.record(line, by="ada")
    return lines


class DyingEntries(FeedEntries):
    """Dies before it notes that the file stands."""

    async def finish(self, entries: object, file: str, *, by: str) -> None:
        raise StoreError("the power went")


async def begun(store: Store, file: Path, clock: object) -> None:
    """An export that died after its file stood."""
    dying = DyingEntries(store.db, clock)  # type: ignore[arg-type] # the fixture's clock
    with pytest.raises(StoreError):
        await export(dying, Kind.SHIPPING, file, by="ada")


async def test_an_export_holds_what_waited_and_nothing_waits_then(shop_store: Store, tmp_path: Path) -> None:
    lines = await recorded(shop_store)
    done = await export(shop_store.feed_entries, Kind.SHIPPING, tmp_path / "f.txt", by="ada")
    assert (done.entries, list(rows(recognise(done.file)))) == (3, lines)
    again = await export(shop_store.feed_entries, Kind.SHIPPING, tmp_path / "g.txt", by="ada")
    assert (again.entries, again.file.exists()) == (0, False)


@pytest.mark.parametrize("xml", [False, True], ids=["text", "xml"])
async def test_a_crash_after_the_file_stood_exports_nothing_twice(
    shop_store: Store, tmp_path: Path, clock: object, xml: bool
) -> None:
    await recorded(shop_store, 2)
    await begun(shop_store, tmp_path / "f", clock)
    later = ShipmentLine(sales(MARKETS["de"])[0].order, sales(MARKETS["de"])[0].sent, "DHL", "00340434161094")
    await shop_store.feed_entries.record(later, by="ada")
    done = await export(shop_store.feed_entries, Kind.SHIPPING, tmp_path / "g", by="ada", xml=xml)
    assert (done.entries, done.mended) == (1, 2)
    assert list(rows(recognise(done.file))) == [later]
    assert await shop_store.feed_entries.waiting(Kind.SHIPPING) == []


async def test_a_crash_before_the_file_stood_exports_it_then(
    shop_store: Store, tmp_path: Path, clock: object
) -> None:
    lines = await recorded(shop_store)
    await begun(shop_store, tmp_path / "f.txt", clock)
    (tmp_path / "f.txt").unlink()  # as if it had died before the file stood
    done = await export(shop_store.feed_entries, Kind.SHIPPING, tmp_path / "g.txt", by="ada")
    assert (done.entries, done.mended, list(rows(recognise(done.file)))) == (3, 0, lines)


async def test_a_place_that_can_not_be_written_notes_nothing(shop_store: Store, tmp_path: Path) -> None:
    await recorded(shop_store)
    with pytest.raises(FeedError, match="can't be written"):
        await export(shop_store.feed_entries, Kind.SHIPPING, tmp_path / "no" / "f.txt", by="ada")
    waiting = await shop_store.feed_entries.waiting(Kind.SHIPPING)
    assert [(entry.exported_at, entry.exported_in) for entry in waiting] == [(None, "")] * 3


async def test_the_same_file_is_written_again_only_when_asked(shop_store: Store, tmp_path: Path) -> None:
    await recorded(shop_store)
    first = await export(shop_store.feed_entries, Kind.SHIPPING, tmp_path / "f.txt", by="ada")
    before = first.file.read_bytes()
    first.file.unlink()
    done = await export_again(shop_store.feed_entries, Kind.SHIPPING, tmp_path / "f.txt")
    assert (done.again, done.file.read_bytes()) == (True, before)
    with pytest.raises(FeedError, match="nothing was exported"):
        await export_again(shop_store.feed_entries, Kind.SHIPPING, tmp_path / "other.txt")


@pytest.mark.parametrize("xml", [False, True], ids=["text", "xml"])
async def test_a_feed_of_the_gateway_s_own_is_had_as_often_as_wanted(
    shop_store: Store, tmp_path: Path, clock: StillClock, xml: bool
) -> None:
    lines = await recorded(shop_store)
    made = await take(shop_store.feed_entries, Kind.SHIPPING, clock.now(), by="ada", xml=xml)
    assert made is not None
    content = await bytes_of(shop_store.feed_entries, made.name)
    assert content == await bytes_of(shop_store.feed_entries, made.name)
    assert content is not None
    (tmp_path / "f").write_bytes(content)
    assert sorted(map(str, rows(recognise(tmp_path / "f")))) == sorted(map(str, lines))
    assert await take(shop_store.feed_entries, Kind.SHIPPING, clock.now(), by="ada") is None
    assert await bytes_of(shop_store.feed_entries, "other.txt") is None


class LateEntries(FeedEntries):
    """Somebody else takes what waits just after it was read."""

    async def waiting(self, kind: Kind) -> Sequence[FeedEntry]:
        found = await super().waiting(kind)
        await super().take(kind, "site.txt", by="eve")
        return found


async def test_what_the_site_has_taken_meanwhile_goes_into_no_file(
    shop_store: Store, tmp_path: Path, clock: StillClock
) -> None:
    await recorded(shop_store)
    done = await export(LateEntries(shop_store.db, clock), Kind.SHIPPING, tmp_path / "f.txt", by="ada")
    assert (done.entries, done.file.exists()) == (0, False)
    assert len(await shop_store.feed_entries.exported("site.txt")) == 3

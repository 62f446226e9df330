from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.admin.ports import Archive, Question
from gatepost.daemon.archive import StoreArchive
from gatepost.errors import StoreError
from gatepost.model import MessageId, OrderId
from gatepost.store import Store
from kit.messages import ORDER
from kit.ports import StillClock
from kit.site import held, raw_of


async def test_the_store_answers_what_the_site_asks(tmp_path: Path) -> None:
    clock = StillClock()
    async with await Store.open(tmp_path / "a.db", clock=clock) as store:
        archive: Archive = StoreArchive(store)
        entry = held("held1", clock.now())
        await store.journal.open(entry, raw=raw_of("held1"))
        found = await archive.find(Question(order=ORDER, rule="p4-marketing", text="order"))
        history = await archive.order(OrderId(ORDER))
        answers = await archive.raw(entry.id), await archive.show(entry.id)

    assert [one.id for one in found.entries] == ["held1"]
    assert history.claim is None
    assert [one.id for one in history.entries] == ["held1"]
    assert answers[0] == raw_of("held1")
    assert answers[1] is not None


async def test_what_is_not_there_is_none(tmp_path: Path) -> None:
    async with await Store.open(tmp_path / "a.db", clock=StillClock()) as store:
        archive, id = StoreArchive(store), MessageId("nothing")
        assert [await archive.show(id), await archive.raw(id), await archive.captured(id)] == [None] * 3


async def test_a_store_that_fails_is_no_absence(tmp_path: Path) -> None:
    store = await Store.open(tmp_path / "a.db", clock=StillClock())
    await store.close()
    broken = await Store.open(tmp_path / "a.db", clock=StillClock(), read_only=True)
    (tmp_path / "a.db").write_bytes(b"not a database at all" * 100)
    try:
        with pytest.raises(StoreError):
            await StoreArchive(broken).raw(MessageId("nothing"))
    finally:
        await broken.close()

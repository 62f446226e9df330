from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from gatepost.errors import StoreError
from gatepost.store import Store
from gatepost.store.migrate import migrations
from gatepost.store.sqlite import RESERVE_BYTES
from kit.ports import StillClock
from kit.stores import held, on_a_file, open_store, relayed


@on_a_file
async def test_a_sound_store_says_how_it_keeps_its_promises(store: Store) -> None:
    await relayed(store)
    health = await store.examine()
    assert (health.sound, health.faults) == (True, ())
    assert (health.durable, health.private, health.schema) == (True, True, migrations()[-1].version)
    assert health.reserve_bytes == RESERVE_BYTES
    assert health.free_bytes is not None
    assert min(health.size_bytes, health.log_bytes, health.free_bytes) > 0


@on_a_file
async def test_files_that_others_may_read_are_not_private(store: Store, path: Path) -> None:
    path.chmod(0o640)
    assert not (await store.examine()).private


@on_a_file
async def test_a_damaged_page_is_found(store: Store, path: Path, clock: StillClock) -> None:
    await asyncio.gather(*(held(store, f"m{number}") for number in range(200)))
    await store.close()
    size = path.stat().st_size
    with path.open("r+b") as file:  # not the first pages: then it could not even be opened
        file.seek(size - 4096 * 8)
        file.write(b"\xff" * 4096 * 8)
    async with await open_store(path, clock) as damaged:
        health = await damaged.examine()
    assert not health.sound
    assert health.faults


@on_a_file
async def test_a_backup_in_use_is_whole_and_private(store: Store, tmp_path: Path, clock: StillClock) -> None:
    await asyncio.gather(*(held(store, f"m{number}") for number in range(20)))
    writing = [asyncio.ensure_future(held(store, f"n{number}")) for number in range(100)]
    target = tmp_path / "copy.db"
    await store.back_up(target)
    await asyncio.gather(*writing)
    assert target.stat().st_mode & 0o777 == 0o600
    copy = sqlite3.connect(target)
    assert copy.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
    messages = copy.execute("SELECT count(*) FROM messages").fetchone()[0]
    assert copy.execute("SELECT count(*) FROM raw").fetchone()[0] == messages >= 20
    copy.close()
    async with await open_store(target, clock) as restored:
        assert (await restored.quarantine.list()).total == messages


@on_a_file
async def test_a_backup_never_overwrites(store: Store, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious")
    with pytest.raises(StoreError):
        await store.back_up(target)
    assert target.read_text() == "precious"

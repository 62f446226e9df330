from __future__ import annotations

import asyncio
import os
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from gatepost.errors import StoreError
from gatepost.model import MessageState
from gatepost.store import Home, Store
from gatepost.store.engine import Fault
from gatepost.store.sqlite import prepare_file
from kit.ports import StillClock
from kit.stores import crash, held, on_a_file, on_a_server, open_store, opened, relayed, state_of


async def test_what_was_kept_is_there_after_a_restart(home: Home, clock: StillClock) -> None:
    async with await open_store(home, clock) as store:
        await held(store)
    async with await open_store(home, clock) as again:
        assert await state_of(again, "m1") is MessageState.HELD


@on_a_file
async def test_every_file_of_the_store_is_private(store: Store, path: Path) -> None:
    await relayed(store)
    for file in path.parent.rglob("*"):
        mode = stat.S_IMODE(file.stat().st_mode)
        assert mode == (0o700 if file.is_dir() else 0o600), file.name


async def test_a_stop_leaves_no_file_of_an_owner_and_a_crash_s_is_swept(
    path: Path, clock: StillClock
) -> None:
    owners = path.with_name(path.name + ".owners")
    await crash(await open_store(path, clock))
    left = list(owners.iterdir())
    async with await open_store(path, clock):
        assert not set(left) & set(owners.iterdir())
    await (await open_store(path, clock)).close()
    assert not list(owners.iterdir())


async def test_a_store_that_is_only_read_changes_nothing(store: Store, clock: StillClock) -> None:
    await held(store)
    async with await Store.open(store.db.home, clock=clock, read_only=True) as reader:
        assert await state_of(reader, "m1") is MessageState.HELD
        with pytest.raises(StoreError, match="read-only"):
            await opened(reader, "m2")
        assert not await reader.spool.recover(clock.now())


async def test_a_missing_store_can_not_be_read(path: Path, clock: StillClock) -> None:
    with pytest.raises(StoreError, match="gone"):
        await Store.open(path, clock=clock, read_only=True)


async def test_a_store_that_vanished_while_stopped_is_not_made_anew(path: Path, clock: StillClock) -> None:
    await (await open_store(path, clock)).close()
    path.unlink()
    with pytest.raises(StoreError, match="should be there"):
        await open_store(path, clock)
    assert not path.exists()


@on_a_file
async def test_a_store_is_ready_until_a_write_fails_for_good(store: Store, path: Path) -> None:
    assert store.ready() is None
    path.rename(path.with_name("moved"))
    with pytest.raises(StoreError):
        await relayed(store)
    assert store.ready() == "store"


async def test_a_full_disk_is_called_so(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store.db, "recent_fault", lambda: Fault.FULL)
    assert store.ready() == "disk"


@on_a_file
async def test_free_space_is_known(store: Store) -> None:
    free = store.free_bytes()
    assert free is not None
    assert free > 0


@on_a_server
async def test_a_server_s_free_space_is_its_own_matter(store: Store) -> None:
    assert store.free_bytes() is None


WRITES = """
import asyncio, os, sys
from pathlib import Path
from gatepost.errors import StoreError
from gatepost.store import Store
from kit.ports import StillClock
from kit.stores import opened
async def main():
    store = await Store.open(Path(sys.argv[1]), clock=StillClock())
    await opened(store)
if os.geteuid() == 0:
    os.seteuid(65534)  # root may write anything
try:
    asyncio.run(main())
except StoreError as error:
    print(error)
    os._exit(3)
"""


def test_a_file_that_may_not_be_written_is_an_error() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own may be closed to the other identity
        path = Path(folder) / "gatepost.db"
        prepare_file(path, busy_seconds=1)
        before = path.read_bytes()
        path.chmod(0o444)
        Path(folder).chmod(0o755 if os.geteuid() == 0 else 0o555)
        ended = subprocess.run(
            [sys.executable, "-c", WRITES, str(path)],
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
        Path(folder).chmod(0o755)
        assert path.read_bytes() == before
    assert (ended.returncode, ended.stdout) in (
        (3, "the database is read-only\n"),
        (3, "the disk failed\n"),
        (3, "the disk failed: Permission denied\n"),
    )


async def test_several_start_at_once_on_nothing(home: Home, clock: StillClock) -> None:
    stores = await asyncio.gather(*(open_store(home, clock) for _ in range(6)))
    for number, store in enumerate(stores):
        await relayed(store, f"m{number}")
    for store in stores:
        await store.close()

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest

from gatepost.errors import StoreError
from gatepost.store.engine import EngineError, Fault
from gatepost.store.sqlite import (
    RESERVE_BYTES,
    SqliteEngine,
    connect,
    fill_reserve,
    free_bytes,
    prepare_file,
    reserve_of,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "gatepost.db"


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_files_and_folder_are_for_their_owner_alone(path: Path) -> None:
    before = os.umask(0)
    try:
        prepare_file(path, busy_seconds=1)
        engine = SqliteEngine(path)
        engine.begin().change("CREATE TABLE t (x)")
        engine.commit()
        fill_reserve(path)
    finally:
        os.umask(before)
    assert mode_of(path.parent) == 0o700
    assert {file.name: mode_of(file) for file in path.parent.iterdir()} == dict.fromkeys(
        ("gatepost.db", "gatepost.db-shm", "gatepost.db-wal", "gatepost.db.reserve"), 0o600
    )
    engine.close()


@pytest.mark.parametrize("read_only", [False, True], ids=["writes", "reads"])
def test_every_connection_syncs_and_wipes(path: Path, read_only: bool) -> None:
    prepare_file(path, busy_seconds=1)
    connection = connect(path, read_only=read_only)
    settings = {
        name: connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("synchronous", "secure_delete", "journal_mode")
    }
    assert settings == {"synchronous": 2, "secure_delete": 1, "journal_mode": "wal"}
    connection.close()


def test_a_database_that_was_there_and_is_gone_is_never_made_anew(path: Path) -> None:
    prepare_file(path, busy_seconds=1)
    fill_reserve(path)
    path.unlink()
    with pytest.raises(StoreError, match="should be there"):
        prepare_file(path, busy_seconds=1)
    assert not path.exists()
    path.write_bytes(b"")
    with pytest.raises(StoreError, match="should be there"):
        prepare_file(path, busy_seconds=1)
    assert path.read_bytes() == b""


@pytest.mark.parametrize("content", [b"not a database, " * 1000, b"SQLite format 3\0" + b"\xff" * 8192])
def test_a_damaged_file_is_left_as_it_is(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(EngineError) as caught:
        prepare_file(path, busy_seconds=1)
    assert caught.value.fault is Fault.DAMAGED
    assert path.read_bytes() == content


def test_another_program_s_database_is_left_as_it_is(path: Path) -> None:
    path.parent.mkdir()
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.commit()
    other.close()
    with pytest.raises(StoreError, match="another program's"):
        prepare_file(path, busy_seconds=1)


def test_a_locked_file_is_an_error_in_time(path: Path) -> None:
    prepare_file(path, busy_seconds=1)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("PRAGMA locking_mode = EXCLUSIVE")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(EngineError) as caught:
        prepare_file(path, busy_seconds=0.05)
    assert caught.value.fault is Fault.LOCKED
    other.close()


def test_a_folder_that_can_not_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file")
    with pytest.raises(EngineError) as caught:
        prepare_file(tmp_path / "var" / "gatepost.db", busy_seconds=1)
    assert caught.value.fault is Fault.DISK


def test_beginning_twice_from_two_connections_is_locked_at_once(path: Path) -> None:
    prepare_file(path, busy_seconds=1)
    one, other = SqliteEngine(path), SqliteEngine(path)
    one.begin()
    with pytest.raises(EngineError) as caught:
        other.begin()
    assert caught.value.fault is Fault.LOCKED
    one.rollback()
    other.begin()
    other.rollback()
    one.close()
    other.close()


def test_the_reserve_is_real_space_and_is_given_once(path: Path) -> None:
    prepare_file(path, busy_seconds=1)
    engine = SqliteEngine(path)
    fill_reserve(path)
    assert reserve_of(path).stat().st_blocks * 512 >= RESERVE_BYTES
    assert engine.give_way()
    assert reserve_of(path).stat().st_size == 0
    assert not engine.give_way()
    fill_reserve(path)
    assert reserve_of(path).stat().st_size == RESERVE_BYTES
    engine.close()


def test_free_space_is_what_the_disk_says(path: Path) -> None:
    prepare_file(path, busy_seconds=1)
    assert free_bytes(path) > 0
    with pytest.raises(StoreError):
        free_bytes(path.parent / "nowhere" / "x.db")


def test_a_new_connection_goes_on_where_the_old_one_was(path: Path) -> None:
    prepare_file(path, busy_seconds=1)
    engine = SqliteEngine(path)
    engine.begin().change("CREATE TABLE t (x)")
    engine.commit()
    engine.begin().change("INSERT INTO t VALUES (1)")
    engine.reopen()
    assert engine.begin().execute("SELECT count(*) AS n FROM t")[0]["n"] == 0
    engine.rollback()
    engine.close()

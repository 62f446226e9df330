"""What can be known of the store's own state: for start-up, the site and the doctor."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from gatepost.store.db import Database
from gatepost.store.engine import EngineError, Fault, Tx
from gatepost.store.sqlite import connect, faults, free_bytes, reserve_of


@dataclass(frozen=True, slots=True)
class Health:
    """The store as it was found."""

    sound: bool
    faults: tuple[str, ...]  # what the check of the file complained of, at most ten
    schema: int
    synchronous: int  # 2 is FULL: a commit survives loss of power
    journal: str  # "wal"
    size_bytes: int
    log_bytes: int  # of the write-ahead log
    reserve_bytes: int
    free_bytes: int
    private: bool  # nobody else may read the files


async def examine(db: Database) -> Health:
    """Check the whole file and say what the connections are set to. Reads every page."""
    return await db.read(lambda tx: _examine(tx, db.path), seconds=300)


def _examine(tx: Tx, path: Path) -> Health:
    complaints = _check(tx)
    sound = complaints == ["ok"]
    schema = tx.execute("SELECT coalesce(max(version), 0) AS version FROM schema_version")[0]["version"]
    return Health(
        sound=sound,
        faults=() if sound else tuple(complaints),
        schema=schema,
        synchronous=tx.execute("PRAGMA synchronous")[0]["synchronous"],
        journal=tx.execute("PRAGMA journal_mode")[0]["journal_mode"],
        size_bytes=_size(path),
        log_bytes=_size(_log_of(path)),
        reserve_bytes=_size(reserve_of(path)),
        free_bytes=free_bytes(path),
        private=all(_private(file) for file in (path, _log_of(path)) if file.exists()),
    )


def _check(tx: Tx) -> list[str]:
    try:
        return [str(row["quick_check"]) for row in tx.execute("PRAGMA quick_check(10)")]
    except EngineError as error:  # so damaged that the check can't go on
        if error.fault is not Fault.DAMAGED:
            raise
        return [str(error)]


def _log_of(path: Path) -> Path:
    return path.with_name(path.name + "-wal")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _private(path: Path) -> bool:
    return path.stat().st_mode & 0o077 == 0


def back_up(source: Path, target: Path) -> None:
    """Copy the database as it is at one instant, while it is in use. Blocks; raises StoreError.

    `target` must not exist; it is made readable for its owner alone.
    """
    with faults():
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        here, there = connect(source, read_only=True), sqlite3.connect(target)
        with contextlib.closing(here), contextlib.closing(there):
            here.backup(there)

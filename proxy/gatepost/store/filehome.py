"""A database in a file: SQLite, its folder, its reserve and its owners' locks."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from gatepost.store.engine import EngineError, Fault, Tx
from gatepost.store.health import Health
from gatepost.store.migrate import migrate, migrations
from gatepost.store.owners import LockedOwners
from gatepost.store.sqlite import (
    SqliteEngine,
    SqliteReader,
    connect,
    faults,
    fill_reserve,
    free_bytes,
    prepare_file,
    reserve_of,
)

_EXAMINE_SECONDS = 300.0
_FULL = 2  # PRAGMA synchronous


class FileHome:
    """The file at `path`, for the processes of one machine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = str(path)

    def is_there(self) -> bool:
        """Whether there is a file."""
        return self.path.exists()

    def prepare(self, *, busy_seconds: float) -> None:
        """Make sure that a sound file of ours is there, of the newest schema; a first start makes it."""
        prepare_file(self.path, busy_seconds=busy_seconds)
        with contextlib.closing(SqliteEngine(self.path)) as engine:
            migrate(engine, migrations(), busy_seconds=busy_seconds)
        fill_reserve(self.path)

    def engine(self, *, busy_seconds: float) -> SqliteEngine:
        """A new connection that writes."""
        return SqliteEngine(self.path)

    def reader(self) -> SqliteReader:
        """A new connection that only reads."""
        if not self.path.exists():
            raise EngineError(Fault.MISSING, self.name)
        return SqliteReader(self.path)

    def owners(self, instance: str) -> LockedOwners:
        """Become an owner by a lock on a file of its own; the files of the dead go."""
        owners = LockedOwners(self.path.with_name(self.path.name + ".owners"), instance)
        owners.sweep()
        return owners

    def tidy(self, *, busy_seconds: float, thoroughly: bool = False) -> None:
        """Bring the log into the file and empty it, so that what was deleted is gone; fill the reserve.

        Does what it can: a reader at work keeps its part of the log until it is done.
        """
        fill_reserve(self.path)
        with contextlib.closing(connect(self.path)) as connection, contextlib.suppress(EngineError), faults():
            connection.execute(f"PRAGMA busy_timeout = {int(busy_seconds * 1000)}")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def free_bytes(self) -> int:
        """How much the disk still takes."""
        return free_bytes(self.path)

    def examine(self) -> Health:
        """Check the whole file and say what the connections are set to. Reads every page."""
        with contextlib.closing(self.reader()) as reader:
            try:
                return _examine(reader.begin(_EXAMINE_SECONDS), self.path)
            finally:
                reader.end()

    def back_up(self, target: Path) -> None:
        """Copy the database while it is in use. `target` must not exist; it is its owner's alone."""
        with faults():
            os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
            here, there = connect(self.path, read_only=True), sqlite3.connect(target)
            with contextlib.closing(here), contextlib.closing(there):
                here.backup(there)


def _examine(tx: Tx, path: Path) -> Health:
    complaints = _check(tx)
    sound = complaints == ["ok"]
    schema = tx.execute("SELECT coalesce(max(version), 0) AS version FROM schema_version")[0]["version"]
    synced = tx.execute("PRAGMA synchronous")[0]["synchronous"] == _FULL
    log = path.with_name(path.name + "-wal")
    return Health(
        sound=sound,
        faults=() if sound else tuple(complaints),
        schema=schema,
        durable=synced and tx.execute("PRAGMA journal_mode")[0]["journal_mode"] == "wal",
        private=all(_private(file) for file in (path, log) if file.exists()),
        size_bytes=_size(path),
        free_bytes=free_bytes(path),
        log_bytes=_size(log),
        reserve_bytes=_size(reserve_of(path)),
    )


def _check(tx: Tx) -> list[str]:
    try:
        return [str(row["quick_check"]) for row in tx.execute("PRAGMA quick_check(10)")]
    except EngineError as error:  # so damaged that the check can't go on
        if error.fault is not Fault.DAMAGED:
            raise
        return [str(error)]


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _private(path: Path) -> bool:
    return path.stat().st_mode & 0o077 == 0

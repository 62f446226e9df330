"""Brings a database to the newest schema: numbered files, each in one transaction, never between two."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files

from gatepost.store.engine import Engine, EngineError, Fault, Tx

_VERSION_TABLE = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY, name TEXT NOT NULL)"


@dataclass(frozen=True, slots=True)
class Migration:
    """One step: `0001_first.sql` is version 1."""

    version: int
    name: str
    sql: str

    @property
    def statements(self) -> Sequence[str]:
        """The statements one by one; a semicolon ends a statement at the end of its line only."""
        return [part for part in re.split(r";[ \t]*(?:--[^\n]*)?(?:\n|$)", self.sql) if _has_sql(part)]


def _has_sql(text: str) -> bool:
    return any(line.strip() and not line.strip().startswith("--") for line in text.splitlines())


def migrations() -> Sequence[Migration]:
    """The steps that come with this release, in order."""
    folder = files("gatepost.store") / "migrations"
    found = []
    for entry in folder.iterdir():
        match = re.fullmatch(r"(\d{4})_(\w+)\.sql", entry.name)
        if match:
            found.append(Migration(int(match[1]), match[2], entry.read_text(encoding="utf-8")))
    return sorted(found, key=lambda migration: migration.version)


def version(tx: Tx) -> int:
    """The schema's version; 0 in an empty database."""
    tx.change(_VERSION_TABLE)
    return int(tx.execute("SELECT coalesce(max(version), 0) AS version FROM schema_version")[0]["version"])


def migrate(engine: Engine, steps: Sequence[Migration], *, busy_seconds: float) -> int:
    """Apply what is missing and return the version that the database has now.

    A step is whole or not at all, however it is interrupted; of several processes that start at once one
    applies it. Raises EngineError for a database that a newer release has written.
    """
    newest = steps[-1].version if steps else 0
    while True:
        tx = begin_patiently(engine, busy_seconds)
        try:
            tx.alone("schema")
            now = version(tx)
            if now > newest:
                raise EngineError(Fault.OTHER, f"its schema {now} is newer than this release ({newest})")
            if now == newest:
                engine.rollback()
                return now
            _apply(tx, next(step for step in steps if step.version > now))
            engine.commit()
        except BaseException:
            engine.rollback()
            raise


def _apply(tx: Tx, step: Migration) -> None:
    for statement in step.statements:
        tx.change(statement)
    tx.change(
        "INSERT INTO schema_version (version, name) VALUES (:version, :name)",
        {"version": step.version, "name": step.name},
    )


def begin_patiently(engine: Engine, seconds: float) -> Tx:
    """Start a transaction, waiting at most `seconds` for the lock."""
    until = time.monotonic() + seconds
    while True:
        try:
            return engine.begin()
        except EngineError as error:
            if error.fault is not Fault.LOCKED or time.monotonic() > until:
                raise
            time.sleep(0.01)

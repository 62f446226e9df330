from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepost.errors import StoreError
from gatepost.store.engine import EngineError
from gatepost.store.migrate import Migration, migrate, migrations
from gatepost.store.sqlite import SqliteEngine, prepare_file

ONE = Migration(1, "one", "CREATE TABLE a (x); -- the first\nCREATE TABLE b (x);\n")
TWO = Migration(2, "two", "-- only words; and more words\nALTER TABLE a ADD COLUMN y;")
BROKEN = Migration(2, "broken", "ALTER TABLE a ADD COLUMN y;\nALTER TABLE nowhere ADD COLUMN y;")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[SqliteEngine]:
    path = tmp_path / "test.db"
    prepare_file(path, busy_seconds=1)
    made = SqliteEngine(path)
    yield made
    made.close()


def columns(engine: SqliteEngine, table: str) -> list[str]:
    rows = engine.begin().execute(f"PRAGMA table_info({table})")
    engine.rollback()
    return [row["name"] for row in rows]


def test_statements_end_at_the_end_of_a_line() -> None:
    assert len(ONE.statements) == 2
    assert len(TWO.statements) == 1


def test_the_steps_of_this_release_are_numbered_without_gaps() -> None:
    assert [step.version for step in migrations()] == list(range(1, len(migrations()) + 1))


def test_every_step_is_applied_once(engine: SqliteEngine) -> None:
    assert migrate(engine, [ONE, TWO], busy_seconds=1) == 2
    assert migrate(engine, [ONE, TWO], busy_seconds=1) == 2
    assert columns(engine, "a") == ["x", "y"]


def test_a_step_that_fails_leaves_the_schema_before_it(engine: SqliteEngine) -> None:
    with pytest.raises(StoreError, match="nowhere"):
        migrate(engine, [ONE, BROKEN], busy_seconds=1)
    assert columns(engine, "a") == ["x"]
    assert migrate(engine, [ONE, TWO], busy_seconds=1) == 2


def test_a_newer_release_s_database_is_refused(engine: SqliteEngine) -> None:
    migrate(engine, [ONE, TWO], busy_seconds=1)
    with pytest.raises(EngineError, match="newer than this release"):
        migrate(engine, [ONE], busy_seconds=1)


KILLED = """
import os, sys
from pathlib import Path
from gatepost.store import migrate, sqlite
class Dying(sqlite.SqliteTx):
    left = int(sys.argv[2])
    def change(self, sql, params={}):
        Dying.left -= 1
        if Dying.left < 0:
            os.kill(os.getpid(), 9)
        return super().change(sql, params)
sqlite.SqliteTx = Dying
path = Path(sys.argv[1])
sqlite.prepare_file(path, busy_seconds=5)
migrate.migrate(sqlite.SqliteEngine(path), migrate.migrations(), busy_seconds=5)
"""


@pytest.mark.parametrize("steps", [0, 1, 2, 9, 17, 24])
def test_a_kill_in_the_middle_leaves_the_old_schema_or_the_new(tmp_path: Path, steps: int) -> None:
    path = tmp_path / "test.db"
    ended = subprocess.run([sys.executable, "-c", KILLED, str(path), str(steps)], timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    engine = SqliteEngine(path)
    tables = engine.begin().execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    engine.rollback()
    assert len(tables) == 0
    assert migrate(engine, migrations(), busy_seconds=1) == migrations()[-1].version
    engine.close()

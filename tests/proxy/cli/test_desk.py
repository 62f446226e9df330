from __future__ import annotations

import asyncio
import os
import sqlite3
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gatepost.cli.desk import hostname, local, store_of, who
from gatepost.config import Config
from gatepost.config.schema import Smtp
from gatepost.config.schema import Store as StoreSection
from gatepost.errors import StoreError
from gatepost.report import iso

NOBODY = 65534


async def touch(path: Path, *, create: bool) -> None:
    async with store_of(Config(store=StoreSection(path=path)), create=create) as store:
        await store.audit.append(by="anna", what="test.done", subject="s")


async def test_a_missing_store_is_made_only_where_that_is_meant(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store at"):
        await touch(tmp_path / "gatepost.db", create=False)
    await touch(tmp_path / "gatepost.db", create=True)
    assert (tmp_path / "gatepost.db").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can leave files to someone else")
def test_what_root_makes_belongs_to_the_stores_owner() -> None:
    with tempfile.TemporaryDirectory(prefix="gatepost-") as made:  # a test's own folder is closed to others
        Path(made).chmod(0o755)
        folder = Path(made) / "state"
        folder.mkdir(mode=0o700)
        os.chown(folder, NOBODY, NOBODY)
        asyncio.run(touch(folder / "gatepost.db", create=True))
        other = sqlite3.connect(folder / "gatepost.db")  # keeps the journals there
        other.execute("SELECT count(*) FROM audit").fetchone()
        asyncio.run(touch(folder / "gatepost.db", create=False))
        owners = {path.name: path.stat().st_uid for path in folder.rglob("*")}
        other.close()
    assert {"gatepost.db", "gatepost.db-wal"} <= set(owners)
    assert set(owners.values()) == {NOBODY}, owners
    assert os.geteuid() == 0


def test_the_trail_names_who_is_behind_sudo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUDO_USER", "anna")
    assert who() == "anna (command line)"


def test_the_gateways_name_is_the_configured_one() -> None:
    assert hostname(Config(smtp=Smtp(hostname="gate.example"))) == "gate.example"
    assert hostname(Config())


def test_times_are_utc_for_programs() -> None:
    at = datetime(2026, 11, 23, 9, 30, 1, 5, tzinfo=UTC)
    assert (iso(at), iso(None)) == ("2026-11-23T09:30:01Z", None)
    assert local(None) == "-"
    assert local(at)[:7] == "2026-11"

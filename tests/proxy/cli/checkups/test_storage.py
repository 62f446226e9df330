from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gatepost.cli.checkups import storage
from gatepost.cli.checkups.found import Finding, State
from gatepost.config import Config, load
from gatepost.daemon.clock import SystemClock
from gatepost.store import Store
from kit import postgres
from kit.desk import Desk
from kit.loopback import free_port
from kit.messages import AT
from kit.stores import held, in_doubt


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    show(AT + timedelta(hours=1), monkeypatch)
    return Desk(tmp_path)


def show(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SystemClock, "now", lambda self: now)


def config(desk: Desk, more: str = "") -> Config:
    desk.configure(more)
    return load(desk.file, {}).config


def by_subject(found: list[Finding]) -> dict[str, State]:
    return {each.subject: each.state for each in found}


async def test_a_sound_store_is_well(desk: Desk) -> None:
    await desk.work(lambda store: held(store, "m1"))
    found = by_subject(await storage.store(config(desk)))
    assert (found["store"], found["disk"]) == (State.OK, State.OK)


async def test_a_store_not_made_yet_is_well_where_it_can_be_made(desk: Desk) -> None:
    (found,) = await storage.store(config(desk))
    assert (found.state, found.found) == (State.OK, f"{desk.path} is made at the first start")


async def test_a_store_that_can_not_be_made_is_a_problem(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "access", lambda path, mode: False)
    (found,) = await storage.store(config(desk))
    assert found.state is State.PROBLEM


async def test_a_damaged_store_is_a_problem(desk: Desk) -> None:
    await desk.work(lambda store: held(store, "m1"))
    desk.path.write_bytes(b"no database at all, just words" * 500)
    found = await storage.store(config(desk))
    assert by_subject(found) == {"store": State.PROBLEM}


async def test_a_store_open_to_others_is_a_problem(desk: Desk) -> None:
    await desk.work(lambda store: held(store, "m1"))
    desk.path.chmod(0o644)
    mends = [each.mend for each in await storage.store(config(desk)) if each.is_problem]
    assert mends == [f"chmod go= {desk.path}*"]


@pytest.mark.parametrize(("share", "state"), [(2, State.PROBLEM), (0.5, State.WARNING)])
async def test_a_full_disk_is_told_before_mail_stops(share: float, state: State, desk: Desk) -> None:
    async def free(store: Store) -> int:
        return store.free_bytes() or 0

    floor = int(await desk.work(free) * share)
    found = await storage.store(config(desk, f"smtp: {{limits: {{free_disk_bytes: {floor}}}}}\n"))
    assert by_subject(found)["disk"] is state


async def test_mail_past_its_time_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    await desk.work(lambda store: held(store, "m1"))
    show(AT + timedelta(hours=25), monkeypatch)
    assert by_subject(await storage.store(config(desk)))["held"] is State.WARNING


async def test_mail_from_the_future_shows_a_clock_that_went_back(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.work(lambda store: held(store, "m1"))
    show(AT - timedelta(hours=1), monkeypatch)
    assert by_subject(await storage.store(config(desk)))["clock"] is State.PROBLEM


# --- a database server --------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[postgres.Server]:
    yield postgres.shared()
    postgres.end_shared()


async def test_a_server_s_store_is_told_with_its_risks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: postgres.Server
) -> None:
    desk = Desk(tmp_path, url=server.new())
    (found,) = await storage.store(config(desk))
    assert "tables are made at the first start" in found.found
    await desk.work(lambda store: in_doubt(store, "m1"))
    show(datetime(2100, 1, 1, tzinfo=UTC), monkeypatch)
    told = await storage.store(config(desk))
    by = {(each.state, each.subject): each.found for each in told}
    assert "do not survive loss of power" in by[State.PROBLEM, "store"]  # a test's server does not sync
    assert "against the database server" in by[State.WARNING, "clock"]
    assert "1 mails" in by[State.WARNING, "in doubt"]


async def test_a_server_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    desk = Desk(tmp_path, url=f"postgresql://gatepost@127.0.0.1:{free_port()}/mail")
    (found,) = await storage.store(config(desk))
    assert found.is_problem
    assert "mail at 127.0.0.1" in found.found
    assert "database_url" in found.mend


async def test_a_server_without_its_program_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, url="postgresql:///mail")
    monkeypatch.delitem(sys.modules, "gatepost.store.serverhome")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    (found,) = await storage.store(config(desk))
    assert "pip install" in found.found

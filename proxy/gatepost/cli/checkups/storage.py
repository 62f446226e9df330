"""The store: sound, durable, private, with room, and nothing left lying in it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

from gatepost.cli.checkups.found import Finding, ok, problem, warning
from gatepost.config import Config
from gatepost.daemon.clock import SystemClock
from gatepost.errors import GatepostError, StoreError
from gatepost.model import MessageState
from gatepost.store import FileHome, Health, Home, Store, home_of
from gatepost.store.search import Filters, Page

SKEW = timedelta(seconds=60)
SERVER_SKEW = timedelta(seconds=5)
MEGABYTE = 1024 * 1024


async def store(config: Config) -> list[Finding]:
    """Examine the store beside the running gateway, without changing it."""
    try:
        home = home_of(config.store)
    except GatepostError as error:
        return [problem("store", str(error), "see docs/postgresql.md")]
    try:
        if not await asyncio.to_thread(home.is_there):
            return [_place(home.path) if isinstance(home, FileHome) else _empty(home)]
        async with await Store.open(home, clock=SystemClock(), read_only=True) as opened:
            health = await opened.examine()
            state = _state(home.name, health, config) if isinstance(home, FileHome) else _server(home, health)
            return [*state, *[found async for found in _work(opened)]]
    except StoreError as error:
        return [_unusable(home, error)]


def _empty(home: Home) -> Finding:
    return ok("store", f"{home.name}: its tables are made at the first start")


def _unusable(home: Home, error: StoreError) -> Finding:
    if isinstance(home, FileHome):
        return problem(
            "store", f"{home.name} can't be used: {error}", "restore a backup, or the file's rights"
        )
    mend = "start the server, or mend store.database_url and the password"
    return problem("store", f"{home.name} can't be used: {error}", mend)


def _place(path: Path) -> Finding:
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        return problem(
            "store", f"{path} can't be made: {folder} is closed to this user", "open it, or set store.path"
        )
    return ok("store", f"{path} is made at the first start")


def _state(path: str, health: Health, config: Config) -> Iterator[Finding]:
    if not health.sound:
        yield problem("store", f"{path} is damaged: {health.faults[0]}", "stop the gateway, restore a backup")
    elif not health.durable:
        yield problem("store", "commits do not survive loss of power", "start the gateway of this version")
    else:
        yield ok("store", f"{path}: sound, schema {health.schema}, {health.size_bytes / MEGABYTE:.1f} MB")
    if not health.private:
        yield problem("store", f"others may read {path}", f"chmod go= {path}*")
    yield from _room(health.free_bytes or 0, config.smtp.limits.free_disk_bytes)


def _room(free_bytes: int, floor: int) -> Iterator[Finding]:
    free = f"{free_bytes / MEGABYTE:.0f} MB free"
    if free_bytes < floor:
        yield problem("disk", f"{free}: no mail is taken", "make room")
    elif free_bytes < 4 * floor:
        yield warning("disk", free, f"make room: below {floor / MEGABYTE:.0f} MB no mail is taken")
    else:
        yield ok("disk", free)


def _server(home: Home, health: Health) -> Iterator[Finding]:
    if health.durable:
        size = f"{health.size_bytes / MEGABYTE:.1f} MB"
        yield ok("store", f"{home.name}: schema {health.schema}, {size}, {health.nodes} nodes")
    else:
        yield problem("store", f"commits to {home.name} do not survive loss of power", "set fsync = on")
    if not health.private:
        yield problem("store", f"the way to {home.name} is not encrypted", "sslmode=verify-full in the URL")
    for note in health.notes:
        yield warning("store", note, "see docs/postgresql.md")
    if health.clock is not None and abs(health.clock - SystemClock().now()) > SERVER_SKEW:
        off = (SystemClock().now() - health.clock).total_seconds()
        yield warning("clock", f"{off:+.0f} s against the database server", "keep both right with NTP")


async def _work(store: Store) -> AsyncIterator[Finding]:
    """What waits for a person, and whether the clock went back since the last mail."""
    now = SystemClock().now()
    counts = await store.search.count_states()
    if doubts := counts.get(MessageState.IN_DOUBT, 0):
        mend = "gatepost quarantine list --state in-doubt, then gatepost quarantine settle ID"
        yield warning("in doubt", f"{doubts} mails may or may not have gone out", mend)
    overdue = await store.quarantine.due_soon(now, timedelta(0))
    if overdue:
        yield warning("held", f"{len(overdue)} held mails are past their time", "gatepost quarantine list")
    newest = await store.search.find(Filters(), Page(1))
    if newest.entries and newest.entries[0].received_at > now + SKEW:
        came = newest.entries[0].received_at
        yield problem("clock", f"the newest mail came at {came:%Y-%m-%d %H:%M} UTC", "set the clock")

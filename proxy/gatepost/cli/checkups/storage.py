"""The store: sound, durable, private, with room, and nothing left lying in it."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

from gatepost.cli.checkups.found import Finding, ok, problem, warning
from gatepost.config import Config
from gatepost.daemon.clock import SystemClock
from gatepost.errors import StoreError
from gatepost.model import MessageState
from gatepost.store import Health, Store
from gatepost.store.search import Filters, Page

FULL = 2  # PRAGMA synchronous: a commit survives loss of power
SKEW = timedelta(seconds=60)
MEGABYTE = 1024 * 1024


async def store(config: Config) -> list[Finding]:
    """Examine the store beside the running gateway, without changing it."""
    path = config.store.path
    if not path.exists():
        return [_place(path)]
    try:
        async with await Store.open(path, clock=SystemClock(), read_only=True) as opened:
            health = await opened.examine()
            return [*_state(path, health, config), *[found async for found in _work(opened)]]
    except StoreError as error:
        return [problem("store", f"{path} can't be used: {error}", "restore a backup, or the file's rights")]


def _place(path: Path) -> Finding:
    folder = path.parent
    while not folder.exists():
        folder = folder.parent
    if not os.access(folder, os.W_OK):
        return problem(
            "store", f"{path} can't be made: {folder} is closed to this user", "open it, or set store.path"
        )
    return ok("store", f"{path} is made at the first start")


def _state(path: Path, health: Health, config: Config) -> Iterator[Finding]:
    if not health.sound:
        yield problem("store", f"{path} is damaged: {health.faults[0]}", "stop the gateway, restore a backup")
    elif health.synchronous != FULL:
        yield problem("store", "commits do not survive loss of power", "start the gateway of this version")
    else:
        yield ok("store", f"{path}: sound, schema {health.schema}, {health.size_bytes / MEGABYTE:.1f} MB")
    if not health.private:
        yield problem("store", f"others may read {path}", f"chmod go= {path}*")
    floor = config.smtp.limits.free_disk_bytes
    free = f"{health.free_bytes / MEGABYTE:.0f} MB free"
    if health.free_bytes < floor:
        yield problem("disk", f"{free}: no mail is taken", "make room")
    elif health.free_bytes < 4 * floor:
        yield warning("disk", free, f"make room: below {floor / MEGABYTE:.0f} MB no mail is taken")
    else:
        yield ok("disk", free)


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

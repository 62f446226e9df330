"""A short process beside the service: the same store, and for releases the same road to the relay."""

from __future__ import annotations

import asyncio
import getpass
import os
import socket
import sys
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from gatepost import events
from gatepost.config import Config
from gatepost.daemon.clock import SystemClock
from gatepost.errors import StoreError
from gatepost.store import FileHome, Home, Store, home_of, migrate

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run one command's work to its end; events go to stderr, and only those that are errors."""
    events.set_up("error", plain=True, file=sys.stderr)
    return asyncio.run(work)


def who() -> str:
    """Who is at the terminal, for the audit trail: the login name behind sudo too."""
    try:
        name = os.environ.get("SUDO_USER") or getpass.getuser()
    except (KeyError, OSError):  # a uid without a name
        name = str(os.getuid())
    return f"{name} (command line)"


@asynccontextmanager
async def store_of(config: Config, *, create: bool = False, read_only: bool = False) -> AsyncIterator[Store]:
    """The store of the configuration; a missing one is an error unless it may be created.

    What is `read_only` waits for nobody's lock.
    """
    home = home_of(config.store)
    if not home.is_there() and not create:
        raise StoreError(f"there is no store at {home.name} yet; it is made when the gateway first starts")
    store = await _open(config, home, read_only=read_only)
    try:
        yield store
    finally:
        await store.close()


async def open_store_of(config: Config) -> Store:
    """The store of the configuration, only to read; whoever asks closes it."""
    return await _open(config, home_of(config.store), read_only=True)


async def _open(config: Config, home: Home, *, read_only: bool) -> Store:
    with _as_owner_of(home.path) if isinstance(home, FileHome) else nullcontext():
        return await Store.open(
            home,
            clock=SystemClock(),
            instance="command",
            busy_seconds=config.store.busy_seconds,
            resubmission=timedelta(hours=config.policy.resubmission_hours),
            read_only=read_only,
        )


@contextmanager
def _as_owner_of(path: Path) -> Iterator[None]:
    """As root, make files as the store's owner would: one of root's would shut the service out.

    SQLite itself gives its journals to the database's owner.
    """
    place = path if path.exists() else path.parent
    if os.geteuid() != 0 or not place.exists() or place.stat().st_uid == 0:
        yield
        return
    migrate.migrations()  # read while root: the program itself may lie where the owner can't look
    owner = place.stat()
    os.setegid(owner.st_gid)
    os.seteuid(owner.st_uid)
    try:
        yield
    finally:
        os.seteuid(0)
        os.setegid(0)


def hostname(config: Config) -> str:
    """The name under which the gateway speaks to relays."""
    return config.smtp.hostname or socket.gethostname()


def local(at: datetime | None) -> str:
    """A time for people, in the zone of this machine."""
    return at.astimezone().strftime("%Y-%m-%d %H:%M") if at else "-"

"""The watched folder: complete files of order data are imported, and put aside with a report beside them.

A file is taken under a lock of the operating system, so of several processes or nodes one imports it, and
none has to be cleaned up after: the lock goes with the process, and the file stays where it is.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gatepost import events
from gatepost.config.schema import Orders as Settings
from gatepost.daemon.housekeeping import Trust
from gatepost.daemon.importing import FileChanged, Imported, as_json, import_file
from gatepost.errors import FeedError, StoreError
from gatepost.ports import Clock
from gatepost.store.orders import Orders

BY = "watched folder"
DONE, FAILED = "done", "failed"
MOST_FILES = 1_000  # that are looked at in one round
_UNFINISHED = (".part", ".tmp", ".bad", ".crdownload", ".filepart")
_STAMP = "%Y%m%dT%H%M%S.%fZ"
_STAMP_LENGTH = len("20261123T090000.000000Z")

Look = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Found:
    """A file of the folder, and what is another once somebody has written to it."""

    path: Path
    look: Look


class Watch:
    """One process's eye on the folder."""

    def __init__(self, settings: Settings, orders: Orders, clock: Clock, *, keep: timedelta) -> None:
        """`keep` is how long what was put aside is kept: it holds names and addresses."""
        if settings.watch is None:
            raise ValueError("there is no folder to watch")
        self._folder, self._settings = settings.watch, settings
        self._orders, self._clock, self._keep = orders, clock, keep
        self._seen: dict[str, Look] = {}
        self._trust = Trust(clock.now(), asyncio.get_running_loop().time())
        self._stuck: dict[str, Look] = {}  # imported, and could not be moved away

    async def run(self) -> None:
        """Look every few seconds until cancelled; whatever fails only delays it."""
        while True:
            await asyncio.sleep(self._settings.watch_seconds)
            try:
                await self.look()
            except (StoreError, OSError) as error:
                events.round_failed(error)
            except Exception as error:  # a file that nobody foresaw must not end the looking
                events.task_failed("watched folder", error)

    async def look(self) -> int:
        """Import what has not changed since the last look; how many files were put aside."""
        found = await asyncio.to_thread(self._complete)
        aside = 0
        for one in found:
            aside += await self._take(one)
        if self._trust.in_clock(self._clock.now(), asyncio.get_running_loop().time()):
            await asyncio.to_thread(self._forget_old)
        return aside

    def _complete(self) -> list[_Found]:
        for name in (DONE, FAILED):
            (self._folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        found = list(_files(self._folder))
        same = [one for one in found if self._seen.get(one.path.name) == one.look]
        self._seen = {one.path.name: one.look for one in found}
        self._stuck = {name: look for name, look in self._stuck.items() if self._seen.get(name) == look}
        return [one for one in same if self._stuck.get(one.path.name) != one.look]

    async def _take(self, one: _Found) -> bool:
        """Import one file and put it aside; False when it is another's, or stays for the next look."""
        with _locked(one) as ours:
            if not ours:
                return False
            try:
                if one.look[0] > self._settings.file_bytes:
                    raise FeedError(f"larger than {self._settings.file_bytes} bytes (orders.file_bytes)")
                async with asyncio.timeout(self._settings.import_seconds):
                    done = await import_file(self._orders, one.path, by=BY)
            except FileChanged:
                return False
            except TimeoutError:
                words = f"took longer than {self._settings.import_seconds:g} s (orders.import_seconds)"
                return await self._put_aside(one, FAILED, {"file": one.path.name, "error": words})
            except FeedError as error:
                words = str(error).replace(str(one.path), one.path.name)
                return await self._put_aside(one, FAILED, {"file": one.path.name, "error": words})
            self._orders.forget()
            events.orders_imported(one.path.name, done.kind.value, rows=done.rows, bad=done.bad)
            return await self._put_aside(one, DONE, _report(one, done), bad=done.aside)

    async def _put_aside(
        self, one: _Found, where: str, report: dict[str, Any], *, bad: Path | None = None
    ) -> bool:
        if where == FAILED:
            events.orders_refused(one.path.name, str(report["error"]))
            bad = one.path.with_name(f"{one.path.name}.bad")
        try:
            await asyncio.to_thread(_move, one.path, self._place(where, one.path.name), report, bad)
        except OSError as error:
            self._stuck[one.path.name] = one.look
            events.orders_refused(one.path.name, f"can't be moved to {where}: {error.strerror}")
            return False
        return True

    def _place(self, where: str, name: str) -> Path:
        return self._folder / where / f"{self._clock.now().strftime(_STAMP)}-{name}"

    def _forget_old(self) -> None:
        """Delete what was put aside and has had its time; nothing that others put there."""
        before = self._clock.now() - self._keep
        for where in (DONE, FAILED):
            for path in (self._folder / where).iterdir():
                put = _stamp_of(path.name)
                if put is not None and put < before:
                    path.unlink(missing_ok=True)


def _files(folder: Path) -> Iterator[_Found]:
    """Plain files that nobody says are unfinished, the first MOST_FILES by name."""
    names = sorted(entry.name for entry in os.scandir(folder) if entry.is_file(follow_symlinks=False))
    fitting = [name for name in names if not name.startswith(".") and not name.lower().endswith(_UNFINISHED)]
    for name in fitting[:MOST_FILES]:
        try:
            found = (folder / name).lstat()
        except FileNotFoundError:
            continue
        if stat.S_ISREG(found.st_mode) and found.st_size:
            yield _Found(folder / name, (found.st_size, found.st_mtime_ns, found.st_ino))


@contextmanager
def _locked(one: _Found) -> Iterator[bool]:
    """Whether the file is ours for as long: nobody else's, and still the one that was found."""
    try:
        handle = os.open(one.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        if not isinstance(error, FileNotFoundError):
            events.orders_refused(one.path.name, f"can't be read: {error.strerror}")
        yield False
        return
    try:
        yield _is_ours(handle, one.path)
    finally:
        os.close(handle)


def _is_ours(handle: int, path: Path) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.fstat(handle).st_ino == path.lstat().st_ino  # else it was put aside in between
    except OSError:
        return False


def _report(one: _Found, done: Imported) -> dict[str, Any]:
    faults = [{"line": fault.number, "why": fault.why} for fault in done.faults]
    return {**as_json(done), "file": one.path.name, "aside": bool(done.aside), "faults": faults}


def _move(path: Path, place: Path, report: dict[str, Any], bad: Path | None) -> None:
    """The report first: a file that was put aside always has one."""
    beside = place.with_name(f"{place.name}.report.json")
    beside.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    if bad is not None and bad.is_file():
        bad.replace(place.with_name(f"{place.name}.bad"))
    path.replace(place)


def was_put_aside(name: str) -> bool:
    """Whether a file of that name in done/ or failed/ was put there by us."""
    return _stamp_of(name) is not None


def _stamp_of(name: str) -> datetime | None:
    try:
        return datetime.strptime(name[:_STAMP_LENGTH], _STAMP).replace(tzinfo=UTC)
    except ValueError:
        return None

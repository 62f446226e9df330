"""Which processes are alive: each holds a lock on a file of its own, which the kernel frees when it dies.

Exact on one machine: no time-out can take a message from a slow process, and no process number that is
used again can hide a dead one. Names are never used twice.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import weakref
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from gatepost.store.engine import Tx
from gatepost.store.sqlite import faults


class Owners(Protocol):
    """Who may own messages in flight."""

    me: str

    def living(self, tx: Tx, owners: Collection[str]) -> Collection[str]:
        """Which of these are alive, or may be; the others are dead for certain."""

    def fence(self, tx: Tx) -> None:
        """Raise StateError when this process itself counts as dead; hold off whoever would bury it now."""

    def leave(self) -> None:
        """Stop being an owner: what is still in flight in this name may be taken over."""

    def die(self) -> None:
        """Be gone as after a kill: for tests of what comes then."""


class Nobody:
    """For a store that is only read: it owns nothing and recovers nothing."""

    me = ""

    def living(self, tx: Tx, owners: Collection[str]) -> Collection[str]:
        """Every other owner counts as alive."""
        return [owner for owner in owners if owner]

    def fence(self, tx: Tx) -> None:
        """Nobody is never dead."""

    def leave(self) -> None:
        """Nothing to leave."""

    def die(self) -> None:
        """Nothing to let go of."""


_held: weakref.WeakSet[LockedOwners] = weakref.WeakSet()


class LockedOwners:
    """Owners by locked files in one folder beside the database."""

    def __init__(self, folder: Path, name: str) -> None:
        """Become an owner. Raises StoreError when the folder can't be written."""
        self._folder = folder
        with faults():
            folder.mkdir(mode=0o700, exist_ok=True)
            self.me, self._descriptor = self._register(name)
        _held.add(self)

    def _register(self, name: str) -> tuple[str, int]:
        while True:
            me = f"{name}-{os.getpid()}-{secrets.token_hex(8)}"
            path = self._folder / me
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
            # A sweep may have come between: then the lock is another's, or the file is gone.
            if _lock(descriptor) and _same(path, descriptor):
                return me, descriptor
            os.close(descriptor)

    def living(self, tx: Tx, owners: Collection[str]) -> Collection[str]:
        """Those whose process still runs."""
        return [owner for owner in owners if self.alive(owner)]

    def fence(self, tx: Tx) -> None:
        """A process that runs holds its lock."""

    def alive(self, owner: str) -> bool:
        """Whether the process behind `owner` still runs; a file that can't be read counts as alive."""
        if owner == self.me:
            return self._descriptor >= 0
        try:
            descriptor = os.open(self._folder / Path(owner).name, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        except OSError:
            return True  # better a row that waits than one that is taken from a living process
        try:
            return not _lock(descriptor)
        finally:
            os.close(descriptor)

    def sweep(self) -> None:
        """Remove the files of the dead, once nothing of theirs is left in the database."""
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if path.name != self.me and not self.alive(path.name):
                    path.unlink(missing_ok=True)

    def leave(self) -> None:
        """Stop being an owner: what is still in flight in this name may be taken over."""
        if self._descriptor >= 0:
            with contextlib.suppress(OSError):
                (self._folder / self.me).unlink()
            self.die()

    def die(self) -> None:
        """Let go of the lock as a kill would, the file left behind."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def _lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _same(path: Path, descriptor: int) -> bool:
    try:
        return os.stat(path).st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False


def _let_go_in_child() -> None:
    # A forked child shares the lock: while it lived, its dead parent would seem alive.
    for owners in list(_held):
        owners.die()


os.register_at_fork(after_in_child=_let_go_in_child)

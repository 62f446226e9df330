"""A store that is locked, gone or full, and a clock that jumps, under load: the invariants hold.

Run as `python -m kit.troubles FOLDER SEED COUNT STEP …`; prints the totals and, as JSON, what is broken.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from kit.campaign import Campaign, Totals

DAY = 86_400
JUMPS = {
    "clock two days on": 2 * DAY,
    "clock two days back": -2 * DAY,
    "clock in 2038": 12 * 365 * DAY,
    "clock an hour back": -3_600,
    "clock right": 0,
}
LOCKS = ("locked", "locked and killed", "long reader")
GONE = ("file gone", "file gone and killed")
FULL = ("disk full", "disk full and killed")
TROUBLES = (*LOCKS, *GONE, *FULL)
MOST_DISK_BYTES = 100_000_000


class Troubled(Campaign):
    """A campaign of troubles; `count` of them, in turn the steps named."""

    def __init__(self, folder: Path, *, count: int, seed: int, steps: tuple[str, ...]) -> None:
        super().__init__(folder, kills=count, seed=seed, steps=steps)
        self.clock = folder / "clock"
        self.clock.write_text("0")
        self.store = folder / "gatepost.db"
        self.fault = f"clock={self.clock}"

    def _configure(self) -> None:
        super()._configure()
        self._settings["store"] = {"path": str(self.store), "busy_seconds": 0.4}
        # A clock that is years off must not make anything too old: what is deleted on purpose is not lost.
        self._settings["retention"] = {"held_days": 36_500}
        self._settings["delivery"] = {
            "retry_seconds": [1],
            "round_seconds": 0.2,
            "give_up_hours": 400_000,
        }
        limits = {"connections_per_minute": 1_000_000, "message_bytes": 200_000, "free_disk_bytes": 0}
        self._settings["smtp"]["limits"] = limits  # type: ignore[index] # our own dict

    async def _strike(self, step: str) -> None:
        if step in JUMPS:
            self.clock.with_suffix(".new").write_text(str(JUMPS[step]))
            self.clock.with_suffix(".new").rename(self.clock)  # never half written
            await self._while(0.3)
            return
        if step not in TROUBLES:
            await super()._strike(step)
            return
        with self._trouble(step):
            await self._while(self.random.choice((0.05, 0.2, 0.6, 1.5)))
            if step.endswith("killed"):
                self._kill()
        if step.endswith("killed"):
            await self._start()
        await self._while(0.2)

    async def _while(self, seconds: float) -> None:
        """Let the clients go on."""
        await asyncio.sleep(seconds)

    @contextlib.contextmanager
    def _trouble(self, step: str) -> Iterator[None]:
        match step:
            case "locked" | "locked and killed":
                with self._outside("BEGIN IMMEDIATE"):
                    yield
            case "long reader":
                with self._outside("BEGIN; SELECT count(*) FROM messages"):
                    yield
            case "file gone" | "file gone and killed":
                with self._gone():
                    yield
            case "disk full" | "disk full and killed":
                with self._full():
                    yield
            case _:
                raise ValueError(step)

    @contextlib.contextmanager
    def _outside(self, sql: str) -> Iterator[None]:
        """Another program holds a lock on the database."""
        with contextlib.closing(sqlite3.connect(self.store, isolation_level=None, timeout=30)) as other:
            for statement in sql.split(";"):
                other.execute(statement).fetchall()
            yield
            other.execute("ROLLBACK")

    @contextlib.contextmanager
    def _gone(self) -> Iterator[None]:
        """The file is moved away, and comes back."""
        away = self.store.with_name("away.db")
        self.store.rename(away)
        try:
            yield
        finally:
            away.rename(self.store)

    @contextlib.contextmanager
    def _full(self) -> Iterator[None]:
        """Somebody else takes every octet of the disk, which must be one made for that."""
        status = os.statvfs(self.folder)
        if status.f_blocks * status.f_frsize > MOST_DISK_BYTES:
            raise RuntimeError(f"{self.folder} lies on a disk that others use")
        filler = self.folder / "filler"
        try:
            with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
                while True:
                    file.write(bytes(65_536))
            yield
        finally:
            filler.unlink()


async def run(folder: Path, *, count: int, seed: int, steps: tuple[str, ...]) -> Totals:
    """One campaign."""
    return await Troubled(folder, count=count, seed=seed, steps=steps).run()


def line_of(totals: Totals, *, seed: int) -> str:
    """One line for the log."""
    return totals.line(seed).replace("campaign", "troubles", 1)


def main() -> None:
    """Run as a program: in a mount namespace of its own, for a disk of its own."""
    folder, seed, count, *steps = sys.argv[1:]
    totals = asyncio.run(run(Path(folder), count=int(count), seed=int(seed), steps=tuple(steps)))
    print(line_of(totals, seed=int(seed)))
    told = {"broken": totals.broken(), "acknowledged": totals.acknowledged, "put_off": totals.put_off}
    print(json.dumps(told))


if __name__ == "__main__":
    main()

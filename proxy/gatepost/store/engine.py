"""What the store asks of a database, so that the same jobs run on more than one.

SQL is written once, with `:name` parameters, in the words that SQLite (3.35 or later) and PostgreSQL
share: upserts, RETURNING, partial indexes. Times are BIGINT microseconds since 1970 UTC, JSON is TEXT,
booleans are 0 and 1, bytes are BYTEA (a name that SQLite takes for "as it is"). What stands in
`/*! … */` is a comment for SQLite and read by PostgreSQL: row locks, which one writer has no need of.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any, Protocol

from gatepost.errors import StoreError

Value = str | int | bytes | None
Params = Mapping[str, Value]
NO_PARAMS: Params = {}


class Row(Protocol):
    """One row of a result, by column name."""

    def __getitem__(self, key: str, /) -> Any:  # the driver's own value: str, int, bytes or None
        """The value of the column `key`."""


class Tx(Protocol):
    """The transaction that a job runs in. A job does nothing but use it, since it may be run again."""

    def execute(self, sql: str, params: Params = NO_PARAMS) -> Sequence[Row]:
        """Run one statement and return its rows."""

    def change(self, sql: str, params: Params = NO_PARAMS) -> int:
        """Run one statement and return how many rows it changed."""

    def alone(self, part: str) -> None:
        """Wait until no other transaction is in that part of the work; hold the others off until the end."""


class Fault(Enum):
    """Why a database refused, in words that an operator reads."""

    LOCKED = "the database is locked by another program"
    FULL = "the disk is full"
    READ_ONLY = "the database is read-only"
    DAMAGED = "the database is damaged"
    MISSING = "the database is gone"
    DISK = "the disk failed"
    BUSY = "too much is waiting to be written"
    CLOSED = "the store is closed"
    SLOW = "the query took too long"
    STUCK = "the disk did not answer in time"
    AWAY = "the database can't be reached"
    CONFLICT = "another gateway changes the same rows"
    DOUBT = "the connection ended while the database committed"
    OTHER = "the database refused"


class EngineError(StoreError):
    """The database refused. `fault` says why; the text may say more, but holds no mail."""

    def __init__(self, fault: Fault, more: str = "") -> None:
        super().__init__(f"{fault.value}: {more}" if more else fault.value)
        self.fault = fault


class Engine(Protocol):
    """One connection that writes. Used by one thread at a time; raises EngineError only."""

    def begin(self) -> Tx:
        """Start a write transaction. Raises EngineError(LOCKED) at once when another program writes.

        EngineError(AWAY) when a server can't be reached: that, too, may be over in a moment.
        """

    def commit(self) -> None:
        """Make the transaction durable: it survives loss of power when this returns.

        Raises EngineError(DOUBT) when nobody can tell whether it is; with any other nothing of it is kept.
        """

    def rollback(self) -> None:
        """Undo the transaction; without one, nothing."""

    def set_point(self) -> None:
        """Start a part of the transaction that can be undone alone."""

    def keep_point(self) -> None:
        """Keep the part."""

    def undo_point(self) -> bool:
        """Undo the part; False when the database has already undone the whole transaction."""

    def give_way(self) -> bool:
        """Free what is set aside for clean-up on a full disk; False when nothing is left of it."""

    def reopen(self) -> None:
        """Start over with a new connection after a fault that can leave the old one unsound."""

    def close(self) -> None:
        """Close the connection."""


class Reader(Protocol):
    """One connection that only reads. Used by one thread at a time; raises EngineError only."""

    def begin(self, seconds: float) -> Tx:
        """Start to read one state of the database; no statement runs on past `seconds` from now."""

    def end(self) -> None:
        """Done with reading, however it ended."""

    def close(self) -> None:
        """Close the connection."""

"""SQLite behind the store: one file in WAL mode, every commit synced to the disk before it counts."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from gatepost.errors import StateError, StoreError
from gatepost.store.engine import NO_PARAMS, EngineError, Fault, Params, Row, Tx

RESERVE_BYTES = 16 * 1024 * 1024
"""Set aside beside the database, so that clean-up can still write on a full disk (DELETE needs space too)."""

_MARK = 0x47415445  # PRAGMA application_id: this file is ours
_WAL_PAGES = 4_000  # about 16 MB of log between two checkpoints
_WAL_BYTES = 64 * 1024 * 1024  # what a log that grew behind a long reader is cut back to
_STATEMENTS = 256  # prepared statements kept a connection

_FAULTS = {
    sqlite3.SQLITE_BUSY: Fault.LOCKED,
    sqlite3.SQLITE_LOCKED: Fault.LOCKED,
    sqlite3.SQLITE_FULL: Fault.FULL,
    sqlite3.SQLITE_READONLY: Fault.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: Fault.DAMAGED,
    sqlite3.SQLITE_NOTADB: Fault.DAMAGED,
    sqlite3.SQLITE_IOERR: Fault.DISK,
    sqlite3.SQLITE_CANTOPEN: Fault.DISK,
    sqlite3.SQLITE_INTERRUPT: Fault.SLOW,
}


_NO_VALUE = (UnicodeEncodeError, OverflowError)  # half a surrogate pair; a number beyond 64 bits


def fault_of(error: sqlite3.Error) -> EngineError:
    """What the store says for an error of the library."""
    fault = _fault_in(error)
    return EngineError(Fault.OTHER, str(error)) if fault is None else EngineError(fault)


def _fault_in(error: sqlite3.Error) -> Fault | None:
    code = getattr(error, "sqlite_errorcode", 0)
    return _FAULTS.get(code & 0xFF)  # the low octet is the kind, the rest its cause


def _error_of_job(error: Exception) -> StoreError:
    """A fault of the database, or else the job's own: that must not cost the others of its batch."""
    if not isinstance(error, sqlite3.Error):
        return StoreError("that is not a value that the database takes")
    if _fault_in(error) is not None:
        return fault_of(error)
    if isinstance(error, sqlite3.IntegrityError):
        return StateError(f"that is there already: {error}")
    return StoreError(str(error))


@contextlib.contextmanager
def faults() -> Iterator[None]:
    """Turn the library's errors, and the file system's, into EngineError."""
    try:
        yield
    except sqlite3.Error as error:
        raise fault_of(error) from error
    except OSError as error:
        raise EngineError(Fault.DISK, os.strerror(error.errno or 0)) from error


class SqliteTx:
    """A transaction on one connection."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, params: Params = NO_PARAMS) -> Sequence[Row]:
        """Run one statement and return its rows."""
        try:
            return self._connection.execute(sql, params).fetchall()
        except (sqlite3.Error, *_NO_VALUE) as error:
            raise _error_of_job(error) from error

    def change(self, sql: str, params: Params = NO_PARAMS) -> int:
        """Run one statement and return how many rows it changed."""
        try:
            return self._connection.execute(sql, params).rowcount
        except (sqlite3.Error, *_NO_VALUE) as error:
            raise _error_of_job(error) from error

    def alone(self, part: str) -> None:
        """Nothing to wait for: one transaction writes at a time."""


class SqliteReader:
    """A connection that only reads."""

    def __init__(self, path: Path) -> None:
        self._connection = connect(path, read_only=True)
        self._tx = SqliteTx(self._connection)

    def begin(self, seconds: float) -> Tx:
        """Start to read one state of the database, at most so long."""
        with_deadline(self._connection, seconds)
        with faults():
            self._connection.execute("BEGIN")
        return self._tx

    def end(self) -> None:
        """Done with reading."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.rollback()

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()


def reserve_of(path: Path) -> Path:
    """Where the reserve of the database at `path` lies. It also says that there was a database."""
    return path.with_name(path.name + ".reserve")


def connect(path: Path, *, read_only: bool = False, busy_seconds: float = 1.0) -> sqlite3.Connection:
    """Open a connection as the store wants it; waits for a lock only while it does so. Raises EngineError."""
    with faults():
        mode = "ro" if read_only else "rw"
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            timeout=busy_seconds,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=_STATEMENTS,
        )
        try:
            connection.row_factory = sqlite3.Row
            connection.execute("PRAGMA foreign_keys = OFF")
            connection.execute("PRAGMA secure_delete = ON")  # what is deleted is gone from the file too
            connection.execute("PRAGMA synchronous = FULL")  # NORMAL loses the last commits with the power
            connection.execute(f"PRAGMA wal_autocheckpoint = {_WAL_PAGES}")
            connection.execute(f"PRAGMA journal_size_limit = {_WAL_BYTES}")
            connection.execute("PRAGMA cache_size = -16000")  # KiB
            if read_only:
                connection.execute("PRAGMA query_only = ON")
            # From here on waiting is the writer's business: it knows the deadlines.
            connection.execute("PRAGMA busy_timeout = 0")
        except BaseException:
            connection.close()
            raise
    return connection


def with_deadline(connection: sqlite3.Connection, seconds: float) -> None:
    """Let no statement on `connection` run on past `seconds` from now: a long reader makes the log grow."""
    until = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > until, 50_000)


def prepare_file(path: Path, *, busy_seconds: float) -> None:
    """Make sure that a sound database of ours lies at `path`; make an empty one where there never was one.

    Raises EngineError, and leaves the file as it is, when it is gone, damaged, another program's or locked.
    """
    there_was_one = reserve_of(path).exists()  # looked for first: another process may be making both
    if there_was_one and (not path.exists() or path.stat().st_size == 0):
        raise EngineError(
            Fault.MISSING,
            f"{path} should be there; bring back a backup, or remove {reserve_of(path)} to start anew",
        )
    with faults():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        _sync_folder(path.parent)
    connection = connect(path, busy_seconds=busy_seconds)
    try:
        patiently(lambda: _claim_file(connection), busy_seconds)
    finally:
        connection.close()


def _claim_file(connection: sqlite3.Connection) -> None:
    with faults():
        mark = connection.execute("PRAGMA application_id").fetchone()[0]
        tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if mark != _MARK and tables:
            raise EngineError(Fault.OTHER, "this is another program's database")
        connection.execute("PRAGMA journal_mode = WAL")
        if mark != _MARK:
            connection.execute(f"PRAGMA application_id = {_MARK}")


def patiently(attempt: Callable[[], None], seconds: float) -> None:
    """Make an attempt until it no longer fails for a lock, at most `seconds`."""
    until = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except EngineError as error:
            if error.fault is not Fault.LOCKED or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class SqliteEngine:
    """The connection that writes, and the reserve."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection = connect(path)
        self._tx = SqliteTx(self._connection)
        self._file = os.stat(path).st_ino

    def begin(self) -> Tx:
        """Start a write transaction; IMMEDIATE, since a later upgrade fails without waiting."""
        try:
            if os.stat(self._path).st_ino != self._file:
                raise EngineError(Fault.MISSING, "another file lies in its place")
        except FileNotFoundError as error:  # writing on would fill a file that nobody can open again
            raise EngineError(Fault.MISSING) from error
        except OSError as error:
            raise EngineError(Fault.DISK, os.strerror(error.errno or 0)) from error
        self._run("BEGIN IMMEDIATE")
        return self._tx

    def commit(self) -> None:
        """Commit; with WAL and synchronous=FULL the log is synced before this returns."""
        self._run("COMMIT")

    def rollback(self) -> None:
        """Undo the transaction; without one, nothing."""
        if self._connection.in_transaction:
            self._run("ROLLBACK")

    def set_point(self) -> None:
        """Start a part of the transaction that can be undone alone."""
        self._run("SAVEPOINT job")

    def keep_point(self) -> None:
        """Keep the part."""
        self._run("RELEASE job")

    def undo_point(self) -> bool:
        """Undo the part; False when SQLite has rolled everything back by itself (full, I/O error)."""
        if not self._connection.in_transaction:
            return False
        self._run("ROLLBACK TO job")
        self._run("RELEASE job")
        return True

    def _run(self, sql: str) -> None:
        try:
            self._connection.execute(sql)
        except sqlite3.Error as error:
            raise fault_of(error) from error

    def give_way(self) -> bool:
        """Cut the reserve to nothing; False when that was done before."""
        reserve = reserve_of(self._path)
        with faults():
            if not reserve.exists() or reserve.stat().st_size == 0:
                return False
            os.truncate(reserve, 0)
        return True

    def reopen(self) -> None:
        """Start over with a new connection: after a failed sync the old one's cache proves nothing."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()
        self._connection = connect(self._path)
        self._tx = SqliteTx(self._connection)

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(sqlite3.Error):
            self._connection.close()


def fill_reserve(path: Path) -> None:
    """Set the reserve aside (again) where half as much more is free; mark that there is a database."""
    with contextlib.suppress(OSError):  # without a reserve the store still works, until the disk is full
        descriptor = os.open(reserve_of(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            short = os.fstat(descriptor).st_size < RESERVE_BYTES
            if short and free_bytes(path) >= RESERVE_BYTES * 3 // 2:
                os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
        finally:
            os.close(descriptor)


def free_bytes(path: Path) -> int:
    """How much the disk under `path` still takes from an ordinary user."""
    with faults():
        status = os.statvfs(path.parent)
    return status.f_bavail * status.f_frsize

"""PostgreSQL behind the store: one connection that writes, a few that read, every call with a deadline.

A commit whose answer is lost is asked for on a new connection: the server knows what became of it.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Sequence
from typing import Any, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow

from gatepost.errors import StateError, StoreError
from gatepost.store.dialect import for_postgres
from gatepost.store.engine import NO_PARAMS, EngineError, Fault, Params, Row, Tx

T = TypeVar("T")

_BY_CODE = {
    "25006": Fault.READ_ONLY,  # a standby, or a server that was one
    "25P03": Fault.AWAY,  # idle for too long within a transaction: the connection is gone
    "40001": Fault.CONFLICT,
    "40P01": Fault.CONFLICT,  # a deadlock
    "42P01": Fault.MISSING,  # our tables are not there (any more)
    "53100": Fault.FULL,
    "53300": Fault.AWAY,  # no more connections
    "55P03": Fault.CONFLICT,  # the lock was not had in time
    "57014": Fault.SLOW,
    "58030": Fault.DISK,
    "XX001": Fault.DAMAGED,
    "XX002": Fault.DAMAGED,
    "0A000": Fault.AWAY,  # see _OLD_PLAN
}
_BY_CLASS = {"08": Fault.AWAY, "28": Fault.AWAY, "57": Fault.AWAY, "53": Fault.OTHER, "XX": Fault.OTHER}
_OLD_PLAN = "0A000"  # a table has changed under a prepared statement: over with a new connection
_LEAST_WAIT = 0.02  # seconds between two looks at what became of a commit; doubled up to the most
_MOST_WAIT = 0.5


def fault_of(error: psycopg.Error) -> EngineError:
    """What the store says for an error of the server or of the way to it. Never holds a row's values."""
    code = error.sqlstate or ""
    fault = _fault_in(error) or Fault.OTHER
    if not code:  # the library's own words; they may name the server, never a password
        return EngineError(fault, str(error).strip().partition("\n")[0])
    return EngineError(fault, f"{error.diag.message_primary or code}".partition("\n")[0])


def _fault_in(error: psycopg.Error) -> Fault | None:
    code = error.sqlstate or ""
    if not code and isinstance(error, psycopg.OperationalError | psycopg.InterfaceError):
        return Fault.AWAY
    return _BY_CODE.get(code) or _BY_CLASS.get(code[:2])


def _error_of_job(error: Exception) -> StoreError:
    """A fault of the database, or else the job's own: that must not cost the others of its batch."""
    if not isinstance(error, psycopg.Error) or (isinstance(error, psycopg.DataError)):
        return StoreError("that is not a value that the database takes")
    if _fault_in(error) is not None:
        return fault_of(error)
    if isinstance(error, psycopg.IntegrityError):
        return StateError(f"that is there already: {error.diag.constraint_name}")
    return StoreError(error.diag.message_primary or type(error).__name__)


class Link(psycopg.Connection[DictRow]):
    """A connection on which nothing is waited for beyond `until`."""

    until = float("inf")
    timeline = ""  # of the server's history: another one after a failover

    def wait(self, gen: Generator[Any, Any, T], *args: Any, **kwargs: Any) -> T:
        """As psycopg's own, and gives up at the deadline: a server that stands still says nothing."""
        return super().wait(_limited(gen, self.until), *args, **kwargs)


def _limited(gen: Generator[Any, Any, T], until: float) -> Generator[Any, Any, T]:
    try:
        wants = next(gen)
        while True:
            ready = yield wants
            if not ready and time.monotonic() > until:
                raise psycopg.OperationalError("the server did not answer in time")
            wants = gen.send(ready)
    except StopIteration as end:
        result: T = end.value
        return result


class PostgresTx:
    """A transaction on one connection. What only marks a part of it is sent along with the next statement."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self.marks: list[str] = []

    def execute(self, sql: str, params: Params = NO_PARAMS) -> Sequence[Row]:
        """Run one statement and return its rows."""
        cursor = self._run(sql, params)
        return cursor.fetchall() if cursor.description else ()

    def change(self, sql: str, params: Params = NO_PARAMS) -> int:
        """Run one statement and return how many rows it changed."""
        return self._run(sql, params).rowcount

    def alone(self, part: str) -> None:
        """Take the lock of that part until the end of the transaction."""
        self.execute("SELECT pg_advisory_xact_lock(hashtext(:part))", {"part": f"gatepost {part}"})

    def _run(self, sql: str, params: Params) -> psycopg.Cursor[DictRow]:
        try:
            if not self.marks:
                return self.link.execute(for_postgres(sql).encode(), params, binary=True)
            with self.link.pipeline():  # one journey for all of it
                self.send_marks()
                cursor = self.link.execute(for_postgres(sql).encode(), params, binary=True)
        except (psycopg.Error, UnicodeEncodeError, OverflowError) as error:
            if getattr(error, "sqlstate", None) == _OLD_PLAN:
                self.link.close()
            raise _error_of_job(error) from error
        return cursor

    def send_marks(self) -> None:
        """Send what was put off."""
        marks, self.marks = self.marks, []
        for mark in marks:
            self.link.execute(mark.encode())


class PostgresEngine:
    """The connection that writes. `dial` makes a new one; `seconds` is for a transaction up to its commit."""

    def __init__(self, dial: Callable[[], Link], *, seconds: float) -> None:
        self._dial, self._seconds = dial, seconds
        self._tx = PostgresTx(dial())
        self._id = ""

    def begin(self) -> Tx:
        """Start a transaction, on a new connection where the old one has ended meanwhile."""
        try:
            return self._begin()
        except EngineError as error:
            if error.fault not in (Fault.AWAY, Fault.READ_ONLY):
                raise
        self.reopen()  # the server that takes writes may be another one by now
        return self._begin()

    def _begin(self) -> Tx:
        link = self._tx.link
        link.until = time.monotonic() + self._seconds
        self._tx.marks.clear()
        try:
            with link.pipeline():
                link.execute(b"BEGIN")
                told = link.execute(b"SELECT pg_current_xact_id()::text AS id")
            self._id = str(told.fetchall()[0]["id"])
        except psycopg.Error as error:
            with contextlib.suppress(psycopg.Error):
                link.rollback()
            raise fault_of(error) from error
        return self._tx

    def commit(self) -> None:
        """Commit; when its answer is lost, find out on a new connection what became of it.

        With synchronous_commit on (see `home`) it is on the server's disk when this returns.
        """
        link = self._tx.link
        self._tx.marks.clear()  # to end a part is the commit's business too
        link.until = time.monotonic() + self._seconds
        try:
            said = link.execute(b"COMMIT").statusmessage
        except psycopg.Error as error:
            fault = fault_of(error)
            if fault.fault is not Fault.AWAY:
                raise fault from error
        else:
            if said != "COMMIT":  # the server says ROLLBACK, and no error, for one that had failed
                raise EngineError(Fault.OTHER, "the transaction was rolled back")
            return
        self._find_out(link)

    def _find_out(self, lost: Link) -> None:
        """Return when the transaction is committed; raise AWAY when it is not, DOUBT when nobody knows."""
        until, wait = time.monotonic() + self._seconds, _LEAST_WAIT
        while time.monotonic() < until:
            match self._what_became(lost):
                case "committed":
                    return
                case "aborted":
                    raise EngineError(Fault.AWAY)
                case "unknown":
                    break
                case _:
                    time.sleep(wait)
            wait = min(wait * 2, _MOST_WAIT)
        raise EngineError(Fault.DOUBT)

    def _what_became(self, lost: Link) -> str:
        """What a new connection says: committed, aborted, unknown; "in progress" or "" to ask again."""
        try:
            self.reopen()
            link = self._tx.link
            if not lost.timeline or link.timeline != lost.timeline:
                return "unknown"  # after a failover the number may be another transaction's
            rows = link.execute("SELECT pg_xact_status(%s::xid8) AS status", (self._id,)).fetchall()
        except (EngineError, psycopg.Error):
            return ""
        return rows[0]["status"] or "unknown"

    def rollback(self) -> None:
        """Undo the transaction; without one, nothing."""
        self._tx.marks.clear()
        if self._tx.link.info.transaction_status is not TransactionStatus.IDLE:
            self._control("ROLLBACK")

    def set_point(self) -> None:
        """Start a part of the transaction that can be undone alone."""
        self._tx.marks.append("SAVEPOINT job")

    def keep_point(self) -> None:
        """Keep the part."""
        if self._tx.marks[-1:] == ["SAVEPOINT job"]:  # nothing was done in it
            self._tx.marks.pop()
        else:
            self._tx.marks.append("RELEASE job")

    def undo_point(self) -> bool:
        """Undo the part; False when there is no transaction any more."""
        if self._tx.marks[-1:] == ["SAVEPOINT job"]:
            self._tx.marks.pop()
            return True
        status = self._tx.link.info.transaction_status
        if status not in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            return False
        self._control("ROLLBACK TO job")
        self._tx.marks.append("RELEASE job")
        return True

    def _control(self, sql: str) -> None:
        try:
            self._tx.link.execute(sql.encode())
        except psycopg.Error as error:
            raise fault_of(error) from error

    def give_way(self) -> bool:
        """The server's disk is not ours to set aside."""
        return False

    def reopen(self) -> None:
        """Start over with a new connection."""
        with contextlib.suppress(psycopg.Error):
            self._tx.link.close()
        self._tx = PostgresTx(self._dial())

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(psycopg.Error):
            self._tx.link.close()


class PostgresReader:
    """A connection that only reads."""

    def __init__(self, dial: Callable[[], Link]) -> None:
        self._dial = dial
        self._tx = PostgresTx(dial())

    def begin(self, seconds: float) -> Tx:
        """Start to read one state of the database, on a new connection where the old one has ended."""
        try:
            return self._begin(seconds)
        except EngineError as error:
            if error.fault is not Fault.AWAY:
                raise
        self.close()
        self._tx = PostgresTx(self._dial())
        return self._begin(seconds)

    def _begin(self, seconds: float) -> Tx:
        link = self._tx.link
        link.until = time.monotonic() + seconds + 1  # the server's own limit comes first
        self._tx.marks[:] = [f"SET LOCAL statement_timeout = {max(1, round(seconds * 1000))}"]
        try:
            with link.pipeline():
                link.execute(b"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                self._tx.send_marks()
        except psycopg.Error as error:
            raise fault_of(error) from error
        return self._tx

    def end(self) -> None:
        """Done with reading."""
        with contextlib.suppress(psycopg.Error):
            self._tx.link.rollback()

    def close(self) -> None:
        """Close the connection."""
        with contextlib.suppress(psycopg.Error):
            self._tx.link.close()

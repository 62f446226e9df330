"""The trail of what people did: rows are only added, and each is chained to the one before by its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from gatepost.ports import Clock
from gatepost.store.db import Database
from gatepost.store.engine import Params, Row, Tx
from gatepost.store.rows import dumps, micros, moment, plain

_START = "0" * 64


@dataclass(frozen=True, slots=True)
class Deed:
    """One row of the trail."""

    seq: int
    at: datetime
    by: str
    what: str  # "message.released", "user.added" …
    subject: str  # the message, order or user it was done to
    details: Mapping[str, str]
    hash: str


@dataclass(frozen=True, slots=True)
class Trail:
    """What checking the trail gave; `broken_at` is the first row that does not fit, None when all do.

    A trail cut off at its end still fits: compare `rows` and `head` with what was noted elsewhere.
    """

    rows: int
    head: str
    broken_at: int | None


def record(
    tx: Tx, *, at: int, by: str, what: str, subject: str, details: Mapping[str, str] | None = None
) -> None:
    """Add a row within the caller's transaction: the deed and its record are kept together or not at all."""
    by, subject = plain(by), plain(subject)
    tx.alone("audit")  # each row is chained to the one before: there is no place for two
    last = tx.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
    seq = last[0]["seq"] + 1 if last else 1
    words = dumps(dict(sorted((details or {}).items())))
    hash_ = _hash(last[0]["hash"] if last else _START, (seq, at, by, what, subject, words))
    tx.change(
        "INSERT INTO audit (seq, at, by_whom, what, subject, details, hash) "
        "VALUES (:seq, :at, :by_whom, :what, :subject, :details, :hash)",
        {
            "seq": seq,
            "at": at,
            "by_whom": by,
            "what": what,
            "subject": subject,
            "details": words,
            "hash": hash_,
        },
    )


def _hash(before: str, row: tuple[int, int, str, str, str, str]) -> str:
    return hashlib.sha256((before + dumps(row)).encode()).hexdigest()


def _deed_of(row: Row) -> Deed:
    return Deed(
        seq=row["seq"],
        at=moment(row["at"]),
        by=row["by_whom"],
        what=row["what"],
        subject=row["subject"],
        details=json.loads(row["details"]),
        hash=row["hash"],
    )


class Audit:
    """The trail in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def append(
        self, *, by: str, what: str, subject: str, details: Mapping[str, str] | None = None
    ) -> None:
        """Add a row of its own, for deeds outside the store; durable when it returns."""
        at = micros(self._clock.now())
        await self._db.write(lambda tx: record(tx, at=at, by=by, what=what, subject=subject, details=details))

    async def list(self, *, limit: int = 100, before: int | None = None, subject: str = "") -> Sequence[Deed]:
        """The newest rows, newest first; `before` is the `seq` that the page before ended with."""
        sql = (
            "SELECT * FROM audit WHERE (:before = 0 OR seq < :before) "
            "AND (:subject = '' OR subject = :subject) ORDER BY seq DESC LIMIT :most"
        )
        params: Params = {"before": before or 0, "subject": subject, "most": limit}
        return await self._db.read(lambda tx: [_deed_of(row) for row in tx.execute(sql, params)])

    async def verify(self) -> Trail:
        """Check every row against the one before."""
        return await self._db.read(_verify, seconds=60)


def _verify(tx: Tx) -> Trail:
    hash_, seq = _START, 0
    while True:
        rows = tx.execute("SELECT * FROM audit WHERE seq > :seq ORDER BY seq LIMIT 1000", {"seq": seq})
        if not rows:
            return Trail(seq, hash_, None)
        for row in rows:
            fields = (row["seq"], row["at"], row["by_whom"], row["what"], row["subject"], row["details"])
            hash_ = _hash(hash_, fields)
            if row["seq"] != seq + 1 or row["hash"] != hash_:
                return Trail(seq, hash_, seq + 1)
            seq += 1

"""The breaker: while it is tripped no mail of the seller's own accord goes out. A person resets it."""

from __future__ import annotations

from datetime import datetime, timedelta

from gatepost import events
from gatepost.errors import StateError
from gatepost.ports import Clock, Tripped
from gatepost.store import audit
from gatepost.store.db import Database
from gatepost.store.engine import Tx, Value
from gatepost.store.rows import micros, moment, plain

NAME = "proactive"
FRESH = timedelta(seconds=2)
"""How long a process goes by what it read: so late does it hear of what another one did."""
LONGEST_REASON = 500


class Breaker:
    """The breaker in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._known: Tripped | None = None
        self._read_at: datetime | None = None

    async def tripped(self, *, fresh: bool = False) -> Tripped | None:
        """How it is tripped, None when it is not; at most FRESH old. Raises StoreError."""
        now = self._clock.now()
        if fresh or self._read_at is None or not timedelta(0) <= now - self._read_at < FRESH:
            self._known = await self._db.read(_read)
            self._read_at = now
        return self._known

    async def trip(self, *, by: str, reason: str) -> bool:
        """Trip it; False when it was tripped already: then the first reason stays. Audited, durable."""
        at = micros(self._clock.now())
        values: dict[str, Value] = {
            "name": NAME,
            "at": at,
            "by": plain(by),
            "reason": plain(reason)[:LONGEST_REASON],
        }

        def job(tx: Tx) -> bool:
            sql = (
                "INSERT INTO breakers (name, at, by_whom, reason) VALUES (:name, :at, :by, :reason) "
                "ON CONFLICT (name) DO NOTHING"
            )
            if not tx.change(sql, values):
                return False
            details = {"reason": str(values["reason"])}
            audit.record(tx, at=at, by=by, what="breaker.tripped", subject=NAME, details=details)
            return True

        done = await self._db.write(job, urgent=True)
        self._read_at = None
        if done:
            events.breaker_tripped(by)
        return done

    async def reset(self, *, by: str, reason: str) -> None:
        """Let mail out again; audited, durable. Raises StateError without a reason, or when not tripped."""
        why = plain(reason).strip()[:LONGEST_REASON]
        if not why:
            raise StateError("say why the breaker may be reset")
        at = micros(self._clock.now())

        def job(tx: Tx) -> None:
            if not tx.change("DELETE FROM breakers WHERE name = :name", {"name": NAME}):
                raise StateError("the breaker is not tripped")
            audit.record(tx, at=at, by=by, what="breaker.reset", subject=NAME, details={"reason": why})

        await self._db.write(job)
        self._read_at = None
        events.breaker_reset(by)


def _read(tx: Tx) -> Tripped | None:
    rows = tx.execute("SELECT * FROM breakers WHERE name = :name", {"name": NAME})
    return Tripped(moment(rows[0]["at"]), rows[0]["by_whom"], rows[0]["reason"]) if rows else None

"""Exceptions that people made: what a rule lets pass, within a scope and until an end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from gatepost import events
from gatepost.errors import StateError, StoreError
from gatepost.model import Allowance, MessageId
from gatepost.ports import Clock
from gatepost.store import audit
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.rows import micros, moment, plain

FRESH = timedelta(seconds=2)
"""How long a process goes by what it read: so late does it hear of what another one wrote."""
MOST = 5_000
"""Exceptions in force at once."""


class SqlAllowances:
    """The exceptions in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._known: Sequence[Allowance] = ()
        self._read_at: datetime | None = None

    async def known(self) -> Sequence[Allowance]:
        """Those in force; at most FRESH old. A store that fails leaves those that were known."""
        now = self._clock.now()
        if self._read_at is None or not timedelta(0) <= now - self._read_at < FRESH:
            try:
                self._known = await self._in_force(now)
            except StoreError as error:
                events.task_failed("exceptions", error)
            self._read_at = now
        return [each for each in self._known if each.until > now]

    async def _in_force(self, now: datetime) -> Sequence[Allowance]:
        sql = "SELECT * FROM exceptions WHERE until > :now AND ended_at IS NULL ORDER BY at LIMIT :most"
        params: dict[str, Value] = {"now": micros(now), "most": MOST}
        return await self._db.read(lambda tx: [_allowance_of(row) for row in tx.execute(sql, params)])

    async def allow(self, allowance: Allowance) -> None:
        """Put an exception in force; durable. Raises StateError when there are too many."""
        at = micros(allowance.at)
        params: dict[str, Value] = {
            "id": allowance.id,
            "rule": allowance.rule,
            "sender": plain(allowance.sender).casefold(),
            "account": plain(allowance.account),
            "order_id": allowance.order,
            "words": plain(allowance.words),
            "reason": plain(allowance.reason),
            "message_id": allowance.message or "",
            "at": at,
            "by_whom": plain(allowance.by),
            "until": micros(allowance.until),
        }

        def job(tx: Tx) -> None:
            count = "SELECT count(*) AS n FROM exceptions WHERE until > :at AND ended_at IS NULL"
            if tx.execute(count, {"at": at})[0]["n"] >= MOST:
                raise StateError(f"there are {MOST} exceptions in force; end some of them first")
            tx.change(
                "INSERT INTO exceptions (id, rule, sender, account, order_id, words, reason, message_id, at, "
                "by_whom, until, ended_at, ended_by) VALUES (:id, :rule, :sender, :account, :order_id, "
                ":words, :reason, :message_id, :at, :by_whom, :until, NULL, '')",
                params,
            )
            details = {name: str(params[name]) for name in _TOLD if params[name]}
            details["until"] = allowance.until.isoformat()
            audit.record(
                tx, at=at, by=allowance.by, what="exception.made", subject=allowance.id, details=details
            )

        await self._db.write(job)
        self._read_at = None

    async def end(self, id: str, *, by: str) -> None:
        """End an exception before its time. Raises StateError when it is not in force."""
        at = micros(self._clock.now())

        def job(tx: Tx) -> None:
            changed = tx.change(
                "UPDATE exceptions SET ended_at = :at, ended_by = :by_whom "
                "WHERE id = :id AND ended_at IS NULL AND until > :at",
                {"id": id, "at": at, "by_whom": plain(by)},
            )
            if not changed:
                raise StateError(f"exception {id} is not in force")
            audit.record(tx, at=at, by=by, what="exception.ended", subject=id)

        await self._db.write(job)
        self._read_at = None

    async def list(self, *, limit: int = 50, after: str = "") -> Sequence[Allowance]:
        """All exceptions, the newest first, from below the one with the id `after`."""
        sql = (
            "SELECT * FROM exceptions WHERE :after = '' "
            "OR at < (SELECT at FROM exceptions WHERE id = :after) "
            "OR (at = (SELECT at FROM exceptions WHERE id = :after) AND id < :after) "
            "ORDER BY at DESC, id DESC LIMIT :most"
        )
        params: dict[str, Value] = {"after": after, "most": limit}
        return await self._db.read(lambda tx: [_allowance_of(row) for row in tx.execute(sql, params)])


_TOLD = ("rule", "sender", "account", "order_id", "words", "reason", "message_id")


def _allowance_of(row: Row) -> Allowance:
    return Allowance(
        id=row["id"],
        rule=row["rule"],
        sender=row["sender"],
        account=row["account"],
        order=row["order_id"],
        words=row["words"],
        reason=row["reason"],
        message=MessageId(row["message_id"]) if row["message_id"] else None,
        at=moment(row["at"]),
        by=row["by_whom"],
        until=moment(row["until"]),
        ended_at=None if row["ended_at"] is None else moment(row["ended_at"]),
        ended_by=row["ended_by"],
    )

"""What waits for another attempt, and what dead processes left in flight."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from gatepost.errors import StateError
from gatepost.model import Entry, Message, MessageId, MessageState
from gatepost.store import moves
from gatepost.store.db import Database, nobody_knows
from gatepost.store.engine import EngineError, Tx, Value
from gatepost.store.moves import STANDING, Change, Origin, Standing
from gatepost.store.owners import Owners
from gatepost.store.rows import entry_of, in_list, message_of, micros

_ROUND = 200  # rows that recovery settles in one transaction

# A row that was put back "later than now" saw the clock being set back: its time to wait means nothing.
_TAKE = """
WITH due AS (
  SELECT id FROM messages WHERE state = 'spooled' AND (next_attempt_at <= :now OR state_at > :ahead)
  ORDER BY next_attempt_at LIMIT :most /*! FOR UPDATE SKIP LOCKED */)
UPDATE messages SET state = 'attempting', state_at = :now, owner = :me, lease_until = :until,
  origin = 'spool', attempts = attempts + 1
WHERE state = 'spooled' AND id IN (SELECT id FROM due)
RETURNING *
"""
_SKEW = 60_000_000  # microseconds by which the clocks of two nodes may differ
_IN_FLIGHT = f"SELECT {STANDING}, lease_until FROM messages WHERE state IN ('attempting', 'sending')"  # noqa: S608 - our columns


class SqlSpool:
    """The spool in the database."""

    def __init__(self, db: Database, owners: Owners, *, lease: timedelta) -> None:
        self._db, self._owners = db, owners
        self._lease = lease // timedelta(microseconds=1)

    async def due(self, now: datetime, limit: int) -> Sequence[Message]:
        """Take up to `limit` messages whose time has come: each is ATTEMPTING and this process's alone."""
        at = micros(now)
        params: dict[str, Value] = {
            "now": at,
            "me": self._owners.me,
            "until": at + self._lease,
            "ahead": at + _SKEW,
            "most": limit,
        }
        taken: list[MessageId] = []

        def job(tx: Tx) -> Sequence[Message]:
            rows = sorted(tx.execute(_TAKE, params), key=lambda row: int(row["next_attempt_at"]))
            taken[:] = [MessageId(row["id"]) for row in rows]
            return [message_of(row, moves.raw_of(tx, row["id"])) for row in rows]

        try:
            return await self._db.write(job)
        except (asyncio.CancelledError, EngineError) as error:
            if nobody_knows(error):
                self._db.post(lambda tx: self._put_back(tx, taken, at))
            raise

    def _put_back(self, tx: Tx, ids: Sequence[MessageId], at: int) -> None:
        for id in ids:
            old = moves.standing(tx, id)
            if old.state is MessageState.ATTEMPTING and old.owner == self._owners.me:
                moves.move(tx, old, Change(MessageState.SPOOLED, at, next_attempt_at=at))

    async def recover(self, now: datetime) -> Sequence[Entry]:
        """Settle what dead processes left in flight (see docs/states.md) and return what was changed.

        Never touches what a living process owns, unless it has held it past its lease.
        """
        at = micros(now)
        changed: list[Entry] = []
        while await self._db.read(lambda tx: self._lost(tx, at)):  # most rounds end here, without a write
            done = await self._db.write(lambda tx: self._recover(tx, at), urgent=True)
            if not done:
                break  # others are at it
            changed += done
        return changed

    def _lost(self, tx: Tx, at: int) -> Sequence[Standing]:
        """What is in flight in the name of a dead process, or past its lease."""
        rows = [(moves.standing_of(row), int(row["lease_until"])) for row in tx.execute(_IN_FLIGHT)]
        living = self._owners.living(tx, {old.owner for old, _ in rows}) if rows else ()
        lost = [old for old, until in rows if old.owner not in living or until <= at]
        return lost[:_ROUND]

    def _recover(self, tx: Tx, at: int) -> Sequence[Entry]:
        """What was changed; what another node, or its owner, moved on meanwhile is left to them."""
        changed = []
        for old in self._lost(tx, at):
            with contextlib.suppress(StateError):
                moves.move(tx, old, _outcome(old, at))
                changed.append(old.id)
        return _entries(tx, changed)


def _outcome(old: Standing, at: int) -> Change:
    """What becomes of a message whose process is gone."""
    match old.state, old.origin:
        case MessageState.ATTEMPTING, Origin.HELD:
            return Change(MessageState.HELD, at)  # its reviewer decides again
        case MessageState.ATTEMPTING, _ if old.answered and old.has_raw:
            return Change(MessageState.SPOOLED, at, next_attempt_at=at)
        case MessageState.ATTEMPTING, _:
            return Change(MessageState.ABANDONED, at)  # nobody was told anything: the sender comes again
        case MessageState.SENDING, _ if old.answered or old.has_raw or old.claimed:
            return Change(MessageState.IN_DOUBT, at)
        case MessageState.SENDING, _:
            return Change(MessageState.ABANDONED, at)
        case _:
            raise StateError(f"message {old.id} is {old.state.value}, and not in flight")


def _entries(tx: Tx, ids: Sequence[MessageId]) -> Sequence[Entry]:
    if not ids:
        return ()
    names, params = in_list("id", ids)
    rows = tx.execute(f"SELECT * FROM messages WHERE id IN ({names})", params)  # noqa: S608 - parameter names
    return [entry_of(row) for row in rows]

"""Held mails, and mails in doubt: what waits for a person, and what that person does about it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from gatepost.errors import StateError, StoreError
from gatepost.model import Answer, AnswerKind, Entry, Message, MessageId, MessageState, OrderId
from gatepost.ports import Clock, Taken
from gatepost.store import audit, claims, judged, moves, review
from gatepost.store.db import Database, Undo, nobody_knows
from gatepost.store.engine import EngineError, Tx, Value
from gatepost.store.moves import Change
from gatepost.store.owners import Owners
from gatepost.store.rows import answer_json, entry_of, message_of, micros, plain
from gatepost.store.search import Filters, Found, Order, Page, Search

_HELD = frozenset({MessageState.HELD})
_MOST_URGENT = Page(order=Order.URGENT)
_ROUND = 200

_TAKE = """
UPDATE messages SET state = 'attempting', state_at = :at, owner = :me, lease_until = :until, origin = 'held',
  answered = 1, claimed = CASE WHEN :claimed = 1 THEN 1 ELSE claimed END, attempts = attempts + 1,
  going_since = :at
WHERE id = :id AND state = 'held'
RETURNING *
"""


class SqlQuarantine:
    """The quarantine in the database."""

    def __init__(self, db: Database, clock: Clock, owners: Owners, *, lease: timedelta) -> None:
        self._db, self._clock, self._owners = db, clock, owners
        self._search = Search(db)
        self._lease = lease // timedelta(microseconds=1)

    def _now(self) -> int:
        return micros(self._clock.now())

    async def list(self, filters: Filters | None = None, page: Page = _MOST_URGENT) -> Found:
        """Held mails, the least time left first; `filters` may ask for other states."""
        wanted = filters or Filters(states=_HELD)
        return await self._search.find(wanted if wanted.states else replace(wanted, states=_HELD), page)

    async def due_soon(self, now: datetime, within: timedelta, *, limit: int = 100) -> Sequence[Entry]:
        """Held mails whose buyer waits for an answer within that time, or did already."""
        sql = (
            "SELECT * FROM messages WHERE state = 'held' AND deadline_at <= :until "
            "ORDER BY deadline_at, received_at LIMIT :most"
        )
        params: dict[str, Value] = {"until": micros(now + within), "most": limit}
        return await self._db.read(lambda tx: [entry_of(row) for row in tx.execute(sql, params)])

    async def show(self, id: MessageId) -> Entry:
        """One entry, whatever its state. Raises StoreError when there is none."""
        return await self._db.read(lambda tx: _entry(tx, id))

    async def raw(self, id: MessageId) -> bytes:
        """The bytes of a message. Raises StoreError when they are not kept (any more)."""
        return await self._db.read(lambda tx: moves.raw_of(tx, id))

    async def take(
        self,
        id: MessageId,
        *,
        by: str,
        claims: Sequence[OrderId],
        anew: Entry | None = None,
        raw: bytes | None = None,
        details: Mapping[str, str] | None = None,
    ) -> Message | Taken:
        """Move a held message to ATTEMPTING for this process, reserving `claims`; durable.

        `anew` is its entry where that is no longer what was held, `raw` the bytes that go out in place of
        those held; both are kept. `details` go into the audit trail.
        Of concurrent calls one succeeds, the others raise StateError; a cancelled one leaves it held.
        """
        orders, at = claims, self._now()

        def job(tx: Tx) -> Message | Taken:
            if raw is not None:
                review.keep_both(tx, id, raw, at=at, by=by)
                moves.put_raw(tx, id, raw)
            if anew is not None:
                judged.rewrite(tx, anew, corrected=raw is not None)
            review.decided(tx, id, review.CORRECTED if raw else review.RELEASED, at=at, by=by)
            return _take(tx, params, orders, by=by, details=details or {})

        params: dict[str, Value] = {
            "id": id,
            "at": at,
            "me": self._owners.me,
            "until": at + self._lease,
            "claimed": int(bool(orders)),
        }
        try:
            return await self._db.write(job)
        except (asyncio.CancelledError, EngineError) as error:
            if nobody_knows(error):
                self._db.post(lambda tx: self._put_back(tx, id))
            raise

    def _put_back(self, tx: Tx, id: MessageId) -> None:
        old = moves.standing(tx, id)
        if old.state is MessageState.ATTEMPTING and old.owner == self._owners.me:
            moves.move(tx, old, Change(MessageState.HELD, self._now()))
            review.undecided(tx, id)

    async def renew(self, entry: Entry) -> None:
        """Write down what judging a held message anew gave. Raises StateError when it is not held."""
        held = replace(entry, state=MessageState.HELD)
        await self._db.write(lambda tx: judged.rewrite(tx, held))

    async def reject(self, id: MessageId, *, by: str, note: str) -> None:
        """Move a held message to REJECTED; the same mail sent again is refused with its findings.

        Raises StateError when it is not held.
        """
        at, note = self._now(), plain(note)

        def job(tx: Tx) -> None:
            entry = _entry(tx, id)
            if entry.state is not MessageState.HELD:
                raise StateError(f"message {id} is {entry.state.value}, not held")
            acting = tuple(finding for finding in entry.findings if finding.acts)
            answer = answer_json(Answer(AnswerKind.REFUSED, id, acting), of=entry.findings)
            change = Change(MessageState.REJECTED, at, by=by, note=note, answer=answer, error=note or None)
            moves.move(tx, moves.standing(tx, id), change)
            review.decided(tx, id, review.REJECTED, at=at, by=by)
            audit.record(tx, at=at, by=by, what="message.rejected", subject=id, details={"note": note})

        await self._db.write(job, urgent=True)

    async def resolve_in_doubt(self, id: MessageId, *, delivered: bool, by: str) -> MessageState:
        """Settle a message in doubt by what a person found out; returns its new state.

        Delivered: RELAYED, its claims confirmed. Not delivered: SPOOLED, to go out with the claims it has;
        ABANDONED, its claims released, when the bytes are not kept or an order was granted anew since.
        """
        at = self._now()
        word = "delivered" if delivered else "not-delivered"

        def job(tx: Tx) -> MessageState:
            old = moves.standing(tx, id)
            if old.state is not MessageState.IN_DOUBT:
                raise StateError(f"message {id} is {old.state.value}, not in doubt")
            new = _resolved(tx, old, delivered=delivered)
            moves.move(tx, old, Change(new, at, by=by, answer=_resolved_answer(id, new), next_attempt_at=at))
            tx.change("UPDATE messages SET going_since = :at WHERE id = :id", {"at": at, "id": id})
            audit.record(tx, at=at, by=by, what="message.resolved", subject=id, details={"as": word})
            return new

        return await self._db.write(job, urgent=True)

    async def expire(self, now: datetime, held: timedelta) -> Sequence[Entry]:
        """Move what was held longer than `held` to EXPIRED and return it.

        Of a release and an expiry at the same time one wins, and the other sees that it lost.
        """
        at, before = micros(now), micros(now - held)
        expired: list[Entry] = []
        while True:
            seen, done = await self._db.write(lambda tx: _expire(tx, at, before), urgent=True)
            expired += done
            if seen < _ROUND or not done:
                return expired


def _entry(tx: Tx, id: MessageId) -> Entry:
    rows = tx.execute("SELECT * FROM messages WHERE id = :id", {"id": id})
    if not rows:
        raise StoreError(f"there is no message {id}")
    return entry_of(rows[0])


def _take(
    tx: Tx,
    params: Mapping[str, Value],
    orders: Sequence[OrderId],
    *,
    by: str,
    details: Mapping[str, str],
) -> Message | Taken:
    id = MessageId(str(params["id"]))
    rows = tx.execute(_TAKE, params)
    if not rows:
        raise StateError(f"message {id} is {moves.standing(tx, id).state.value}, not held")
    at = int(rows[0]["state_at"])
    in_the_way = claims.reserve(tx, orders, id, at=at, by=by)
    if in_the_way is not None:
        raise Undo(Taken(in_the_way))
    audit.record(tx, at=at, by=by, what="message.taken", subject=id, details=details)
    return message_of(rows[0], moves.raw_of(tx, id))


def _resolved(tx: Tx, old: moves.Standing, *, delivered: bool) -> MessageState:
    if delivered:
        return MessageState.RELAYED
    can_go = old.has_raw and (not old.claimed or claims.still_hold(tx, old.id))
    return MessageState.SPOOLED if can_go else MessageState.ABANDONED


def _resolved_answer(id: MessageId, state: MessageState) -> str:
    kind = AnswerKind.RELAYED if state is MessageState.RELAYED else AnswerKind.STORED
    return answer_json(Answer(kind, id))


def _expire(tx: Tx, at: int, before: int) -> tuple[int, Sequence[Entry]]:
    """How many were due, and those that expired here; another node may have been first with the rest."""
    rows = tx.execute(
        f"SELECT {moves.STANDING} FROM messages WHERE state = 'held' AND received_at < :before "  # noqa: S608 - our columns
        "ORDER BY received_at LIMIT :most",
        {"before": before, "most": _ROUND},
    )
    expired = []
    for row in rows:
        with contextlib.suppress(StateError):
            moves.move(tx, moves.standing_of(row), Change(MessageState.EXPIRED, at))
            expired.append(_entry(tx, row["id"]))
    return len(rows), expired

"""Every message and every decision: opened before anything is done about it, settled when it is done."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from gatepost.errors import StateError, StoreError
from gatepost.model import Answer, AnswerKind, Entry, MessageId, MessageState, OrderId
from gatepost.ports import Clock, Earlier, Opened, Settled, Taken
from gatepost.store import claims, held, judged, moves
from gatepost.store.db import Database, Undo, nobody_knows
from gatepost.store.engine import EngineError, Row, Tx, Value
from gatepost.store.moves import Change, Origin
from gatepost.store.outbox import ON_ARRIVAL, note
from gatepost.store.owners import Owners
from gatepost.store.rows import answer_json, entry_of, entry_params, envelope_json, envelope_of, micros, plain

_OPENS_AS = frozenset(
    {MessageState.ATTEMPTING, MessageState.HELD, MessageState.REFUSED, MessageState.SPOOLED}
)
_ORIGIN = {MessageState.HELD: Origin.HELD, MessageState.SPOOLED: Origin.SPOOL}
_UNSETTLED = frozenset(
    {
        MessageState.ATTEMPTING,
        MessageState.SENDING,
        MessageState.SPOOLED,
        MessageState.HELD,
        MessageState.IN_DOUBT,
    }
)

_INSERT = """
INSERT INTO messages (id, received_at, state, state_at, owner, lease_until, origin, answered, answering,
  claimed, has_raw, fingerprint, session, envelope, sender, subject, subject_folded, size_bytes, buyers,
  action, edition, digest, purpose, language, order_ids, asks_review, findings, deadline_at, answer, attempts,
  next_attempt_at, last_error)
VALUES (:id, :received_at, :state, :state_at, :owner, :lease_until, :origin, :answered, 1,
  :claimed, :has_raw, :fingerprint, :session, :envelope, :sender, :subject, :subject_folded, :size_bytes,
  :buyers, :action, :edition, :digest, :purpose, :language, :order_ids, :asks_review, :findings, :deadline_at,
  :answer, :attempts, :next_attempt_at, :last_error)
ON CONFLICT (fingerprint) WHERE fingerprint <> '' AND answering = 1 DO NOTHING
"""
_KEEP = """
UPDATE messages SET has_raw = 1, answered = 1, answer = coalesce(answer, :answer),
  state = CASE WHEN state = 'attempting' THEN :state ELSE state END
WHERE id = :id AND owner = :me AND state IN ('attempting', 'sending')
"""
_FIRST = "SELECT * FROM messages WHERE fingerprint = :fingerprint AND fingerprint <> '' AND answering = 1"


@dataclass(frozen=True, slots=True)
class _Opening:
    """All that the job of `open` needs, made ready before the writer's thread gets it."""

    entry: Entry
    raw: bytes | None
    orders: Sequence[OrderId]
    params: dict[str, Value]
    now: int


class SqlJournal:
    """The journal in the database."""

    def __init__(
        self, db: Database, clock: Clock, owners: Owners, *, resubmission: timedelta, lease: timedelta
    ) -> None:
        self._db, self._clock, self._owners = db, clock, owners
        self._window = resubmission // timedelta(microseconds=1)
        self._lease = lease // timedelta(microseconds=1)

    def _now(self) -> int:
        return micros(self._clock.now())

    async def open(
        self, entry: Entry, *, raw: bytes | None, claims: Sequence[OrderId] = ()
    ) -> Opened | Earlier | Taken:
        """Write the entry and reserve its orders, or say what an earlier mail has made of that.

        A message that reserves orders brings its bytes, so that nobody has to guess about it after a crash.
        A caller that is cancelled leaves nothing in flight. See the port for the rest.
        """
        _check_opening(entry, raw, claims)
        opening = self._opening(entry, raw, claims)
        try:
            return await self._db.write(lambda tx: self._open(tx, opening))
        except (asyncio.CancelledError, EngineError) as error:
            if nobody_knows(error) and entry.state is MessageState.ATTEMPTING:
                self._db.post(self._taking_back(entry.id))
            raise

    def _opening(self, entry: Entry, raw: bytes | None, orders: Sequence[OrderId]) -> _Opening:
        now = self._now()
        params = entry_params(entry) | {
            "state_at": now,
            "owner": self._owners.me if entry.state is MessageState.ATTEMPTING else "",
            "lease_until": now + self._lease,
            "origin": _ORIGIN.get(entry.state, Origin.LIVE).value,
            "answered": int(entry.state is not MessageState.ATTEMPTING),
            "claimed": int(bool(orders)),
            "has_raw": int(raw is not None and entry.state is not MessageState.REFUSED),
        }
        return _Opening(entry, raw, orders, params, now)

    def _open(self, tx: Tx, opening: _Opening) -> Opened | Earlier | Taken:
        entry = opening.entry
        earlier = self._earlier(tx, opening)
        if earlier is not None:
            return earlier
        in_the_way = claims.reserve(tx, opening.orders, entry.id, at=opening.now) if opening.orders else None
        if in_the_way is not None:  # what stands there may be this very mail, come in at another node
            raise Undo(self._earlier(tx, opening) or Taken(in_the_way))
        if tx.change(_INSERT, opening.params) == 0:
            raise Undo(self._came_meanwhile(tx, opening))
        if opening.raw is not None and opening.params["has_raw"]:
            moves.put_raw(tx, entry.id, opening.raw)
        judged.index(tx, entry, opening.params["received_at"])
        held.write(tx, entry)
        if entry.state in ON_ARRIVAL:
            note(tx, entry.id, entry.state, opening.now)
        return Opened()

    def _came_meanwhile(self, tx: Tx, opening: _Opening) -> Earlier:
        """The same mail, opened at another node between our look and our insert."""
        earlier = self._earlier(tx, opening)
        if earlier is None:
            raise StateError("the same mail came and went at another node")
        return earlier

    def _earlier(self, tx: Tx, opening: _Opening) -> Earlier | None:
        if not opening.entry.fingerprint:
            return None
        rows = tx.execute(_FIRST, {"fingerprint": opening.entry.fingerprint})
        if not rows:
            return None
        if not self._answers(rows[0], opening):
            tx.change("UPDATE messages SET answering = 0 WHERE id = :id", {"id": rows[0]["id"]})
            return None
        return Earlier(_answer_again(rows[0]))

    def _answers(self, first: Row, opening: _Opening) -> bool:
        """Whether the first mail's answer holds for this one. What is not settled answers at any age."""
        state = MessageState(first["state"])
        if state in _UNSETTLED:
            return True
        if opening.now - first["received_at"] > self._window:
            return False
        by_guidelines = state is MessageState.REFUSED and bool(first["answer"] is None or _is_ours(first))
        return not by_guidelines or first["digest"] == opening.entry.digest

    def _taking_back(self, id: MessageId) -> Callable[[Tx], None]:
        """A job that abandons a message whose `open` nobody waited for."""

        def take_back(tx: Tx) -> None:
            old = moves.standing(tx, id)
            if old.state is MessageState.ATTEMPTING and old.owner == self._owners.me and not old.answered:
                moves.move(tx, old, Change(MessageState.ABANDONED, self._now()))

        return take_back

    async def keep(self, id: MessageId, raw: bytes, state: MessageState) -> None:
        """Store the bytes of a message in flight: durable when it returns, and the sender may be told so.

        `state` is ATTEMPTING or SENDING, as the attempt that goes on has come; it never leads back.
        """
        if state not in moves.IN_FLIGHT:
            raise StateError(f"a message in flight can't be kept as {state.value}")
        stored = answer_json(Answer(AnswerKind.STORED, id))

        def job(tx: Tx) -> None:
            old = self._mine(tx, id)
            kept = {"id": id, "answer": stored, "state": state.value, "me": self._owners.me}
            if old.state not in moves.IN_FLIGHT or tx.change(_KEEP, kept) == 0:
                raise StateError(f"message {id} is {old.state.value}, and no longer in flight")
            moves.put_raw(tx, id, raw)

        await self._db.write(job)

    async def mark_sending(self, id: MessageId) -> None:
        """Record, durably, that the final dot may go out. Raises StateError when it is not ours to send."""
        now = self._now()
        params: dict[str, Value] = {"id": id, "me": self._owners.me, "at": now, "until": now + self._lease}

        def job(tx: Tx) -> None:
            self._owners.fence(tx)
            changed = tx.change(
                "UPDATE messages SET state = 'sending', state_at = :at, lease_until = :until "
                "WHERE id = :id AND state = 'attempting' AND owner = :me",
                params,
            )
            if changed == 0:
                raise StateError(f"message {id} is not this process's to send")

        await self._db.write(job, urgent=True)

    async def settle(self, id: MessageId, settled: Settled, *, raw: bytes | None = None) -> None:
        """Move the message and its claims to what came of it; may use the space kept for a full disk.

        A message that went in doubt because its owner was too slow may still be settled by that owner.
        """
        now = self._now()
        answer = answer_json(settled.answer)

        def job(tx: Tx) -> None:
            old = self._mine(tx, id)
            change = Change(
                settled.state,
                now,
                raw=raw,
                answer=answer,
                error=plain(settled.error) or None,
                next_attempt_at=_due(settled, now),
            )
            if settled.recipients_left is not None:
                change = replace(change, envelope=_left(tx, id, settled.recipients_left))
            moves.move(tx, old, change)

        await self._db.write(job, urgent=True)

    def _mine(self, tx: Tx, id: MessageId) -> moves.Standing:
        old = moves.standing(tx, id)
        late = old.state is MessageState.IN_DOUBT
        if old.owner != self._owners.me or not (old.state in moves.IN_FLIGHT or late):
            raise StateError(f"message {id} is {old.state.value}, and not in flight here")
        return old

    async def find(self, id: MessageId) -> Entry:
        """One entry. Raises StoreError when there is none."""

        def job(tx: Tx) -> Entry:
            rows = tx.execute("SELECT * FROM messages WHERE id = :id", {"id": id})
            if not rows:
                raise StoreError(f"there is no message {id}")
            return entry_of(rows[0])

        return await self._db.read(job)


def _check_opening(entry: Entry, raw: bytes | None, orders: Sequence[OrderId]) -> None:
    if entry.state not in _OPENS_AS:
        raise StateError(f"an entry can't be opened as {entry.state.value}")
    if orders and entry.state is not MessageState.ATTEMPTING:
        raise StateError(f"an entry opened as {entry.state.value} reserves nothing")
    if raw is None and (orders or entry.state in moves.NEEDS_RAW):
        raise StoreError("a message that waits, or that reserves orders, brings its bytes")


def _due(settled: Settled, now: int) -> int | None:
    """When a spooled message is tried again: at once where nobody says."""
    if settled.state is not MessageState.SPOOLED:
        return None
    return now if settled.next_attempt_at is None else micros(settled.next_attempt_at)


def _left(tx: Tx, id: MessageId, addresses: Sequence[str]) -> str:
    """The envelope with those recipients only that still wait."""
    rows = tx.execute("SELECT envelope FROM messages WHERE id = :id", {"id": id})
    envelope = envelope_of(rows[0]["envelope"])
    left = tuple(recipient for recipient in envelope.recipients if recipient.address in set(addresses))
    return envelope_json(replace(envelope, recipients=left))


def _is_ours(first: Row) -> bool:
    answer = entry_of(first).answer
    return answer is not None and answer.kind is AnswerKind.REFUSED


def _answer_again(first: Row) -> Answer:
    """What the sender of the same mail is told."""
    entry = entry_of(first)
    match entry.state:
        case MessageState.ATTEMPTING | MessageState.SENDING if not first["answered"]:
            return Answer(AnswerKind.BUSY, entry.id)
        case MessageState.IN_DOUBT:  # who was told 250 before is told so again
            return entry.answer or Answer(AnswerKind.IN_DOUBT, entry.id)
        case MessageState.HELD:
            return entry.answer or Answer(AnswerKind.HELD, entry.id, entry.findings)
        case MessageState.SPOOLED:
            return entry.answer or Answer(AnswerKind.STORED, entry.id)
        case MessageState.REJECTED | MessageState.REFUSED:
            return entry.answer or Answer(AnswerKind.REFUSED, entry.id, entry.findings)
        case MessageState.ATTEMPTING | MessageState.SENDING:
            kind = AnswerKind.HELD if first["origin"] == Origin.HELD.value else AnswerKind.STORED
            return entry.answer or Answer(kind, entry.id, entry.findings)
        case MessageState.RELAYED | MessageState.BOUNCED | MessageState.EXPIRED | MessageState.ABANDONED:
            return entry.answer or Answer(AnswerKind.BUSY, entry.id)

"""What reviewers do around a decision: look, take turns, call a finding wrong, change a text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta

from gatepost.errors import StateError, StoreError
from gatepost.model import Correction, MessageId, Turn, View, Wrong
from gatepost.ports import Clock
from gatepost.store import audit
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.rows import findings_of, in_list, micros, moment, plain

RELEASED, CORRECTED, REJECTED = "released", "corrected", "rejected"

_SEE = """
INSERT INTO views (message_id, user_name, at) VALUES (:id, :user_name, :at)
ON CONFLICT (message_id, user_name) DO UPDATE SET at = :at
"""
_TAKE_TURN = """
INSERT INTO turns (message_id, user_name, until) VALUES (:id, :user_name, :until)
ON CONFLICT (message_id) DO UPDATE SET user_name = :user_name, until = :until
WHERE turns.user_name = :user_name OR turns.until <= :at OR :force = 1
"""
_DECIDED = """
INSERT INTO reviewed (message_id, at, by_whom, decision) VALUES (:id, :at, :by_whom, :decision)
ON CONFLICT (message_id) DO UPDATE SET at = :at, by_whom = :by_whom, decision = :decision
"""


def decided(tx: Tx, id: MessageId, decision: str, *, at: int, by: str) -> None:
    """Write down what a person decided on a held mail; nobody's turn is left."""
    tx.change(_DECIDED, {"id": id, "at": at, "by_whom": plain(by), "decision": decision})
    tx.change("DELETE FROM turns WHERE message_id = :id", {"id": id})


def undecided(tx: Tx, id: MessageId) -> None:
    """The decision did not happen after all."""
    tx.change("DELETE FROM reviewed WHERE message_id = :id", {"id": id})


def keep_both(tx: Tx, id: MessageId, corrected: bytes, *, at: int, by: str) -> None:
    """Keep a mail as it came and as it goes; raises StoreError when its bytes are gone."""
    changed = tx.change(
        "INSERT INTO corrections (message_id, step, at, by_whom, findings, original, corrected) "
        "SELECT messages.id, (SELECT coalesce(max(step), 0) + 1 FROM corrections WHERE message_id = :id), "
        ":at, :by_whom, messages.findings, raw.bytes, :corrected "
        "FROM messages JOIN raw ON raw.message_id = messages.id WHERE messages.id = :id",
        {"id": id, "at": at, "by_whom": plain(by), "corrected": corrected},
    )
    if changed != 1:
        raise StoreError(f"the bytes of message {id} are not kept")


class Review:
    """Reviewers' marks in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def see(self, id: MessageId, *, by: str, turn: timedelta | None = None) -> None:
        """Note that somebody opened a mail; with `turn` it is theirs for so long, if nobody is at it.

        One mail is one person's at a time, and one person has one mail.
        """
        now = self._clock.now()
        at, until = micros(now), micros(now + turn) if turn else 0
        params: dict[str, Value] = {"id": id, "user_name": plain(by), "at": at}

        def job(tx: Tx) -> None:
            tx.change(_SEE, params)
            if until:
                tx.change(
                    "DELETE FROM turns WHERE (user_name = :user_name AND message_id <> :id) OR until <= :at",
                    params,
                )
                tx.change(_TAKE_TURN, params | {"until": until, "force": 0})

        await self._db.write(job)

    async def take_over(self, id: MessageId, *, by: str, turn: timedelta) -> None:
        """Make a mail one's own, whoever is at it."""
        now = self._clock.now()
        params: dict[str, Value] = {"id": id, "user_name": plain(by), "at": micros(now)}
        params |= {"until": micros(now + turn), "force": 1}
        await self._db.write(lambda tx: tx.change(_TAKE_TURN, params))

    async def give_up(self, *, by: str, id: MessageId | None = None) -> None:
        """End somebody's turn at a mail, or at all mails."""
        params: dict[str, Value] = {"user_name": plain(by), "id": id or ""}
        mine = "SELECT 1 AS one FROM turns WHERE user_name = :user_name AND (:id = '' OR message_id = :id)"
        if await self._db.read(lambda tx: list(tx.execute(mine, params))):
            await self._db.write(
                lambda tx: tx.change(
                    "DELETE FROM turns WHERE user_name = :user_name AND (:id = '' OR message_id = :id)",
                    params,
                )
            )

    async def turns(self, ids: Sequence[MessageId]) -> Mapping[MessageId, Turn]:
        """Who is at which of these mails."""
        names, params = in_list("id", ids)
        sql = f"SELECT * FROM turns WHERE message_id IN ({names}) AND until > :at"  # noqa: S608 - parameter names
        now = micros(self._clock.now())
        rows = await self._db.read(lambda tx: tx.execute(sql, {**params, "at": now})) if ids else ()
        return {MessageId(row["message_id"]): Turn(row["user_name"], moment(row["until"])) for row in rows}

    async def views(self, ids: Sequence[MessageId]) -> Mapping[MessageId, Sequence[View]]:
        """Who has opened these mails, the latest first."""
        names, params = in_list("id", ids)
        sql = f"SELECT * FROM views WHERE message_id IN ({names}) ORDER BY at DESC, user_name"  # noqa: S608 - parameter names
        rows = await self._db.read(lambda tx: tx.execute(sql, params)) if ids else ()
        found: dict[MessageId, list[View]] = defaultdict(list)
        for row in rows:
            found[MessageId(row["message_id"])].append(View(row["user_name"], moment(row["at"])))
        return found

    async def call_wrong(self, id: MessageId, rule: str, *, by: str, note: str) -> None:
        """Call what a rule found in a mail wrong. Raises StateError when it found nothing there."""
        at, note = micros(self._clock.now()), plain(note)

        def job(tx: Tx) -> None:
            _found(tx, id, rule)
            tx.change(
                "INSERT INTO wrong_findings (message_id, rule, at, by_whom, note) "
                "VALUES (:id, :rule, :at, :by_whom, :note) "
                "ON CONFLICT (message_id, rule) DO UPDATE SET at = :at, by_whom = :by_whom, note = :note",
                {"id": id, "rule": rule, "at": at, "by_whom": plain(by), "note": note},
            )
            details = {"rule": rule, "note": note}
            audit.record(tx, at=at, by=by, what="finding.called-wrong", subject=id, details=details)

        await self._db.write(job)

    async def call_right(self, id: MessageId, rule: str, *, by: str) -> None:
        """Take back that a finding is wrong. Raises StateError when nobody said so."""
        at = micros(self._clock.now())

        def job(tx: Tx) -> None:
            mark: dict[str, Value] = {"id": id, "rule": rule}
            if not tx.change("DELETE FROM wrong_findings WHERE message_id = :id AND rule = :rule", mark):
                raise StateError(f"nobody called {rule} wrong in message {id}")
            audit.record(tx, at=at, by=by, what="finding.called-right", subject=id, details={"rule": rule})

        await self._db.write(job)

    async def wrong(self, id: MessageId) -> Sequence[Wrong]:
        """The findings in a mail that were called wrong."""
        sql = "SELECT * FROM wrong_findings WHERE message_id = :id ORDER BY rule"
        rows = await self._db.read(lambda tx: tx.execute(sql, {"id": id}))
        return [Wrong(row["rule"], row["by_whom"], moment(row["at"]), row["note"]) for row in rows]

    async def corrections(self, id: MessageId) -> Sequence[Correction]:
        """When and by whom a mail was changed, the first first."""
        sql = "SELECT step, at, by_whom, findings FROM corrections WHERE message_id = :id ORDER BY step"
        rows = await self._db.read(lambda tx: tx.execute(sql, {"id": id}))
        return [_correction_of(row) for row in rows]

    async def versions(self, id: MessageId, step: int) -> tuple[bytes, bytes] | None:
        """A changed mail as it came and as it went; None when they are not kept."""
        sql = "SELECT original, corrected FROM corrections WHERE message_id = :id AND step = :step"
        rows = await self._db.read(lambda tx: tx.execute(sql, {"id": id, "step": step}))
        return (bytes(rows[0]["original"]), bytes(rows[0]["corrected"])) if rows else None


def _found(tx: Tx, id: MessageId, rule: str) -> None:
    sql = "SELECT 1 AS one FROM message_rules WHERE message_id = :id AND rule = :rule"
    if not tx.execute(sql, {"id": id, "rule": rule}):
        raise StateError(f"{rule} found nothing in message {id}")


def _correction_of(row: Row) -> Correction:
    return Correction(row["step"], row["by_whom"], moment(row["at"]), findings_of(row["findings"]))

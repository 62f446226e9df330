"""What happened and is yet to be told: written with the change of state, gone once it was passed on."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from gatepost.model import MessageId, MessageState
from gatepost.notices.ports import Call, Happening
from gatepost.ports import Clock
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.rows import in_list, micros, moment, plain

ON_ARRIVAL = frozenset({MessageState.HELD, MessageState.REFUSED})
LATER = frozenset({MessageState.REJECTED, MessageState.BOUNCED, MessageState.EXPIRED, MessageState.IN_DOUBT})
"""States that somebody may want to hear of: as a mail comes in, or later in its life."""

_HOUR = 3_600_000_000

_TAKE = """
WITH due AS (
  SELECT id FROM hook_calls WHERE next_at <= :now ORDER BY next_at LIMIT :most /*! FOR UPDATE SKIP LOCKED */)
UPDATE hook_calls SET next_at = :until, attempts = attempts + 1
WHERE next_at <= :now AND id IN (SELECT id FROM due)
RETURNING *
"""


def note(tx: Tx, id: MessageId, state: MessageState, at: int) -> None:
    """Note a change of state within the caller's transaction: both are kept or neither is."""
    tx.change(
        "INSERT INTO happenings (message_id, state, at) VALUES (:id, :state, :at) "
        "ON CONFLICT (message_id, state) DO UPDATE SET at = :at",
        {"id": id, "state": state.value, "at": at},
    )


class Outbox:
    """The outbox in the database. Several processes may work on it; each call is one process's at a time."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def happenings(self, limit: int = 100) -> Sequence[Happening]:
        """What is yet to be passed on, the oldest first."""
        sql = (
            "SELECT happenings.* FROM happenings JOIN messages ON messages.id = happenings.message_id "
            "ORDER BY happenings.at, message_id LIMIT :most"
        )
        rows = await self._db.read(lambda tx: tx.execute(sql, {"most": limit}))
        return [
            Happening(MessageId(r["message_id"]), MessageState(r["state"]), moment(r["at"])) for r in rows
        ]

    async def passed_on(self, happening: Happening, calls: Sequence[Call] = ()) -> None:
        """Forget a happening and keep the calls that tell of it, in one transaction."""
        params: dict[str, Value] = {
            "id": happening.message,
            "state": happening.state.value,
            "at": micros(happening.at),
        }
        now = micros(self._clock.now())

        def job(tx: Tx) -> None:
            _add(tx, calls, now)
            tx.change("DELETE FROM happenings WHERE message_id = :id AND state = :state AND at = :at", params)

        await self._db.write(job)

    async def forget_happenings(self) -> int:
        """Drop all that is yet to be told (nobody wants to hear it); how much that was."""
        if not await self._db.read(lambda tx: tx.execute("SELECT at FROM happenings LIMIT 1")):
            return 0
        return await self._db.write(lambda tx: tx.change("DELETE FROM happenings"))

    async def count(self, address: str, hour: int) -> int:
        """Count one more notice to `address` in that hour (since 1970) and return how many that makes."""
        sql = (
            "INSERT INTO notice_counts (address, hour, notices) VALUES (:address, :hour, 1) "
            "ON CONFLICT (address, hour) DO UPDATE SET notices = notice_counts.notices + 1 RETURNING notices"
        )
        params: dict[str, Value] = {"address": plain(address), "hour": hour}
        return int(await self._db.write(lambda tx: tx.execute(sql, params)[0]["notices"]))

    async def overflows(self, before_hour: int, cap: int) -> Sequence[tuple[str, int, int]]:
        """Address, hour and count of hours gone by in which more than `cap` notices were due."""
        sql = "SELECT * FROM notice_counts WHERE hour < :hour AND notices > :cap ORDER BY hour LIMIT 100"
        rows = await self._db.read(lambda tx: tx.execute(sql, {"hour": before_hour, "cap": cap}))
        return [(row["address"], row["hour"], row["notices"]) for row in rows]

    async def forget_counts(self, address: str, hour: int) -> None:
        """Drop the count of an hour that was summed up."""
        sql = "DELETE FROM notice_counts WHERE address = :address AND hour = :hour"
        await self._db.write(lambda tx: tx.change(sql, {"address": address, "hour": hour}))

    async def mark(self, names: Iterable[str]) -> None:
        """Remember that these were done."""
        wanted, at = list(names), micros(self._clock.now())

        def job(tx: Tx) -> None:
            for name in wanted:
                tx.change(
                    "INSERT INTO marks (name, at) VALUES (:name, :at) ON CONFLICT (name) DO NOTHING",
                    {"name": name, "at": at},
                )

        if wanted:
            await self._db.write(job)

    async def marked(self, names: Sequence[str]) -> frozenset[str]:
        """Those of `names` that were done."""
        if not names:
            return frozenset()
        listed, params = in_list("name", names)
        sql = f"SELECT name FROM marks WHERE name IN ({listed})"  # noqa: S608 - parameter names
        return frozenset(row["name"] for row in await self._db.read(lambda tx: tx.execute(sql, params)))

    # --- calls of webhooks -----------------------------------------------------------------------

    async def add_calls(self, calls: Sequence[Call]) -> None:
        """Keep calls to be made; one that is known already stays as it is."""
        now = micros(self._clock.now())
        if calls:
            await self._db.write(lambda tx: _add(tx, calls, now))

    async def due_calls(self, now: datetime, limit: int, lease: timedelta) -> Sequence[Call]:
        """Take up to `limit` calls whose time has come; not settled within `lease` they are due again."""
        params: dict[str, Value] = {"now": micros(now), "until": micros(now + lease), "most": limit}
        due = "SELECT id FROM hook_calls WHERE next_at <= :now LIMIT 1"
        if not await self._db.read(lambda tx: tx.execute(due, params)):  # most rounds: without a write
            return []
        return await self._db.write(lambda tx: [_call_of(row) for row in tx.execute(_TAKE, params)])

    async def settle_call(self, id: str, word: str, error: str = "") -> None:
        """Close a call as "delivered" or "given-up"; what it said is not kept."""
        sql = (
            "UPDATE hook_calls SET settled = :word, next_at = NULL, body = '', last_error = :error "
            "WHERE id = :id"
        )
        params: dict[str, Value] = {"id": id, "word": word, "error": plain(error)[:500]}
        await self._db.write(lambda tx: tx.change(sql, params))

    async def put_off_call(self, id: str, until: datetime, error: str) -> None:
        """Try a call again then."""
        sql = "UPDATE hook_calls SET next_at = :until, last_error = :error WHERE id = :id AND settled = ''"
        params: dict[str, Value] = {"id": id, "until": micros(until), "error": plain(error)[:500]}
        await self._db.write(lambda tx: tx.change(sql, params))

    async def purge(self, before: datetime) -> None:
        """Delete what was settled, marked or counted before then."""
        at = micros(before)

        def job(tx: Tx) -> None:
            tx.change("DELETE FROM hook_calls WHERE next_at IS NULL AND created_at < :at", {"at": at})
            tx.change("DELETE FROM happenings WHERE at < :at", {"at": at})  # of messages that are gone
            tx.change("DELETE FROM marks WHERE at < :at", {"at": at})
            tx.change("DELETE FROM notice_counts WHERE hour < :hour", {"hour": at // _HOUR})

        await self._db.write(job)

    async def key(self, name: str) -> bytes:
        """The secret key of that name, the same for every process; made on first use."""
        rows = await self._db.read(lambda tx: _key(tx, name))
        if not rows:
            made = secrets.token_hex(32)

            def job(tx: Tx) -> Sequence[Row]:
                tx.change(
                    "INSERT INTO keys (name, value) VALUES (:name, :value) ON CONFLICT (name) DO NOTHING",
                    {"name": name, "value": made},
                )
                return _key(tx, name)

            rows = await self._db.write(job)
        return bytes.fromhex(rows[0]["value"])

    async def open_calls(self) -> int:
        """How many calls are yet to be settled."""
        return (await self.backlog())["webhooks"]

    async def backlog(self) -> Mapping[str, int]:
        """How many happenings and calls of webhooks wait."""
        sql = (
            "SELECT (SELECT count(*) FROM happenings) AS notices, "
            "(SELECT count(*) FROM hook_calls WHERE next_at IS NOT NULL) AS webhooks"
        )
        row = (await self._db.read(lambda tx: tx.execute(sql)))[0]
        return {"notices": int(row["notices"]), "webhooks": int(row["webhooks"])}


def _key(tx: Tx, name: str) -> Sequence[Row]:
    return tx.execute("SELECT value FROM keys WHERE name = :name", {"name": name})


def _add(tx: Tx, calls: Sequence[Call], now: int) -> None:
    for call in calls:
        tx.change(
            "INSERT INTO hook_calls "
            "(id, hook, event, body, created_at, attempts, next_at, settled, last_error) "
            "VALUES (:id, :hook, :event, :body, :now, 0, :now, '', '') ON CONFLICT (id) DO NOTHING",
            {"id": call.id, "hook": call.hook, "event": call.event, "body": call.body, "now": now},
        )


def _call_of(row: Row) -> Call:
    return Call(
        id=row["id"],
        hook=row["hook"],
        event=row["event"],
        body=row["body"],
        created_at=moment(row["created_at"]),
        attempts=row["attempts"],
    )

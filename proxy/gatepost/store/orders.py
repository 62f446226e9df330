"""Order data: imports that count whole or not at all, what is known of an order, the stop list."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence

from gatepost.errors import StateError
from gatepost.model import OrderId
from gatepost.orderdata import Import, Kind, Line, OrderLine, Stopped
from gatepost.ports import Clock
from gatepost.store import audit
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.orderrows import from_json, key_of, kind_of, known_order, to_json
from gatepost.store.rows import in_list, micros, moment, plain
from gatepost_policies.facts import bare_alias
from gatepost_policies.known import Known

BATCH = 2_000  # lines in one transaction: short enough for mail to be written in between
MOST_ASKED = 50  # orders that are looked up for one mail
MOST_LINES = 5_000  # lines that are read for them
STATE_SECONDS = 5.0  # how long another process's first import or stop may go unseen

_PUT_LINE = """
INSERT INTO order_lines (order_id, kind, line_key, import_id, data)
VALUES (:order_id, :kind, :line_key, :import_id, :data)
ON CONFLICT (order_id, kind, line_key, import_id) DO UPDATE SET data = :data
"""
_PUT_BUYER = "INSERT INTO order_buyers (buyer, order_id) VALUES (:buyer, :order_id) ON CONFLICT DO NOTHING"
_LINES = """
SELECT l.order_id, l.kind, l.data FROM order_lines l JOIN imports i ON i.id = l.import_id
WHERE l.order_id IN ({names}) AND i.done_at IS NOT NULL ORDER BY i.id LIMIT :most
"""
_ENTRIES = """
SELECT order_id, kind, data FROM feed_entries WHERE order_id IN ({names})
ORDER BY recorded_at, id LIMIT :most
"""
_STOP = """
INSERT INTO stop_list (kind, value, at, by_whom, reason) VALUES (:kind, :value, :at, :by, :reason)
ON CONFLICT (kind, value) DO NOTHING
"""
_HIDDEN = """
DELETE FROM order_lines WHERE order_id IN ({names}) AND kind = :kind AND import_id < :import_id
AND EXISTS (SELECT 1 FROM order_lines n WHERE n.order_id = order_lines.order_id AND n.kind = :kind
            AND n.line_key = order_lines.line_key AND n.import_id = :import_id)
"""
_GONE = """
DELETE FROM order_lines WHERE import_id = :id AND order_id IN
(SELECT order_id FROM order_lines WHERE import_id = :id LIMIT :most)
"""


class Orders:
    """Order data in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._found = (False, False)
        self._state_until = 0.0  # monotonic

    # --- imports -----------------------------------------------------------------------------------

    async def imported(self, digest: str) -> Import | None:
        """The finished import of the same file, if there was one."""
        sql = "SELECT * FROM imports WHERE digest = :digest AND done_at IS NOT NULL"
        rows = await self._db.read(lambda tx: tx.execute(sql, {"digest": digest}))
        return _import_of(rows[0]) if rows else None

    async def start(self, digest: str, *, name: str, kind: Kind, by: str) -> int:
        """Begin an import and return its number. What it brings counts only once it is finished."""
        values: dict[str, Value] = {
            "digest": digest,
            "name": plain(name)[:200],
            "kind": kind.value,
            "by": by,
            "at": micros(self._clock.now()),
        }

        def job(tx: Tx) -> int:
            tx.alone("imports")
            number = int(tx.execute("SELECT coalesce(max(id), 0) + 1 AS id FROM imports")[0]["id"])
            tx.change(
                "INSERT INTO imports (id, digest, name, kind, by_whom, started_at) "
                "VALUES (:id, :digest, :name, :kind, :by, :at)",
                {"id": number, **values},
            )
            return number

        return await self._db.write(job)

    async def put(self, number: int, lines: Sequence[Line]) -> None:
        """Add lines to an import, at most BATCH at once; durable when it returns."""
        rows: list[dict[str, Value]] = [
            {
                "order_id": line.order,
                "kind": kind_of(line).value,
                "line_key": plain(key_of(line)),
                "import_id": number,
                "data": plain(to_json(line)),
            }
            for line in lines
        ]
        pairs = {
            (plain(bare_alias(line.buyer)), line.order)
            for line in lines
            if isinstance(line, OrderLine) and line.buyer
        }
        owned: list[dict[str, Value]] = [
            {"buyer": buyer, "order_id": order} for buyer, order in sorted(pairs)
        ]

        def job(tx: Tx) -> None:
            for row in rows:
                tx.change(_PUT_LINE, row)
            for row in owned:
                tx.change(_PUT_BUYER, row)

        await self._db.write(job)

    async def finish(self, number: int, *, rows: int, bad: int) -> None:
        """Let an import count, from now on and as a whole. Raises StateError: the same file was faster."""
        at = micros(self._clock.now())
        values: dict[str, Value] = {"id": number, "at": at, "rows": rows, "bad": bad}

        def job(tx: Tx) -> None:
            done = tx.execute(
                "SELECT 1 FROM imports d JOIN imports i ON d.digest = i.digest "
                "WHERE i.id = :id AND d.done_at IS NOT NULL",
                values,
            )
            if done:
                raise StateError("the same file has been imported by someone else just now")
            found = tx.execute(
                "UPDATE imports SET done_at = :at, rows_read = :rows, rows_bad = :bad WHERE id = :id "
                "RETURNING name, kind, by_whom",
                values,
            )
            told = {"kind": str(found[0]["kind"]), "rows": str(rows), "bad": str(bad)}
            audit.record(
                tx,
                at=at,
                by=str(found[0]["by_whom"]),
                what="orders.import",
                subject=str(found[0]["name"]),
                details=told,
            )

        await self._db.write(job)

    async def hides(self, number: int, kind: Kind) -> bool:
        """Whether an earlier import of the same kind is there, of which `number` may hide lines."""
        sql = "SELECT 1 FROM imports WHERE kind = :kind AND id < :id AND done_at IS NOT NULL LIMIT 1"
        values: dict[str, Value] = {"kind": kind.value, "id": number}
        return bool(await self._db.read(lambda tx: tx.execute(sql, values)))

    async def tidy(self, number: int, kind: Kind, orders: Iterable[OrderId]) -> None:
        """Delete what the finished import `number` hides of these orders, at most BATCH at once."""
        names, params = in_list("order_id", sorted(set(orders)))
        if not params:
            return
        values: dict[str, Value] = {**params, "kind": kind.value, "import_id": number}
        await self._db.write(lambda tx: tx.change(_HIDDEN.format(names=names), values))

    async def drop_lines(self, number: int) -> int:
        """Delete the lines of an import, some at a time; how many."""
        values: dict[str, Value] = {"id": number, "most": BATCH}
        return await self._db.write_until_none(lambda tx: tx.change(_GONE, values))

    async def drop(self, number: int) -> None:
        """Take back an import that was not finished, some lines at a time."""
        await self.drop_lines(number)
        await self._db.write(
            lambda tx: tx.change("DELETE FROM imports WHERE id = :id AND done_at IS NULL", {"id": number})
        )

    async def unfinished(self) -> Sequence[Import]:
        """Imports that were begun and not finished: running, or cut off."""
        rows = await self._db.read(
            lambda tx: tx.execute("SELECT * FROM imports WHERE done_at IS NULL ORDER BY id")
        )
        return [_import_of(row) for row in rows]

    async def imports(self, limit: int = 100) -> Sequence[Import]:
        """Finished imports, the newest first."""
        sql = "SELECT * FROM imports WHERE done_at IS NOT NULL ORDER BY id DESC LIMIT :most"
        return [_import_of(row) for row in await self._db.read(lambda tx: tx.execute(sql, {"most": limit}))]

    # --- what is known -----------------------------------------------------------------------------

    async def lines(self, ids: Sequence[OrderId]) -> Sequence[Line]:
        """All lines on these orders, the oldest import first, then what was recorded by hand."""
        names, params = in_list("order_id", sorted(set(ids))[:MOST_ASKED])
        if not params:
            return []
        values: dict[str, Value] = {**params, "most": MOST_LINES}
        asked = (_LINES.format(names=names), _ENTRIES.format(names=names))
        found = await self._db.read(lambda tx: [row for sql in asked for row in tx.execute(sql, values)])
        return [from_json(Kind(row["kind"]), OrderId(row["order_id"]), row["data"]) for row in found]

    async def known(self, ids: Sequence[str], buyers: Sequence[str] = ()) -> Known:
        """What the data says of these orders and buyers, as judging needs it; see ports.OrderData."""
        loaded, listed = await self._state()
        if not loaded and not listed:
            return Known()
        by_order: dict[OrderId, list[Line]] = {}
        for line in await self.lines([OrderId(id) for id in ids]) if loaded else ():
            by_order.setdefault(line.order, []).append(line)
        orders = tuple(known_order(order, lines) for order, lines in by_order.items())
        stopped = await self._stopped(ids, buyers) if listed else frozenset()
        return Known(loaded=loaded, orders=orders, today=self._clock.now().date(), stopped=stopped)

    def forget(self) -> None:
        """Look anew at what there is on the next question."""
        self._state_until = 0.0

    async def _state(self) -> tuple[bool, bool]:
        """Whether order reports are there, and whether anything is on the stop list; asked now and then."""
        now = time.monotonic()
        if now >= self._state_until:
            asked = (
                "SELECT 1 FROM imports WHERE kind = 'orders' AND done_at IS NOT NULL LIMIT 1",
                "SELECT 1 FROM stop_list LIMIT 1",
            )
            found = await self._db.read(lambda tx: [bool(tx.execute(sql)) for sql in asked])
            self._found, self._state_until = (found[0], found[1]), now + STATE_SECONDS
        return self._found

    async def _stopped(self, ids: Sequence[str], buyers: Sequence[str]) -> frozenset[str]:
        wanted = sorted({*ids, *(bare_alias(buyer) for buyer in buyers)})[: 2 * MOST_ASKED]
        names, params = in_list("value", wanted)
        if not params:
            return frozenset()
        sql = f"SELECT value FROM stop_list WHERE value IN ({names})"  # noqa: S608 - parameter names
        return frozenset(row["value"] for row in await self._db.read(lambda tx: tx.execute(sql, params)))

    async def of_buyer(self, buyer: str, limit: int = 200) -> Sequence[OrderId]:
        """The orders of a buyer's alias."""
        sql = "SELECT order_id FROM order_buyers WHERE buyer = :buyer ORDER BY order_id LIMIT :most"
        values: dict[str, Value] = {"buyer": bare_alias(buyer), "most": limit}
        return [OrderId(row["order_id"]) for row in await self._db.read(lambda tx: tx.execute(sql, values))]

    # --- the stop list -----------------------------------------------------------------------------

    async def stop(self, kind: str, value: str, *, by: str, reason: str) -> None:
        """Put an order or a buyer on the stop list; one that is there already stays as it is."""
        at, value = micros(self._clock.now()), _listed(kind, value)
        values: dict[str, Value] = {
            "kind": kind,
            "value": value,
            "at": at,
            "by": plain(by),
            "reason": plain(reason),
        }

        def job(tx: Tx) -> None:
            if tx.change(_STOP, values):
                audit.record(tx, at=at, by=by, what="stop.add", subject=value, details={"reason": reason})

        await self._db.write(job)

    async def go(self, kind: str, value: str, *, by: str) -> bool:
        """Take an order or a buyer off the stop list; False when it was not on it."""
        at, value = micros(self._clock.now()), _listed(kind, value)
        values: dict[str, Value] = {"kind": kind, "value": value}

        def job(tx: Tx) -> bool:
            gone = bool(tx.change("DELETE FROM stop_list WHERE kind = :kind AND value = :value", values))
            if gone:
                audit.record(tx, at=at, by=by, what="stop.remove", subject=value)
            return gone

        return await self._db.write(job)

    async def stopped(self, limit: int = 1_000) -> Sequence[Stopped]:
        """The stop list, the newest first."""
        sql = "SELECT * FROM stop_list ORDER BY at DESC, value LIMIT :most"
        rows = await self._db.read(lambda tx: tx.execute(sql, {"most": limit}))
        return [
            Stopped(row["kind"], row["value"], moment(row["at"]), row["by_whom"], row["reason"])
            for row in rows
        ]


def _listed(kind: str, value: str) -> str:
    return plain(bare_alias(value) if kind == "buyer" else value.strip())


def _import_of(row: Row) -> Import:
    return Import(
        id=row["id"],
        digest=row["digest"],
        name=row["name"],
        kind=Kind(row["kind"]),
        by=row["by_whom"],
        started_at=moment(row["started_at"]),
        done_at=None if row["done_at"] is None else moment(row["done_at"]),
        rows=row["rows_read"],
        bad=row["rows_bad"],
    )

"""Order data that has had its time: names and addresses go first, the orders themselves with the ledger.

An order that is not known any more would have every mail on it refused as somebody else's. So what is
personal is taken out of its lines, and the rest stays for as long as its review request is remembered.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from gatepost.orderdata import Kind
from gatepost.ports import Clock
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.orders import Orders
from gatepost.store.rows import in_list, micros

PERSONAL = ("buyer", "recipient", "address", "postal_code")
"""What of an order line says who a buyer is and where they live."""

CUT_OFF = timedelta(days=1)
"""An import that was begun so long ago and is not finished was cut off."""

_ROUND = 500  # lines in one transaction: the writer is never held up for long

_NAMED = """
SELECT order_id, line_key, data FROM order_lines
WHERE import_id = :id AND (order_id > :order_id OR (order_id = :order_id AND line_key > :key))
ORDER BY order_id, line_key LIMIT :most
"""
_BLANK = """
UPDATE order_lines SET data = :data
WHERE order_id = :order_id AND kind = :kind AND line_key = :key AND import_id = :id
"""
_UNOWNED = """
DELETE FROM order_buyers WHERE order_id IN ({names}) AND NOT EXISTS (
  SELECT 1 FROM order_lines l JOIN imports i ON i.id = l.import_id
  WHERE l.order_id = order_buyers.order_id AND l.kind = :kind AND i.forgotten_at IS NULL AND i.id <> :id)
"""


class OldOrders:
    """Forgets order data by its age, some lines at a time."""

    def __init__(self, db: Database, orders: Orders, clock: Clock) -> None:
        self._db, self._orders, self._clock = db, orders, clock

    async def drop_cut_off(self, now: datetime) -> int:
        """Take back the imports that a crash has left unfinished; how many."""
        left = [one for one in await self._orders.unfinished() if one.started_at < now - CUT_OFF]
        for one in left:
            await self._orders.drop(one.id)
        return len(left)

    async def purge(self, now: datetime, *, names: timedelta, orders: timedelta) -> int:
        """Forget names and addresses older than `names`, and whole orders older than `orders`.

        The age of a line is that of its import. Returns how many lines were changed or deleted.
        """
        total = 0
        for number in await self._due(Kind.ORDERS, micros(now - names)):
            total += await self._forget_names(number)
        for kind in Kind:
            for number in await self._due(kind, micros(now - orders), whole=True):
                total += await self._delete(number)
        await self._delete_entries(micros(now - orders))
        return total

    async def _due(self, kind: Kind, before: int, *, whole: bool = False) -> Sequence[int]:
        again = "" if whole else "AND forgotten_at IS NULL "
        sql = f"SELECT id FROM imports WHERE kind = :kind AND done_at < :before {again}ORDER BY id"  # noqa: S608 - ours
        values: dict[str, Value] = {"kind": kind.value, "before": before}
        return [int(row["id"]) for row in await self._db.read(lambda tx: tx.execute(sql, values))]

    async def _forget_names(self, number: int) -> int:
        """Blank one import's lines; cut off, the next round begins it anew."""
        total, order, key = 0, "", ""
        while True:
            at: dict[str, Value] = {"id": number, "kind": Kind.ORDERS.value, "order_id": order, "key": key}
            rows = await self._db.write(lambda tx, at=at: _blank(tx, at))  # type: ignore[misc] # bound now
            if not rows:
                break
            total, order, key = total + len(rows), str(rows[-1]["order_id"]), str(rows[-1]["line_key"])
        done: dict[str, Value] = {"id": number, "at": micros(self._clock.now())}
        await self._db.write(
            lambda tx: tx.change("UPDATE imports SET forgotten_at = :at WHERE id = :id", done)
        )
        return total

    async def _delete(self, number: int) -> int:
        """Delete an import with all its lines: the same file could then be imported anew."""
        total = await self._orders.drop_lines(number)
        await self._db.write(lambda tx: tx.change("DELETE FROM imports WHERE id = :id", {"id": number}))
        return total

    async def _delete_entries(self, before: int) -> None:
        """What went out in a feed so long ago; what still waits to go out stays."""
        sql = (
            "DELETE FROM feed_entries WHERE id IN (SELECT id FROM feed_entries "
            "WHERE exported_at < :before LIMIT :most)"
        )
        values: dict[str, Value] = {"before": before, "most": _ROUND}
        await self._db.write_until_none(lambda tx: tx.change(sql, values))


def _blank(tx: Tx, at: dict[str, Value]) -> Sequence[Row]:
    rows = tx.execute(_NAMED, {**at, "most": _ROUND})
    for row in rows:
        data = json.loads(row["data"])
        if not any(name in data for name in PERSONAL):
            continue
        kept = {name: value for name, value in data.items() if name not in PERSONAL}
        text = json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
        tx.change(_BLANK, {**at, "order_id": row["order_id"], "key": row["line_key"], "data": text})
    names, params = in_list("order", sorted({row["order_id"] for row in rows}))
    if params:
        owned: dict[str, Value] = {**params, "kind": at["kind"], "id": at["id"]}
        tx.change(_UNOWNED.format(names=names), owned)
    return rows

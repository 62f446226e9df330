"""Shipments and adjustments that are to go out in a feed: recorded once, exported once."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import partial

from gatepost.model import MessageId, OrderId
from gatepost.orderdata import Feed, FeedEntry, Kind, Line, ShipmentLine, Unequal
from gatepost.ports import Clock
from gatepost.store import audit
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.orderrows import from_json, key_of, kind_of, to_json
from gatepost.store.rows import in_list, micros, moment, plain

MOST = 50_000  # entries of one file
MOST_TAKEN = 10_000  # entries noted in one transaction: the next feed has the rest
_BATCH = 500
FROM_MAIL = "mail:"
"""What `by` of a parcel begins with that was read from a mail; the mail's id follows."""

_PUT = """
INSERT INTO feed_entries (id, kind, order_id, recorded_at, by_whom, data)
VALUES (:id, :kind, :order_id, :at, :by, :data) ON CONFLICT (id) DO NOTHING
"""
_GIVE_WAY = """
DELETE FROM feed_entries WHERE order_id = :order_id AND kind = :kind AND by_whom LIKE :mail
AND exported_in IS NULL AND exported_at IS NULL
"""
_ENTERED = "SELECT 1 FROM feed_entries WHERE order_id = :order_id AND kind = :kind AND by_whom NOT LIKE :mail"
_IMPORTED = """
SELECT 1 FROM order_lines l JOIN imports i ON i.id = l.import_id
WHERE l.order_id = :order_id AND l.kind = :kind AND i.done_at IS NOT NULL
"""
_TAKE = """
UPDATE feed_entries SET exported_in = :file, exported_at = :at
WHERE exported_at IS NULL AND exported_in IS NULL AND id IN (
  SELECT id FROM feed_entries WHERE kind = :kind AND exported_at IS NULL AND exported_in IS NULL
  ORDER BY recorded_at, id LIMIT :most)
"""
_WRITTEN = """
SELECT exported_in, kind, exported_at, count(*) AS n FROM feed_entries WHERE exported_at IS NOT NULL
GROUP BY exported_at, exported_in, kind ORDER BY exported_at DESC, exported_in LIMIT :most
"""
_UNCONFIRMED = """
SELECT DISTINCT o.order_id FROM message_orders o JOIN messages m ON m.id = o.message_id
WHERE m.purpose = 'shipment-confirmation' AND m.state IN ('relayed', 'in-doubt')
AND NOT EXISTS (SELECT 1 FROM order_lines l JOIN imports i ON i.id = l.import_id
                WHERE l.order_id = o.order_id AND l.kind = 'shipping-confirmation' AND i.done_at IS NOT NULL)
AND NOT EXISTS (SELECT 1 FROM feed_entries f
                WHERE f.order_id = o.order_id AND f.kind = 'shipping-confirmation')
ORDER BY o.order_id LIMIT :most
"""
_UNTOLD = """
SELECT s.order_id FROM (
  SELECT l.order_id FROM order_lines l JOIN imports i ON i.id = l.import_id
  WHERE l.kind = 'shipping-confirmation' AND i.done_at IS NOT NULL
  UNION SELECT f.order_id FROM feed_entries f WHERE f.kind = 'shipping-confirmation'
) s
WHERE NOT EXISTS (SELECT 1 FROM message_orders o JOIN messages m ON m.id = o.message_id
                  WHERE o.order_id = s.order_id AND m.purpose = 'shipment-confirmation'
                  AND m.state IN ('relayed', 'in-doubt', 'spooled', 'attempting', 'sending', 'held'))
ORDER BY s.order_id LIMIT :most
"""


class FeedEntries:
    """What waits for, or has gone out in, the feeds."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def record(self, line: Line, *, by: str) -> bool:
        """Write down one shipment or adjustment; False when the same one is there already.

        A shipment that was read from a mail and did not go out yet gives way to one that is entered.
        """
        values = self._values(line, by)

        def job(tx: Tx) -> bool:
            tx.change(_GIVE_WAY, {"order_id": line.order, "kind": values["kind"], "mail": f"{FROM_MAIL}%"})
            return _put(tx, values)

        return await self._db.write(job)

    async def record_from_mail(self, line: ShipmentLine, id: MessageId) -> bool:
        """Write down a parcel that the mail `id` named, if nobody entered or imported one of its order."""
        values = self._values(line, f"{FROM_MAIL}{id}")
        known: dict[str, Value] = {
            "order_id": line.order, "kind": Kind.SHIPPING.value, "mail": f"{FROM_MAIL}%",
        }  # fmt: skip

        def job(tx: Tx) -> bool:
            if any(tx.execute(sql, known) for sql in (_ENTERED, _IMPORTED)):
                return False
            return _put(tx, values)

        return await self._db.write(job)

    def _values(self, line: Line, by: str) -> dict[str, Value]:
        kind = kind_of(line)
        return {
            "id": plain(f"{kind.value}|{line.order}|{key_of(line)}"),
            "kind": kind.value,
            "order_id": line.order,
            "at": micros(self._clock.now()),
            "by": plain(by),
            "data": plain(to_json(line)),
        }

    async def waiting(self, kind: Kind) -> Sequence[FeedEntry]:
        """What has not gone out yet, the oldest first, at most MOST."""
        sql = (
            "SELECT * FROM feed_entries WHERE kind = :kind AND exported_at IS NULL "
            "ORDER BY recorded_at, id LIMIT :most"
        )
        return await self._find(sql, {"kind": kind.value, "most": MOST})

    async def exported(self, file: str) -> Sequence[FeedEntry]:
        """What went out in `file`."""
        sql = (
            "SELECT * FROM feed_entries WHERE exported_in = :file AND exported_at IS NOT NULL "
            "ORDER BY recorded_at, id"
        )
        return await self._find(sql, {"file": plain(file)})

    async def _find(self, sql: str, values: dict[str, Value]) -> Sequence[FeedEntry]:
        return [_entry_of(row) for row in await self._db.read(lambda tx: tx.execute(sql, values))]

    async def written(self, limit: int = 20) -> Sequence[Feed]:
        """The feeds that went out, the newest first."""
        rows = await self._db.read(lambda tx: tx.execute(_WRITTEN, {"most": limit}))
        return [
            Feed(row["exported_in"] or "", Kind(row["kind"]), row["n"], moment(row["exported_at"]))
            for row in rows
        ]

    async def take(self, kind: Kind, file: str, *, by: str) -> int:
        """Note that what waits went out as `file`, which can be made of it at any time; how many.

        Durable and audited. Each entry goes to one of several calls; what is being written elsewhere is left.
        """
        values: dict[str, Value] = {
            "kind": kind.value,
            "file": plain(file),
            "at": micros(self._clock.now()),
            "most": MOST_TAKEN,
        }

        def job(tx: Tx) -> int:
            taken = tx.change(_TAKE, values)
            if taken:
                _audit(tx, values, by=by, entries=taken)
            return taken

        return await self._db.write(job)

    async def begin(self, entries: Sequence[FeedEntry], file: str) -> Sequence[FeedEntry]:
        """Note that these are being written to `file`: what a crash leaves is told by it.

        Returns those that nobody else has taken meanwhile.
        """
        mine = await self._mark(entries, "exported_in = :file", {"file": plain(file)})
        return [entry for entry in entries if entry.id in mine]

    async def leave(self, entries: Sequence[FeedEntry]) -> None:
        """Note that these are not being written after all."""
        await self._mark(entries, "exported_in = NULL", {})

    async def finish(self, entries: Sequence[FeedEntry], file: str, *, by: str) -> None:
        """Note that `file` stands with these in it: they are not exported again."""
        at = micros(self._clock.now())
        await self._mark(entries, "exported_in = :file, exported_at = :at", {"file": plain(file), "at": at})
        noted: dict[str, Value] = {"file": plain(file), "at": at}
        await self._db.write(lambda tx: _audit(tx, noted, by=by, entries=len(entries)))

    async def _mark(
        self, entries: Sequence[FeedEntry], change: str, values: dict[str, Value]
    ) -> AbstractSet[str]:
        marked: set[str] = set()
        for start in range(0, len(entries), _BATCH):
            names, params = in_list("id", [entry.id for entry in entries[start : start + _BATCH]])
            sql = (
                f"UPDATE feed_entries SET {change} WHERE exported_at IS NULL AND id IN ({names}) RETURNING id"  # noqa: S608 - names
            )
            rows = await self._db.write(partial(_run, sql=sql, values={**values, **params}))
            marked |= {row["id"] for row in rows}
        return marked

    async def unequal(self, limit: int = 10_000) -> Unequal:
        """The orders whose shipment mails and feeds disagree on."""
        told, confirmed = await self._db.read(
            lambda tx: [tx.execute(sql, {"most": limit}) for sql in (_UNCONFIRMED, _UNTOLD)]
        )
        return Unequal(*([OrderId(row["order_id"]) for row in rows] for rows in (told, confirmed)))


def _run(tx: Tx, *, sql: str, values: dict[str, Value]) -> Sequence[Row]:
    return tx.execute(sql, values)


def _audit(tx: Tx, noted: dict[str, Value], *, by: str, entries: int) -> None:
    at, file = noted["at"], str(noted["file"])
    assert isinstance(at, int)  # noqa: S101 - micros made it
    audit.record(tx, at=at, by=by, what="feeds.write", subject=file, details={"entries": str(entries)})


def _put(tx: Tx, values: dict[str, Value]) -> bool:
    new = bool(tx.change(_PUT, values))
    if new:
        told = {"kind": str(values["kind"])}
        at, by, order = values["at"], str(values["by"]), str(values["order_id"])
        assert isinstance(at, int)  # noqa: S101 - _values made it
        audit.record(tx, at=at, by=by, what="feeds.record", subject=order, details=told)
    return new


def _entry_of(row: Row) -> FeedEntry:
    return FeedEntry(
        id=row["id"],
        line=from_json(Kind(row["kind"]), OrderId(row["order_id"]), row["data"]),
        recorded_at=moment(row["recorded_at"]),
        by=row["by_whom"],
        exported_at=None if row["exported_at"] is None else moment(row["exported_at"]),
        exported_in=row["exported_in"] or "",
    )

"""What the capture relay took in place of a real one: bounded, the oldest go first."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from gatepost.errors import StoreError
from gatepost.model import MessageId
from gatepost.ports import Captured
from gatepost.store.db import Database
from gatepost.store.engine import Params, Row, Tx
from gatepost.store.rows import dumps, micros, moment

MOST = 10_000
MOST_BYTES = 512 * 1024 * 1024
_EVERY = 16  # the bounds are looked at once in so many captures: counting them all has its price

_INSERT = """
INSERT INTO captures (id, at, mail_from, rcpt_tos, size_bytes, raw)
VALUES (:id, :at, :mail_from, :rcpt_tos, :size_bytes, :raw)
ON CONFLICT (id) DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class CaptureLine:
    """A captured mail without its bytes, for lists."""

    id: MessageId
    at: datetime
    mail_from: str
    rcpt_tos: tuple[str, ...]
    size_bytes: int


class SqlCaptures:
    """Captured mails in the database."""

    def __init__(self, db: Database, *, most: int = MOST, most_bytes: int = MOST_BYTES) -> None:
        self._db, self._most, self._most_bytes = db, most, most_bytes
        self._taken = 0

    async def capture(self, captured: Captured) -> None:
        """Keep one mail; durable when it returns. Of two with one id the first stays."""
        params: Params = {
            "id": captured.id,
            "at": micros(captured.at),
            "mail_from": dumps(captured.mail_from),
            "rcpt_tos": dumps(captured.rcpt_tos),
            "size_bytes": len(captured.raw),
            "raw": captured.raw,
        }

        def job(tx: Tx) -> None:
            tx.change(_INSERT, params)
            if shed:
                self._shed(tx)

        shed, self._taken = self._taken % _EVERY == 0, self._taken + 1
        await self._db.write(job)

    def _shed(self, tx: Tx) -> None:
        while True:
            sums = tx.execute(
                "SELECT count(*) AS n, CAST(coalesce(sum(size_bytes), 0) AS BIGINT) AS bytes FROM captures"
            )[0]
            if sums["n"] <= self._most and (sums["bytes"] <= self._most_bytes or sums["n"] <= 1):
                return
            tx.change("DELETE FROM captures WHERE id = (SELECT id FROM captures ORDER BY at, id LIMIT 1)")

    async def list(self, *, limit: int = 50, offset: int = 0) -> Sequence[CaptureLine]:
        """Captured mails, newest first."""
        sql = (
            "SELECT id, at, mail_from, rcpt_tos, size_bytes FROM captures "
            "ORDER BY at DESC, id DESC LIMIT :most OFFSET :skip"
        )
        params = {"most": limit, "skip": offset}
        return await self._db.read(lambda tx: [_line_of(row) for row in tx.execute(sql, params)])

    async def count(self) -> int:
        """How many captured mails are kept."""
        return await self._db.read(lambda tx: int(tx.execute("SELECT count(*) AS n FROM captures")[0]["n"]))

    async def show(self, id: MessageId) -> Captured:
        """One captured mail. Raises StoreError when there is none."""
        rows = await self._db.read(lambda tx: tx.execute("SELECT * FROM captures WHERE id = :id", {"id": id}))
        if not rows:
            raise StoreError(f"there is no captured mail {id}")
        line = _line_of(rows[0])
        return Captured(line.id, line.at, line.mail_from, line.rcpt_tos, bytes(rows[0]["raw"]))


def _line_of(row: Row) -> CaptureLine:
    return CaptureLine(
        id=MessageId(row["id"]),
        at=moment(row["at"]),
        mail_from=json.loads(row["mail_from"]),
        rcpt_tos=tuple(json.loads(row["rcpt_tos"])),
        size_bytes=row["size_bytes"],
    )

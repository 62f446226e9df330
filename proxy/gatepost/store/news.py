"""What Amazon and mail servers sent back, and the mails of ours that it is about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

from gatepost.model import MessageId
from gatepost.ports import About, Clock
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.rows import INBOUND, in_list, micros, moment, plain
from gatepost_policies.facts import bare_alias

LOOKED_AT = 20
"""Orders or ids of one mail that are looked up."""

_PUT = """
INSERT INTO amazon_news (id, at, kind, proof, done, order_id, buyer, message_id, status, words)
VALUES (:id, :at, :kind, :proof, '', :order_id, :buyer, :message_id, :status, :words)
ON CONFLICT (id) DO NOTHING
"""
_ABOUT = """
SELECT m.id, m.buyers, o.order_id FROM message_orders o JOIN messages m ON m.id = o.message_id
WHERE o.order_id IN ({names}) AND m.buyers <> '[]' AND m.session NOT LIKE :inbound
ORDER BY m.received_at DESC, m.id DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that came back."""

    id: str
    at: datetime
    kind: str
    proof: str
    done: str
    order: str
    buyer: str
    message: str
    status: str
    words: str


class ComeBack:
    """What came back, in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def note(self, mail: str, *, kind: str, proof: str, about: About, status: str, words: str) -> str:
        """Write it down and return its id; "" when the mail with that Message-ID was dealt with before."""
        id = blake2b(mail.encode("utf-8", "replace"), digest_size=12).hexdigest()
        values: dict[str, Value] = {
            "id": id,
            "at": micros(self._clock.now()),
            "kind": kind,
            "proof": plain(proof),
            "order_id": plain(about.order),
            "buyer": plain(about.buyer),
            "message_id": about.message or "",
            "status": plain(status),
            "words": plain(words),
        }

        def job(tx: Tx) -> bool:
            if tx.change(_PUT, values):
                return True
            # One that was never finished, or came without a proof before, is dealt with now.
            known = tx.execute("SELECT done, proof FROM amazon_news WHERE id = :id", {"id": id})[0]
            if known["done"] or (known["proof"] and kind == "bounce") or not proof:
                return False
            tx.change(
                "UPDATE amazon_news SET proof = :proof WHERE id = :id", {"id": id, "proof": plain(proof)}
            )
            return True

        return id if await self._db.write(job) else ""

    async def done(self, id: str, what: str) -> None:
        """What was done about it."""
        await self._db.write(
            lambda tx: tx.change(
                "UPDATE amazon_news SET done = :what WHERE id = :id", {"id": id, "what": what}
            )
        )

    async def about(self, orders: Sequence[str], ids: Sequence[str]) -> About:
        """The mail of ours that these message ids, or else the last one that these orders, name."""

        def job(tx: Tx) -> About:
            return _by_id(tx, ids) or _by_order(tx, orders) or About(order=next(iter(orders), ""))

        return await self._db.read(job)

    async def purge(self, before: datetime) -> int:
        """Delete what came back before then; how much that was."""
        return await self._db.write(
            lambda tx: tx.change("DELETE FROM amazon_news WHERE at < :before", {"before": micros(before)})
        )

    async def list(self, limit: int = 100) -> Sequence[Item]:
        """What came back, the newest first."""
        sql = "SELECT * FROM amazon_news ORDER BY at DESC, id LIMIT :most"
        return [_item_of(row) for row in await self._db.read(lambda tx: tx.execute(sql, {"most": limit}))]


def _by_id(tx: Tx, ids: Sequence[str]) -> About | None:
    names, params = in_list("id", list(ids)[:LOOKED_AT])
    if not params:
        return None
    rows = tx.execute(f"SELECT id, buyers, order_ids FROM messages WHERE id IN ({names})", params)  # noqa: S608 - parameter names
    found = [row for row in rows if json.loads(row["buyers"])]
    if not found:
        return None
    order = next(iter(json.loads(found[0]["order_ids"])), "")
    return About(MessageId(found[0]["id"]), order, _only(found[0]["buyers"]))


def _by_order(tx: Tx, orders: Sequence[str]) -> About | None:
    names, params = in_list("order", list(orders)[:LOOKED_AT])
    values = {**params, "inbound": INBOUND}
    rows = tx.execute(_ABOUT.format(names=names), values) if params else ()
    return About(MessageId(rows[0]["id"]), rows[0]["order_id"], _only(rows[0]["buyers"])) if rows else None


def _only(buyers: str) -> str:
    aliases = {bare_alias(each) for each in json.loads(buyers)}
    return aliases.pop() if len(aliases) == 1 else ""


def _item_of(row: Row) -> Item:
    return Item(
        id=row["id"],
        at=moment(row["at"]),
        kind=row["kind"],
        proof=row["proof"],
        done=row["done"],
        order=row["order_id"],
        buyer=row["buyer"],
        message=row["message_id"],
        status=row["status"],
        words=row["words"],
    )

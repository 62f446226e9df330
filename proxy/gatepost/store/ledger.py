"""The ledger of review requests: one an order, whoever asks (D4b)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from gatepost.errors import StateError, StoreError
from gatepost.model import Claim, ClaimState, Entry, MessageId, OrderId
from gatepost.ports import Clock
from gatepost.states import CLAIM
from gatepost.store import audit, claims
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.rows import claim_of, entry_of, in_list, micros, moment, plain

_ROUND = 500  # imported rows in one transaction

_IMPORT = """
INSERT INTO claims (order_id, state, message_id, at, note) VALUES (:order_id, 'confirmed', NULL, :at, :note)
ON CONFLICT (order_id) DO UPDATE SET state = 'confirmed', message_id = NULL, at = :at, note = :note
WHERE claims.state = 'released'
RETURNING order_id
"""


@dataclass(frozen=True, slots=True)
class Step:
    """One transition of a claim."""

    state: ClaimState
    message: MessageId | None
    at: datetime
    by: str  # empty when the gateway itself moved it
    note: str


@dataclass(frozen=True, slots=True)
class History:
    """All that is known of one order's review request. `messages` are those that name the order."""

    claim: Claim
    note: str
    steps: Sequence[Step]
    messages: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A review request that was made outside the gateway."""

    order: OrderId
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: requests written down, and orders whose request was known already."""

    added: int
    known: int


class SqlLedger:
    """The ledger in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def list(
        self, states: frozenset[ClaimState] = frozenset(), *, limit: int = 100, offset: int = 0
    ) -> Sequence[Claim]:
        """Claims, the last changed first."""
        names, params = in_list("state", sorted(state.value for state in states))
        where = f"WHERE state IN ({names})" if states else ""
        sql = f"SELECT * FROM claims {where} ORDER BY at DESC, order_id LIMIT :most OFFSET :skip"  # noqa: S608 - parameter names
        page: dict[str, Value] = {**params, "most": limit, "skip": offset}
        return await self._db.read(lambda tx: [claim_of(row) for row in tx.execute(sql, page)])

    async def find(self, order: OrderId) -> Claim | None:
        """The claim of an order, if it ever had one."""
        return await self._db.read(lambda tx: claims.find(tx, order))

    async def show(self, order: OrderId) -> History:
        """A claim with all its transitions and messages. Raises StoreError when the order has none."""
        return await self._db.read(lambda tx: _history(tx, order))

    async def grant(self, order: OrderId, *, by: str, reason: str) -> None:
        """Allow another request for an order. Raises StateError unless one is confirmed or in doubt."""
        at = micros(self._clock.now())

        def job(tx: Tx) -> None:
            old = claims.find(tx, order)
            if old is None:
                raise StateError(f"order {order} has had no review request: nothing needs to be granted")
            if ClaimState.GRANTED not in CLAIM[old.state]:
                raise StateError(f"the review request of order {order} is {old.state.value}")
            granted = tx.change(
                "UPDATE claims SET state = 'granted', at = :at, note = :note "
                "WHERE order_id = :order_id AND state = :old",
                {"at": at, "note": plain(reason), "order_id": order, "old": old.state.value},
            )
            if granted == 0:
                raise StateError(f"the review request of order {order} changed at the same time")
            claims.log(tx, order, ClaimState.GRANTED, old.message, at=at, by=by, note=plain(reason))
            details = {"reason": reason, "was": old.state.value}
            audit.record(tx, at=at, by=by, what="claim.granted", subject=order, details=details)

        await self._db.write(job)

    async def import_rows(self, requests: Iterable[Elsewhere], *, by: str) -> Imported:
        """Write down requests made elsewhere: their orders count as asked. Known orders stay as they are.

        Durable in parts of some hundred; an import that was interrupted can be run again.
        """
        rest, added, seen = iter(requests), 0, 0
        while part := list(islice(rest, _ROUND)):
            added += await self._import(part, by)
            seen += len(part)
        return Imported(added, seen - added)

    async def _import(self, part: Sequence[Elsewhere], by: str) -> int:
        now = micros(self._clock.now())

        def job(tx: Tx) -> int:
            in_order = sorted(
                part, key=lambda request: request.order
            )  # two imports can't wait for each other
            added = sum(_add(tx, request, by) for request in in_order)
            details = {"rows": str(len(part)), "added": str(added)}
            audit.record(tx, at=now, by=by, what="claims.imported", subject="", details=details)
            return added

        return await self._db.write(job)


def _add(tx: Tx, request: Elsewhere, by: str) -> bool:
    at, note = micros(request.at), plain(request.note)
    if not tx.execute(_IMPORT, {"order_id": request.order, "at": at, "note": note}):
        return False
    claims.log(tx, request.order, ClaimState.CONFIRMED, None, at=at, by=by, note=note)
    return True


def _history(tx: Tx, order: OrderId) -> History:
    params: dict[str, Value] = {"order_id": order}
    rows = tx.execute("SELECT * FROM claims WHERE order_id = :order_id", params)
    if not rows:
        raise StoreError(f"order {order} has had no review request")
    steps = tx.execute("SELECT * FROM claim_log WHERE order_id = :order_id ORDER BY step", params)
    messages = tx.execute(
        "SELECT messages.* FROM message_orders JOIN messages ON messages.id = message_orders.message_id "
        "WHERE message_orders.order_id = :order_id ORDER BY received_at LIMIT 200",
        params,
    )
    return History(
        claim=claim_of(rows[0]),
        note=rows[0]["note"],
        steps=[_step_of(row) for row in steps],
        messages=[entry_of(row) for row in messages],
    )


def _step_of(row: Row) -> Step:
    return Step(
        state=ClaimState(row["state"]),
        message=None if row["message_id"] is None else MessageId(row["message_id"]),
        at=moment(row["at"]),
        by=row["by_whom"],
        note=row["note"],
    )

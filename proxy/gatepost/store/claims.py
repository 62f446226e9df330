"""What happens to the claims of orders inside a transaction. The public ledger stands in `ledger.py`."""

from __future__ import annotations

from collections.abc import Sequence

from gatepost.errors import StateError
from gatepost.model import Claim, ClaimState, MessageId, OrderId
from gatepost.states import CLAIM, FREE
from gatepost.store.engine import Params, Tx
from gatepost.store.rows import claim_of, in_list

_FREE = ", ".join(f"'{state.value}'" for state in sorted(FREE, key=lambda state: state.value))
_RESERVE = f"""
INSERT INTO claims (order_id, state, message_id, at, note)
VALUES (:order_id, 'reserved', :message_id, :at, '')
ON CONFLICT (order_id) DO UPDATE SET state = 'reserved', message_id = :message_id, at = :at, note = ''
WHERE claims.state IN ({_FREE})
RETURNING order_id
"""  # noqa: S608 - only names of our own enum are put in
_LOG = """
INSERT INTO claim_log (order_id, step, state, message_id, at, by_whom, note)
SELECT :order_id, coalesce(max(step), 0) + 1, :state, :message_id, :at, :by_whom, :note
FROM claim_log WHERE order_id = :order_id
"""


def find(tx: Tx, order: OrderId) -> Claim | None:
    """The claim of an order, if it ever had one."""
    rows = tx.execute("SELECT * FROM claims WHERE order_id = :order_id", {"order_id": order})
    return claim_of(rows[0]) if rows else None


def reserve(tx: Tx, orders: Sequence[OrderId], message: MessageId, *, at: int, by: str = "") -> Claim | None:
    """Reserve the orders for a message; the claim that is in the way, if one is: then undo the job.

    In one order of rows for all callers, so that two of them can't wait for each other.
    """
    for order in sorted(set(orders)):
        params: Params = {"order_id": order, "message_id": message, "at": at}
        if tx.execute(_RESERVE, params):
            log(tx, order, ClaimState.RESERVED, message, at=at, by=by)
            continue
        taken = find(tx, order)
        if taken is None:
            raise StateError(f"the claim of {order} changed at the same time")
        if taken.message != message or taken.state is not ClaimState.RESERVED:
            return taken
    return None


def still_hold(tx: Tx, message: MessageId) -> bool:
    """Whether every order that a message ever reserved is still its own: none was granted anew since.

    Nobody can grant one of them until the end of the transaction.
    """
    tx.execute(
        "SELECT order_id FROM claims WHERE message_id = :id ORDER BY order_id /*! FOR UPDATE */",
        {"id": message},
    )
    rows = tx.execute(
        "SELECT count(*) AS lost "
        "FROM (SELECT DISTINCT order_id FROM claim_log WHERE message_id = :id) AS once "
        "LEFT JOIN claims ON claims.order_id = once.order_id AND claims.message_id = :id "
        "AND claims.state IN ('reserved', 'in-doubt') WHERE claims.order_id IS NULL",
        {"id": message},
    )
    return bool(rows[0]["lost"] == 0)


def move(tx: Tx, message: MessageId, state: ClaimState, *, at: int, by: str = "", note: str = "") -> None:
    """Move those claims of a message that may go to `state`; the others (granted anew since) stay."""
    sources = sorted(old.value for old, nexts in CLAIM.items() if state in nexts and old not in FREE)
    names, params = in_list("old", sources)
    rows = tx.execute(
        f"UPDATE claims SET state = :state, at = :at WHERE message_id = :message_id AND state IN ({names}) "  # noqa: S608 - names of parameters
        "RETURNING order_id",
        {"state": state.value, "at": at, "message_id": message} | dict(params),
    )
    for row in sorted(rows, key=lambda row: str(row["order_id"])):
        log(tx, OrderId(row["order_id"]), state, message, at=at, by=by, note=note)


def log(
    tx: Tx,
    order: OrderId,
    state: ClaimState,
    message: MessageId | None,
    *,
    at: int,
    by: str = "",
    note: str = "",
) -> None:
    """Write one transition down."""
    tx.change(
        _LOG,
        {
            "order_id": order,
            "state": state.value,
            "message_id": message,
            "at": at,
            "by_whom": by,
            "note": note,
        },
    )

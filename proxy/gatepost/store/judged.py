"""What judging gave of a message: its columns, and the rows by which orders and rules find it."""

from __future__ import annotations

from gatepost.errors import StateError
from gatepost.model import Entry
from gatepost.store import held
from gatepost.store.engine import Tx, Value
from gatepost.store.rows import entry_params

_COLUMNS = (
    "sender",
    "subject",
    "subject_folded",
    "size_bytes",
    "buyers",
    "edition",
    "digest",
    "purpose",
    "language",
    "order_ids",
    "asks_review",
    "findings",
    "answer",  # what it says of findings is counted off in those
)
_REWRITE = (
    f"UPDATE messages SET {', '.join(f'{column} = :{column}' for column in _COLUMNS)} "  # noqa: S608 - named above
    "WHERE id = :id AND state = :state"
)


def index(tx: Tx, entry: Entry, received_at: Value) -> None:
    """Write the rows by which an entry's orders and rules find it."""
    for order in dict.fromkeys(entry.order_ids):
        tx.change(
            "INSERT INTO message_orders (order_id, message_id) VALUES (:order_id, :id)",
            {"order_id": order, "id": entry.id},
        )
    for rule, finding in {finding.rule: finding for finding in entry.findings}.items():
        tx.change(
            "INSERT INTO message_rules (rule, message_id, clause, mode, received_at) "
            "VALUES (:rule, :id, :clause, :mode, :received_at) ON CONFLICT (rule, message_id) DO NOTHING",
            {
                "rule": rule,
                "id": entry.id,
                "clause": finding.clause,
                "mode": finding.mode.value,
                "received_at": received_at,
            },
        )


def rewrite(tx: Tx, entry: Entry, *, corrected: bool = False) -> None:
    """Replace what judging gave earlier. Raises StateError when the message is no longer in that state.

    A corrected mail is still found by the rules that held the original: a person upheld them.
    """
    params = entry_params(entry)
    wanted = {column: params[column] for column in (*_COLUMNS, "id", "state")}
    if tx.change(_REWRITE, wanted) == 0:
        raise StateError(f"message {entry.id} is no longer {entry.state.value}")
    for table in ("message_orders",) if corrected else ("message_orders", "message_rules"):
        tx.change(f"DELETE FROM {table} WHERE message_id = :id", {"id": entry.id})  # noqa: S608 - named above
    index(tx, entry, params["received_at"])
    held.write(tx, entry)

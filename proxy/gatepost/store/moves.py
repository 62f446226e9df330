"""How a message changes its state inside a transaction: checked by `states`, with its claims and bytes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from gatepost.errors import StateError, StoreError
from gatepost.model import MessageId, MessageState
from gatepost.states import KEEPS_RAW, check_message, claim_after
from gatepost.store import claims, held, outbox
from gatepost.store.engine import Row, Tx

IN_FLIGHT = frozenset({MessageState.ATTEMPTING, MessageState.SENDING})
NEEDS_RAW = frozenset({MessageState.SPOOLED, MessageState.HELD})
"""States that only a message with its bytes can be in."""


class Origin(Enum):
    """Where a message came from into flight: tells recovery where it goes back to."""

    LIVE = "live"
    SPOOL = "spool"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Standing:
    """What a change needs to know of a row."""

    id: MessageId
    state: MessageState
    owner: str
    origin: Origin
    answered: bool
    claimed: bool
    has_raw: bool


@dataclass(frozen=True, slots=True)
class Change:
    """A new state and what comes with it; None leaves a column as it is."""

    state: MessageState
    at: int
    by: str = ""
    note: str = ""
    raw: bytes | None = None
    answer: str | None = None
    envelope: str | None = None
    error: str | None = None
    next_attempt_at: int | None = None
    owner: str | None = None  # for a message that goes into flight
    lease_until: int = 0


STANDING = "id, state, owner, origin, answered, claimed, has_raw"
_UPDATE = """
UPDATE messages SET state = :state, state_at = :at, owner = coalesce(:owner, owner),
  lease_until = :lease_until, origin = :origin, answered = :answered,
  answering = CASE WHEN :answering = 0 THEN 0 ELSE answering END, has_raw = :has_raw,
  answer = coalesce(:answer, answer), envelope = coalesce(:envelope, envelope),
  last_error = coalesce(:error, last_error), next_attempt_at = :next_attempt_at
WHERE id = :id AND state = :old AND owner = :old_owner
"""


def standing_of(row: Row) -> Standing:
    """The standing of a row that has the columns STANDING."""
    return Standing(
        id=MessageId(row["id"]),
        state=MessageState(row["state"]),
        owner=row["owner"],
        origin=Origin(row["origin"]),
        answered=bool(row["answered"]),
        claimed=bool(row["claimed"]),
        has_raw=bool(row["has_raw"]),
    )


def standing(tx: Tx, id: MessageId) -> Standing:
    """How a message stands. Raises StoreError when there is none."""
    rows = tx.execute(f"SELECT {STANDING} FROM messages WHERE id = :id", {"id": id})  # noqa: S608 - our columns
    if not rows:
        raise StoreError(f"there is no message {id}")
    return standing_of(rows[0])


def move(tx: Tx, old: Standing, change: Change) -> None:
    """Change the state, then the claims and the bytes as the new state wants them.

    Raises StateError when the table of states forbids it, or when the row is no longer as `old` says.
    """
    check_message(old.state, change.state)
    has_raw = change.state in KEEPS_RAW and (old.has_raw or change.raw is not None)
    if change.state in NEEDS_RAW and not has_raw:
        raise StoreError(f"{change.state.value} needs the bytes of the mail")
    again = old.state is MessageState.IN_DOUBT and change.state is MessageState.SPOOLED
    if again and old.claimed and not claims.still_hold(tx, old.id):
        raise StateError(f"an order of message {old.id} was granted to another message")
    _update(tx, old, change, has_raw=has_raw)
    if change.state in outbox.LATER:
        outbox.note(tx, old.id, change.state, change.at)
    after = claim_after(change.state)
    if after is not None and old.claimed:
        claims.move(tx, old.id, after, at=change.at, by=change.by, note=change.note)
    if has_raw and change.raw is not None:
        put_raw(tx, old.id, change.raw)
    elif old.has_raw and not has_raw:
        drop_raw(tx, old.id)


def _update(tx: Tx, old: Standing, change: Change, *, has_raw: bool) -> None:
    changed = tx.change(
        _UPDATE,
        {
            "id": old.id,
            "old": old.state.value,
            "old_owner": old.owner,
            "state": change.state.value,
            "at": change.at,
            "owner": change.owner,
            "lease_until": change.lease_until,
            "origin": _origin_after(old, change.state).value,
            "answered": int(old.answered or change.state in NEEDS_RAW),
            "answering": int(change.state is not MessageState.ABANDONED),
            "has_raw": int(has_raw),
            "answer": change.answer,
            "envelope": change.envelope,
            "error": change.error,
            "next_attempt_at": change.next_attempt_at,
        },
    )
    if changed == 0:
        raise StateError(f"message {old.id} is no longer {old.state.value}")


def _origin_after(old: Standing, state: MessageState) -> Origin:
    match state:
        case MessageState.SPOOLED:
            return Origin.SPOOL
        case MessageState.HELD:
            return Origin.HELD
        case _:
            return old.origin


def put_raw(tx: Tx, id: MessageId, raw: bytes) -> None:
    """Keep the bytes of a message."""
    tx.change(
        "INSERT INTO raw (message_id, bytes) VALUES (:id, :bytes) "
        "ON CONFLICT (message_id) DO UPDATE SET bytes = :bytes",
        {"id": id, "bytes": raw},
    )


def drop_raw(tx: Tx, id: MessageId) -> None:
    """Delete the bytes of a message, and the words by which it was found while it was held."""
    tx.change("DELETE FROM raw WHERE message_id = :id", {"id": id})
    held.drop(tx, id)


def raw_of(tx: Tx, id: MessageId) -> bytes:
    """The bytes of a message. Raises StoreError when they are not kept (any more)."""
    rows = tx.execute("SELECT bytes FROM raw WHERE message_id = :id", {"id": id})
    if not rows:
        raise StoreError(f"the bytes of message {id} are not kept")
    return bytes(rows[0]["bytes"])

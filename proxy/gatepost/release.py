"""What a person does with a held mail, over ports only. It is released by the road of live mail."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from gatepost import events
from gatepost.attempt import Flight, Road, everyone
from gatepost.errors import StateError, StoreError
from gatepost.model import Answer, Claim, Entry, Message, MessageId, RelayReply
from gatepost.ports import Quarantine, Taken
from gatepost_policies.model import Mode


class Released(Enum):
    """How a release or a rejection ended."""

    SENT = "sent"  # an attempt was made; its answer says what the relay said
    REJECTED = "rejected"
    NOT_HELD = "not-held"  # someone else was first, or there is no such mail
    SPENT = "spent"  # the order's one review request is taken meanwhile; still held (D4b)
    FAILED = "failed"  # the store failed; still held


@dataclass(frozen=True, slots=True)
class ReleaseOutcome:
    """The outcome for one id."""

    id: MessageId
    released: Released
    answer: Answer | None = None
    claim: Claim | None = None
    why: str = ""


async def release(
    id: MessageId, *, by: str, quarantine: Quarantine, road: Road, one_per_order: Mode
) -> ReleaseOutcome:
    """Send a held mail; of concurrent calls one does. A review request needs its orders' claims (D4b)."""
    try:
        entry = await quarantine.show(id)
        asks = entry.asks_review and one_per_order is not Mode.OFF
        taken = await quarantine.take(id, by=by, claims=entry.order_ids if asks else ())
    except StateError as error:
        return ReleaseOutcome(id, Released.NOT_HELD, why=str(error))
    except StoreError as error:
        return ReleaseOutcome(id, Released.FAILED, why=str(error))
    if isinstance(taken, Taken):
        return ReleaseOutcome(id, Released.SPENT, claim=taken.claim)
    events.message_released(id, by)
    flight = Flight(taken, entry, durable=True, ours=True)
    answer = await road.tasks.start(road.attempt(flight), name=f"release {id}")
    return ReleaseOutcome(id, Released.SENT, answer=answer)


async def give_back(entry: Entry, reply: RelayReply, *, road: Road) -> None:
    """Report to the sender that a held mail will not go out; durable in the spool when it returns."""
    message = Message(entry.id, entry.received_at, entry.session, entry.envelope, raw=b"")
    if report := road.report(message, entry, everyone(message, reply)):
        await road.journal.open(report[0], raw=report[1])


async def reject(id: MessageId, *, by: str, note: str, quarantine: Quarantine, road: Road) -> ReleaseOutcome:
    """Refuse a held mail for good and tell its sender, with the reviewer's note."""
    try:
        entry = await quarantine.show(id)
        await quarantine.reject(id, by=by, note=note)
    except StateError as error:
        return ReleaseOutcome(id, Released.NOT_HELD, why=str(error))
    except StoreError as error:
        return ReleaseOutcome(id, Released.FAILED, why=str(error))
    events.message_rejected(id, by)
    words = f"a reviewer decided against it: {note}" if note else "a reviewer decided against it"
    try:
        await give_back(entry, RelayReply(554, "5.7.1", words), road=road)
    except StoreError as error:
        return ReleaseOutcome(id, Released.REJECTED, why=f"the sender could not be told: {error}")
    return ReleaseOutcome(id, Released.REJECTED)

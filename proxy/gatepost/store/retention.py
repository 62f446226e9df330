"""What is forgotten: by age, and one buyer's data on request. The ledger keeps its count by order."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from gatepost.errors import StateError
from gatepost.model import ClaimState, Entry, MessageId, MessageState, Recipient
from gatepost.ports import Clock
from gatepost.states import MESSAGE
from gatepost.store import audit, moves
from gatepost.store.buyers import like_of, named
from gatepost.store.db import Database
from gatepost.store.engine import Tx, Value
from gatepost.store.moves import Change
from gatepost.store.rows import (
    answer_json,
    dumps,
    entry_of,
    envelope_json,
    envelope_of,
    findings_json,
    in_list,
    micros,
)
from gatepost_policies.facts import bare_alias
from gatepost_policies.model import Finding

ERASED = "erased@invalid"
"""What stands where a buyer's address stood."""

BESIDE = ("held_words", "views", "turns", "reviewed", "corrections", "wrong_findings")
"""What the review site keeps of a message beside its row."""

_OPEN = frozenset({ClaimState.RESERVED, ClaimState.IN_DOUBT})
_SETTLED = ", ".join(sorted(f"'{state.value}'" for state in ClaimState if state not in _OPEN))
_ROUND = 200  # rows in one transaction: the writer is never held up for long
_FINAL = ", ".join(sorted(f"'{state.value}'" for state, nexts in MESSAGE.items() if not nexts))


@dataclass(frozen=True, slots=True)
class Purged:
    """How much was deleted."""

    messages: int
    captures: int
    sessions: int
    claims: int = 0
    orders: int = 0  # lines of order data: deleted, or without names and addresses now


@dataclass(frozen=True, slots=True)
class Erased:
    """What erasing one buyer did. Those in flight are left: ask again when they are settled."""

    messages: int
    captures: int
    in_flight: int
    orders: int = 0  # of theirs whose data was forgotten


class Retention:
    """Deletes what has had its time."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def purge(
        self,
        now: datetime,
        *,
        decisions: timedelta,
        captured: timedelta,
        sessions: timedelta,
        ledger: timedelta | None = None,
    ) -> Purged:
        """Delete settled messages, captured mails and site sessions older than that.

        Claims outlive their messages: they go when their order has not been touched for `ledger`.
        """
        messages = await self._in_rounds(_purge_messages, now - decisions)
        await self._in_rounds(_purge_exceptions, now - decisions)
        captures = await self._in_rounds(_purge_captures, now - captured)
        ended = await self._in_rounds(_purge_sessions, now - sessions)
        claims = 0 if ledger is None else await self._in_rounds(_purge_claims, now - ledger)
        await self._db.settle_log()
        return Purged(messages, captures, ended, claims)

    async def _in_rounds(self, purge: Callable[[Tx, int], int], before: datetime) -> int:
        return await self._db.write_until_none(lambda tx: purge(tx, micros(before)), urgent=True)

    async def erase(self, address: str, *, by: str, files: int = 0) -> Erased:
        """Remove what is kept of the buyer behind an address, from the file and its log too.

        Bytes, subject, evidence, the address and what order data says of them go; a held or spooled mail is
        rejected with them; one in doubt counts as sent. That their orders were asked for a review stays.
        The audit trail has the numbers, and that of the `files` that were deleted with them.
        """
        ids = await self._db.read(lambda tx: _mentions(tx, address), seconds=300)
        erased = in_flight = 0
        for start in range(0, len(ids), _ROUND):
            part = ids[start : start + _ROUND]
            done = await self._db.write(partial(self._erase, ids=part, address=address, by=by), urgent=True)
            erased, in_flight = erased + done, in_flight + len(part) - done
        captures = await self._db.write(lambda tx: _erase_captures(tx, address), urgent=True)
        at = micros(self._clock.now())
        orders = await self._db.write(lambda tx: _erase_orders(tx, address), urgent=True)
        await self._db.write(lambda tx: _erase_arrivals(tx, address), urgent=True)
        counts = {"messages": str(erased), "captures": str(captures), "orders": str(orders)}
        counts |= {"files": str(files)} if files else {}
        await self._db.write(
            lambda tx: audit.record(tx, at=at, by=by, what="buyer.erased", subject="", details=counts)
        )
        await self._db.settle_log(thoroughly=True)
        return Erased(erased, captures, in_flight, orders)

    def _erase(self, tx: Tx, *, ids: Sequence[MessageId], address: str, by: str) -> int:
        return sum(_erase_message(tx, id, address, by=by, at=micros(self._clock.now())) for id in ids)


def _purge_messages(tx: Tx, before: int) -> int:
    rows = tx.execute(
        f"SELECT id FROM messages WHERE received_at < :before AND state IN ({_FINAL}) "  # noqa: S608 - our states
        "ORDER BY received_at, id LIMIT :most",
        {"before": before, "most": _ROUND},
    )
    names, params = in_list("id", [row["id"] for row in rows])
    for table, column in (
        ("messages", "id"),
        ("message_orders", "message_id"),
        ("message_rules", "message_id"),
        ("raw", "message_id"),
        *((table, "message_id") for table in BESIDE),
    ):
        if rows:
            tx.change(f"DELETE FROM {table} WHERE {column} IN ({names})", params)  # noqa: S608 - named above
    return len(rows)


def _purge_exceptions(tx: Tx, before: int) -> int:
    over = f"SELECT id FROM exceptions WHERE until < :before LIMIT {_ROUND}"  # noqa: S608 - a number
    sql = f"DELETE FROM exceptions WHERE id IN ({over})"  # noqa: S608 - see above
    return tx.change(sql, {"before": before})


def _purge_captures(tx: Tx, before: int) -> int:
    sql = f"DELETE FROM captures WHERE id IN (SELECT id FROM captures WHERE at < :before LIMIT {_ROUND})"  # noqa: S608 - a number
    return tx.change(sql, {"before": before})


def _purge_claims(tx: Tx, before: int) -> int:
    rows = tx.execute(
        f"SELECT order_id FROM claims WHERE at < :before AND state IN ({_SETTLED}) "  # noqa: S608 - our states
        "ORDER BY at, order_id LIMIT :most /*! FOR UPDATE */",
        {"before": before, "most": _ROUND},
    )
    names, params = in_list("order", [row["order_id"] for row in rows])
    for table in ("claims", "claim_log"):
        if rows:
            tx.change(f"DELETE FROM {table} WHERE order_id IN ({names})", params)  # noqa: S608 - named above
    return len(rows)


def _purge_sessions(tx: Tx, before: int) -> int:
    sql = (
        "DELETE FROM sessions WHERE token_hash IN "
        "(SELECT token_hash FROM sessions WHERE seen_at < :before LIMIT :most)"
    )
    return tx.change(sql, {"before": before, "most": _ROUND})


def _same(one: str, other: str) -> bool:
    return bare_alias(one) == bare_alias(other)


def _mentions(tx: Tx, address: str) -> Sequence[MessageId]:
    rows = tx.execute(
        f"SELECT id, buyers, envelope FROM messages WHERE {named('buyers')} OR {named('envelope')}",  # noqa: S608 - our columns
        like_of(address),
    )
    return [
        MessageId(row["id"])
        for row in rows
        if any(_same(each, address) for each in (*json.loads(row["buyers"]), *_everyone(row["envelope"])))
    ]


def _everyone(envelope: str) -> Sequence[str]:
    read = envelope_of(envelope)
    return (read.mail_from, *read.rcpt_tos)


def _erase_captures(tx: Tx, address: str) -> int:
    return tx.change(f"DELETE FROM captures WHERE {named('rcpt_tos')}", like_of(address))  # noqa: S608 - our column


def _erase_orders(tx: Tx, address: str) -> int:
    """Forget what order data says of the buyer; that they want no more mail stays on the stop list."""
    buyer: dict[str, Value] = {"buyer": bare_alias(address)}
    theirs = "order_id IN (SELECT order_id FROM order_buyers WHERE buyer = :buyer)"
    tx.change(f"DELETE FROM order_lines WHERE {theirs}", buyer)  # noqa: S608 - see above
    # What is not exported yet still has to reach Amazon; it names nobody.
    tx.change(f"DELETE FROM feed_entries WHERE exported_at IS NOT NULL AND {theirs}", buyer)  # noqa: S608 - see above
    return tx.change("DELETE FROM order_buyers WHERE buyer = :buyer", buyer)


def _erase_arrivals(tx: Tx, address: str) -> None:
    """Forget that the buyer wrote, and who it was that something came back for."""
    buyer: dict[str, Value] = {"buyer": bare_alias(address)}
    tx.change("DELETE FROM threads WHERE buyer = :buyer", buyer)
    tx.change("UPDATE amazon_news SET buyer = '', words = '' WHERE buyer = :buyer", buyer)


_FORGET_CALLS = """
UPDATE hook_calls SET body = '', next_at = NULL, settled = 'given-up'
WHERE next_at IS NOT NULL AND body LIKE :mention
"""
_ENDS = {
    MessageState.HELD: MessageState.REJECTED,
    MessageState.SPOOLED: MessageState.REJECTED,
    MessageState.IN_DOUBT: MessageState.RELAYED,  # counts as sent: its claims must not be free again
}


def _erase_message(tx: Tx, id: MessageId, address: str, *, by: str, at: int) -> bool:
    """Blank one message; False when it is in flight, or came to be just now."""
    rows = tx.execute("SELECT * FROM messages WHERE id = :id", {"id": id})
    if not rows:
        return True
    old = moves.standing_of(rows[0])
    if old.state in moves.IN_FLIGHT:
        return False
    if old.state in _ENDS:
        try:
            moves.move(tx, old, Change(_ENDS[old.state], at, by=by, note="erased"))
        except StateError:
            return False
    moves.drop_raw(tx, id)
    tx.change("DELETE FROM corrections WHERE message_id = :id", {"id": id})
    tx.change("UPDATE wrong_findings SET note = '' WHERE message_id = :id", {"id": id})
    tx.change(_FORGET_CALLS, {"mention": f'%"id":"{id}"%'})
    entry = entry_of(tx.execute("SELECT * FROM messages WHERE id = :id", {"id": id})[0])
    tx.change(
        "UPDATE messages SET subject = '', subject_folded = '', buyers = :buyers, sender = :sender, "
        "envelope = :envelope, findings = :findings, answer = :answer, last_error = '', has_raw = 0 "
        "WHERE id = :id",
        _blanked(entry, address) | {"id": id},
    )
    return True


def _blanked(entry: Entry, address: str) -> dict[str, Value]:
    def blank(value: str) -> str:
        return ERASED if _same(value, address) else value

    recipients = tuple(
        Recipient(ERASED) if _same(recipient.address, address) else recipient
        for recipient in entry.envelope.recipients
    )
    findings = _without_evidence(entry.findings)
    answer = entry.answer and replace(
        entry.answer, findings=_without_evidence(entry.answer.findings), relay=None
    )
    return {
        "buyers": dumps([blank(buyer) for buyer in entry.buyers]),
        "sender": blank(entry.sender),
        "envelope": envelope_json(
            replace(entry.envelope, mail_from=blank(entry.envelope.mail_from), recipients=recipients)
        ),
        "findings": findings_json(findings),
        "answer": None if answer is None else answer_json(answer, of=findings),
    }


def _without_evidence(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    return tuple(replace(finding, evidence="") for finding in findings)

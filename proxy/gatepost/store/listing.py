"""Long lists page by page, by the key of the last row: no page is slower than the first, none skips a row."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import timedelta

from gatepost.directory import Part, Wanted
from gatepost.model import Claim, ClaimState, Entry
from gatepost.ports import Clock
from gatepost.store.db import Database
from gatepost.store.engine import Row, Value
from gatepost.store.rows import claim_of, dumps, entry_of, micros, plain

_LATEST = 9_223_372_036_854_775_807
_URGENT = f"coalesce(deadline_at, {_LATEST}), received_at, messages.id"
OWN_DAYS = timedelta(days=90)
"""How far back a user's own mails are looked for."""


class Listing:
    """Lists in the database. Reads only."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def messages(self, wanted: Wanted, *, limit: int, after: str) -> Part:
        """Messages that fit. Raises ValueError for an `after` that no page gave."""
        parts, params = self._conditions(wanted)
        if wanted.urgent_first:
            deadline, received, id = _key(after, int, int, str) if after else (None, None, None)
            seek, order = f"({_URGENT}) > (:deadline, :received, :id)", _URGENT
            found: dict[str, Value] = {"deadline": deadline, "received": received, "id": id}
        else:
            received, id = _key(after, int, str) if after else (None, None)
            seek, order = (
                "(received_at, messages.id) < (:received, :id)",
                "received_at DESC, messages.id DESC",
            )
            found = {"received": received, "id": id}
        if after:
            parts, params = [*parts, seek], params | found
        sql = f"SELECT * FROM messages WHERE {' AND '.join(parts)} ORDER BY {order} LIMIT :most"  # noqa: S608 - our own conditions
        rows = await self._db.read(lambda tx: tx.execute(sql, params | {"most": limit + 1}))
        return Part(_entries(rows[:limit]), _cursor(rows, limit, urgent=wanted.urgent_first))

    async def claims(
        self, *, limit: int, after: str, state: ClaimState | None = None
    ) -> tuple[Sequence[Claim], str]:
        """The ledger, the newest first, and where the next page begins; of one state, where that is given."""
        at, order = _key(after, int, str) if after else (_LATEST, "")
        sql = (
            "SELECT * FROM claims WHERE (at, order_id) < (:at, :order_id) "
            "AND (:state = '' OR state = :state) ORDER BY at DESC, order_id DESC LIMIT :most"
        )
        params: dict[str, Value] = {"at": at, "order_id": order, "most": limit + 1}
        params["state"] = state.value if state else ""
        rows = await self._db.read(lambda tx: tx.execute(sql, params))
        last = rows[limit - 1] if len(rows) > limit else None
        return [claim_of(row) for row in rows[:limit]], _pack(last["at"], last["order_id"]) if last else ""

    def _conditions(self, wanted: Wanted) -> tuple[list[str], dict[str, Value]]:
        parts, params = ["1 = 1"], dict[str, Value]()
        states = sorted(f"'{state.value}'" for state in wanted.states)
        if states:  # a literal after "=" for one: the condition of a partial index
            parts.append(f"state = {states[0]}" if len(states) == 1 else f"state IN ({', '.join(states)})")
        if wanted.rule:
            parts.append("messages.id IN (SELECT message_id FROM message_rules WHERE rule = :rule)")
            params["rule"] = plain(wanted.rule)
        if wanted.clause:
            parts.append("messages.id IN (SELECT message_id FROM message_rules WHERE clause = :clause)")
            params["clause"] = plain(wanted.clause)
        if wanted.order:
            parts.append("messages.id IN (SELECT message_id FROM message_orders WHERE order_id = :order_id)")
            params["order_id"] = plain(wanted.order)
        if wanted.sender:
            parts.append("lower(sender) LIKE :sender ESCAPE '!'")
            params["sender"] = f"%{_escaped(wanted.sender.lower())}%"
        if wanted.text:
            parts.append("subject_folded LIKE :text ESCAPE '!'")
            params["text"] = f"%{_escaped(wanted.text.casefold())}%"
        self._narrow_by_owner_and_time(wanted, parts, params)
        return parts, params

    def _narrow_by_owner_and_time(self, wanted: Wanted, parts: list[str], params: dict[str, Value]) -> None:
        since = wanted.since
        if wanted.account:
            own = "session LIKE :account ESCAPE '!'"  # the account stands last in it
            params["account"] = f"%,{_escaped(dumps(wanted.account))}]"
            if wanted.email:
                own = f"({own} OR lower(sender) = :email)"
                params["email"] = plain(wanted.email.lower())
            parts.append(own)
            since = max(since or self._clock.now() - OWN_DAYS, self._clock.now() - OWN_DAYS)
        if since is not None:
            parts.append("received_at >= :since")
            params["since"] = micros(since)
        if wanted.until is not None:
            parts.append("received_at < :until")
            params["until"] = micros(wanted.until)


def _entries(rows: Sequence[Row]) -> Sequence[Entry]:
    return [entry_of(row) for row in rows]


def _cursor(rows: Sequence[Row], limit: int, *, urgent: bool) -> str:
    if len(rows) <= limit:
        return ""
    last = rows[limit - 1]
    deadline = _LATEST if last["deadline_at"] is None else last["deadline_at"]
    return _pack(*((deadline,) if urgent else ()), last["received_at"], last["id"])


def _pack(*key: int | str) -> str:
    return urlsafe_b64encode(dumps(key).encode()).rstrip(b"=").decode()


def _key(after: str, *kinds: type) -> list[int | str]:
    """The key in a cursor. Raises ValueError for what is none of ours."""
    try:
        key = json.loads(urlsafe_b64decode(after[:500] + "=" * (-len(after[:500]) % 4)))
    except (ValueError, RecursionError):
        raise ValueError("this is no cursor of this list") from None
    if not isinstance(key, list) or [type(part) for part in key] != list(kinds):
        raise ValueError("this is no cursor of this list")
    if any(isinstance(part, int) and abs(part) > _LATEST for part in key):
        raise ValueError("this is no cursor of this list")
    return [plain(part) if isinstance(part, str) else part for part in key]


def _escaped(words: str) -> str:
    """For LIKE; SQLite refuses very long patterns."""
    return plain(words)[:200].replace("!", "!!").replace("%", "!%").replace("_", "!_")

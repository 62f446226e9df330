"""Finding messages by state, rule, clause, sender, order, words of the subject and time; counting them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from gatepost.model import Entry, MessageId, MessageState, OrderId
from gatepost.store.db import Database
from gatepost.store.engine import Tx, Value
from gatepost.store.rows import entry_of, in_list, micros, moment, plain

_DAY = timedelta(days=1) // timedelta(microseconds=1)


class Order(Enum):
    """How a list is sorted."""

    NEWEST = "received_at DESC, id DESC"
    OLDEST = "received_at, id"
    URGENT = "deadline_at IS NULL, deadline_at, received_at, id"  # the least time left first


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for; what is empty does not narrow."""

    states: frozenset[MessageState] = frozenset()
    actions: frozenset[str] = frozenset()
    rule: str = ""
    clause: str = ""
    sender: str = ""  # a part of the From address or of the subject's sender domain
    order: OrderId | None = None
    text: str = ""  # a part of the subject, in any letter case
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list."""

    limit: int = 50
    offset: int = 0
    order: Order = Order.NEWEST


@dataclass(frozen=True, slots=True)
class Found:
    """One page and how many there are in all."""

    entries: Sequence[Entry]
    total: int


@dataclass(frozen=True, slots=True)
class DayCount:
    """How many messages of one day (UTC) a rule was found in, or took an action."""

    on: date
    name: str
    count: int


class Search:
    """Questions about messages. Reads only."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find(self, filters: Filters, page: Page = Page()) -> Found:
        """One page of what fits all filters."""
        where, params = _where(filters)

        def job(tx: Tx) -> Found:
            total = tx.execute(f"SELECT count(*) AS n FROM messages WHERE {where}", params)  # noqa: S608 - see _where
            rows = tx.execute(
                f"SELECT * FROM messages WHERE {where} ORDER BY {page.order.value} LIMIT :most OFFSET :skip",  # noqa: S608 - see _where
                {**params, "most": page.limit, "skip": page.offset},
            )
            return Found([entry_of(row) for row in rows], total[0]["n"])

        return await self._db.read(job)

    async def entries_of(self, ids: Sequence[MessageId]) -> Sequence[Entry]:
        """The entries of these ids, in their order; unknown ones are left out."""
        names, params = in_list("id", ids)
        sql = f"SELECT * FROM messages WHERE id IN ({names})"  # noqa: S608 - parameter names
        rows = await self._db.read(lambda tx: tx.execute(sql, params)) if ids else ()
        by_id = {row["id"]: entry_of(row) for row in rows}
        return [by_id[id] for id in ids if id in by_id]

    async def count_states(self) -> Mapping[MessageState, int]:
        """How many messages are in each of the states that are not final."""
        sql = "SELECT count(*) AS n FROM messages WHERE state = "
        # One literal a query: only so does a partial index answer it.
        wanted = (
            MessageState.HELD,
            MessageState.SPOOLED,
            MessageState.IN_DOUBT,
            MessageState.ATTEMPTING,
            MessageState.SENDING,
        )

        def job(tx: Tx) -> Mapping[MessageState, int]:
            return {state: tx.execute(f"{sql}'{state.value}'")[0]["n"] for state in wanted}

        return await self._db.read(job)

    async def count_rules(self, since: datetime) -> Sequence[DayCount]:
        """By day and rule since then, newest day first."""
        return await self._counts("message_rules", "rule", since)

    async def count_actions(self, since: datetime) -> Sequence[DayCount]:
        """By day and action since then, newest day first."""
        return await self._counts("messages", "action", since)

    async def _counts(self, table: str, column: str, since: datetime) -> Sequence[DayCount]:
        sql = (
            f"SELECT received_at / {_DAY} AS day, {column} AS name, count(*) AS n FROM {table} "  # noqa: S608 - named above
            f"WHERE received_at >= :since GROUP BY received_at / {_DAY}, {column} "
            "ORDER BY day DESC, n DESC, name"
        )
        rows = await self._db.read(lambda tx: tx.execute(sql, {"since": micros(since)}))
        return [DayCount(moment(row["day"] * _DAY).date(), row["name"], row["n"]) for row in rows]


def _where(filters: Filters) -> tuple[str, Mapping[str, Value]]:
    """The condition and its parameters. Of what was asked only state names stand in the SQL itself."""
    parts: list[str] = ["1 = 1"]
    params: dict[str, Value] = {}
    if filters.states:  # literals, so that the partial indexes serve
        parts.append("state IN (" + ", ".join(sorted(f"'{state.value}'" for state in filters.states)) + ")")
    if filters.actions:
        names, values = in_list("action", sorted(filters.actions))
        parts.append(f"action IN ({names})")
        params |= values
    for column in ("rule", "clause"):
        if value := getattr(filters, column):
            parts.append(f"id IN (SELECT message_id FROM message_rules WHERE {column} = :{column})")  # noqa: S608 - two names
            params[column] = value
    if filters.order is not None:
        parts.append("id IN (SELECT message_id FROM message_orders WHERE order_id = :order_id)")
        params["order_id"] = filters.order
    return _where_words_and_time(filters, parts, params)


def _where_words_and_time(
    filters: Filters, parts: list[str], params: dict[str, Value]
) -> tuple[str, Mapping[str, Value]]:
    if filters.sender:
        parts.append("lower(sender) LIKE :sender ESCAPE '!'")
        params["sender"] = _pattern(filters.sender.lower())
    if filters.text:
        parts.append("subject_folded LIKE :text ESCAPE '!'")
        params["text"] = _pattern(plain(filters.text).casefold())
    if filters.since is not None:
        parts.append("received_at >= :since")
        params["since"] = micros(filters.since)
    if filters.until is not None:
        parts.append("received_at < :until")
        params["until"] = micros(filters.until)
    return " AND ".join(parts), params


def _pattern(words: str) -> str:
    """A LIKE pattern for a part of a text; SQLite refuses very long ones."""
    escaped = words[:200].replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"

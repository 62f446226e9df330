"""Finding messages by state, rule, clause, sender, order, words of the subject and time; counting them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from gatepost.model import Entry, MessageId, MessageState, OrderId
from gatepost.states import MESSAGE
from gatepost.store.db import Database
from gatepost.store.engine import Tx, Value
from gatepost.store.rows import entry_of, in_list, micros, moment, plain

COUNTED = 10_000
"""How far a list is counted: a total of a million rows is not worth the wait."""

DEADLINE = "coalesce(messages.deadline_at, 9223372036854775807)"  # as the queue's index has it
MOST_WORDS = 6
_DAY = timedelta(days=1) // timedelta(microseconds=1)


class Order(Enum):
    """How a list is sorted."""

    NEWEST = "messages.received_at DESC, messages.id DESC"
    OLDEST = "messages.received_at, messages.id"
    DUE = "messages.next_attempt_at, messages.id"  # of spooled mail: what is tried next
    URGENT = f"{DEADLINE}, messages.received_at, messages.id"  # the least time left first


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
    words: str = ""  # of held mail: parts of subject, addresses, orders or body, all of them
    account: str = ""  # of held mail
    marketplace: str = ""  # of held mail
    language: str = ""
    due_before: datetime | None = None  # of held mail: its buyer's 24 hours end before then
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list."""

    limit: int = 50
    offset: int = 0
    order: Order = Order.NEWEST
    after: MessageId | None = None  # in place of `offset`: from below this message on, wherever it is now;
    # not for the order DUE, which changes with every try


@dataclass(frozen=True, slots=True)
class Found:
    """One page and how many there are in all; COUNTED stands for that many or more."""

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
        source, params = _source(filters)
        by = _BY_RULE if filters.rule and page.order is Order.NEWEST else page.order.value
        if filters.words:
            return await self._db.read(lambda tx: _find_by_words(tx, (source, params), by, page))

        def job(tx: Tx) -> Found:
            total = tx.execute(
                f"SELECT count(*) AS n FROM (SELECT 1 FROM {source} LIMIT {COUNTED}) AS counted",  # noqa: S608 - see _source
                params,
            )
            below, keys = _below(tx, page)
            rows = tx.execute(
                # A limit that is written out: told of by a parameter, SQLite walks the wrong index.
                f"SELECT messages.* FROM {source}{below} ORDER BY {by} "  # noqa: S608 - see _source
                f"LIMIT {page.limit:d} OFFSET {page.offset:d}",
                {**params, **keys},
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
        # The very conditions of the partial indexes: only so do they answer.
        sql = (
            "SELECT state, count(*) AS n FROM messages WHERE state = 'held' GROUP BY state "
            "UNION ALL SELECT state, count(*) FROM messages WHERE state = 'spooled' GROUP BY state "
            "UNION ALL SELECT state, count(*) FROM messages WHERE state = 'in-doubt' GROUP BY state "
            "UNION ALL SELECT state, count(*) FROM messages WHERE state IN ('attempting', 'sending') "
            "GROUP BY state"
        )
        rows = await self._db.read(lambda tx: tx.execute(sql))
        return dict.fromkeys(_OPEN, 0) | {MessageState(row["state"]): row["n"] for row in rows}

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


_OPEN = [state for state, nexts in MESSAGE.items() if nexts]
_BY_RULE = "message_rules.received_at DESC, message_rules.message_id DESC"  # as its index has it


_AFTER = {
    Order.URGENT: f" AND {DEADLINE} >= :deadline AND ({DEADLINE} > :deadline "
    "OR messages.received_at > :at OR (messages.received_at = :at AND messages.id > :after))",
    Order.NEWEST: " AND messages.received_at <= :at AND (messages.received_at < :at OR messages.id < :after)",
    Order.OLDEST: " AND messages.received_at >= :at AND (messages.received_at > :at OR messages.id > :after)",
}


def _below(tx: Tx, page: Page) -> tuple[str, Mapping[str, Value]]:
    """The condition for what comes after `page.after`, and its parameters; none when that is gone."""
    if page.after is None or page.order not in _AFTER:
        return "", {}
    sql = f"SELECT {DEADLINE} AS deadline, received_at FROM messages WHERE id = :after"  # noqa: S608 - our column
    rows = tx.execute(sql, {"after": page.after})
    if not rows:
        return "", {}
    keys = {"deadline": rows[0]["deadline"], "at": rows[0]["received_at"], "after": page.after}
    return _AFTER[page.order], keys


def _find_by_words(tx: Tx, source: tuple[str, Mapping[str, Value]], by: str, page: Page) -> Found:
    """One walk over the words finds all ids; only those of the page are fetched."""
    where, params = source
    rows = tx.execute(f"SELECT messages.id FROM {where} ORDER BY {by} LIMIT {COUNTED}", params)  # noqa: S608 - see _source
    ids = [str(row["id"]) for row in rows]
    start = ids.index(page.after) + 1 if page.after in ids else _start_below(tx, source, page, by, ids)
    wanted = ids[start : start + page.limit]
    names, keys = in_list("id", wanted)
    found = tx.execute(f"SELECT * FROM messages WHERE id IN ({names})", keys) if wanted else ()  # noqa: S608 - parameter names
    by_id = {row["id"]: entry_of(row) for row in found}
    return Found([by_id[id] for id in wanted], len(ids))


def _start_below(
    tx: Tx, source: tuple[str, Mapping[str, Value]], page: Page, by: str, ids: Sequence[str]
) -> int:
    """Where the page begins when the mail `after` is none of these (any more): at the next one below it."""
    below, keys = _below(tx, page)
    if not below:
        return page.offset
    where, params = source
    sql = f"SELECT messages.id FROM {where}{below} ORDER BY {by} LIMIT 1"  # noqa: S608 - see _source
    rows = tx.execute(sql, {**params, **keys})
    return ids.index(str(rows[0]["id"])) if rows and str(rows[0]["id"]) in ids else len(ids)


def _source(filters: Filters) -> tuple[str, Mapping[str, Value]]:
    """FROM and WHERE, and their parameters. Of what was asked only state names stand in the SQL itself."""
    table = "messages"
    parts = ["1 = 1"]
    params: dict[str, Value] = {}
    if filters.rule:
        table = "message_rules JOIN messages ON messages.id = message_rules.message_id"
        parts.append("message_rules.rule = :rule")
        params["rule"] = filters.rule
    if filters.clause:
        parts.append(
            "EXISTS (SELECT 1 FROM message_rules AS other "
            "WHERE other.message_id = messages.id AND other.clause = :clause)"
        )
        params["clause"] = filters.clause
    if filters.order is not None:
        parts.append("messages.id IN (SELECT message_id FROM message_orders WHERE order_id = :order_id)")
        params["order_id"] = filters.order
    _add_kinds(filters, parts, params)
    _add_of_held(filters, parts, params)
    _add_words_and_time(filters, parts, params)
    return f"{table} WHERE {' AND '.join(parts)}", params


def _add_of_held(filters: Filters, parts: list[str], params: dict[str, Value]) -> None:
    """What is only known of held mail."""
    beside = []
    for number, word in enumerate(plain(filters.words).casefold().split()[:MOST_WORDS]):
        beside.append(f"held_words.words LIKE :word{number} ESCAPE '!'")
        params[f"word{number}"] = _pattern(word)
    for column, value in (("account", filters.account), ("marketplace", filters.marketplace)):
        if value:
            beside.append(f"held_words.{column} = :{column}")
            params[column] = plain(value)
    if beside:
        parts.append(f"messages.id IN (SELECT message_id FROM held_words WHERE {' AND '.join(beside)})")  # noqa: S608 - our columns
    if filters.due_before is not None:
        parts.append(f"{DEADLINE} < :due_before")
        params["due_before"] = micros(filters.due_before)
    if filters.language:
        parts.append("messages.language = :language")
        params["language"] = filters.language


def _add_kinds(filters: Filters, parts: list[str], params: dict[str, Value]) -> None:
    states = sorted(f"'{state.value}'" for state in filters.states)
    if len(states) == 1:  # a literal after "=": the condition of a partial index
        parts.append(f"state = {states[0]}")
    elif states:
        parts.append(f"state IN ({', '.join(states)})")
    if filters.actions:
        names, values = in_list("action", sorted(filters.actions))
        parts.append(f"action IN ({names})")
        params |= values


def _add_words_and_time(filters: Filters, parts: list[str], params: dict[str, Value]) -> None:
    if filters.sender:
        parts.append("lower(sender) LIKE :sender ESCAPE '!'")
        params["sender"] = _pattern(plain(filters.sender).lower())
    if filters.text:
        parts.append("subject_folded LIKE :text ESCAPE '!'")
        params["text"] = _pattern(plain(filters.text).casefold())
    if filters.since is not None:
        parts.append("messages.received_at >= :since")
        params["since"] = micros(filters.since)
    if filters.until is not None:
        parts.append("messages.received_at < :until")
        params["until"] = micros(filters.until)


def _pattern(words: str) -> str:
    """A LIKE pattern for a part of a text; SQLite refuses very long ones."""
    escaped = words[:200].replace("!", "!!").replace("%", "!%").replace("_", "!_")
    return f"%{escaped}%"

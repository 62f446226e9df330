"""The queue at a glance: what its filters can choose, and how urgent it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from gatepost.model import Facets
from gatepost.store.db import Database
from gatepost.store.engine import Tx
from gatepost.store.rows import micros
from gatepost.store.search import DEADLINE

_RULES = """
SELECT message_rules.rule AS name, message_rules.clause AS clause, count(*) AS n
FROM messages JOIN message_rules ON message_rules.message_id = messages.id
WHERE messages.state = 'held' GROUP BY message_rules.rule, message_rules.clause
"""
_LANGUAGES = "SELECT language AS name, count(*) AS n FROM messages WHERE state = 'held' GROUP BY language"
_ORIGINS = """
SELECT held_words.account AS account, held_words.marketplace AS marketplace, count(*) AS n
FROM held_words GROUP BY held_words.account, held_words.marketplace
"""


class Queueing:
    """Questions about the queue as a whole. Reads only."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def facets(self) -> Facets:
        """Of all held mail: how many there are of each rule, clause, language, account and marketplace."""
        return await self._db.read(_facets)

    async def due(self, moments: Sequence[datetime]) -> Sequence[int]:
        """How many held mails are due before each of these moments."""
        sql = f"SELECT count(*) AS n FROM messages WHERE state = 'held' AND {DEADLINE} < :at"  # noqa: S608 - our column
        return await self._db.read(lambda tx: [tx.execute(sql, {"at": micros(at)})[0]["n"] for at in moments])


def _facets(tx: Tx) -> Facets:
    rules: dict[str, int] = {}
    clauses: dict[str, int] = {}
    for row in tx.execute(_RULES):
        rules[row["name"]] = rules.get(row["name"], 0) + row["n"]
        clauses[row["clause"]] = clauses.get(row["clause"], 0) + row["n"]
    accounts: dict[str, int] = {}
    marketplaces: dict[str, int] = {}
    for row in tx.execute(_ORIGINS):
        accounts[row["account"]] = accounts.get(row["account"], 0) + row["n"]
        marketplaces[row["marketplace"]] = marketplaces.get(row["marketplace"], 0) + row["n"]
    languages = {row["name"]: row["n"] for row in tx.execute(_LANGUAGES)}
    return Facets(*(_sorted(each) for each in (rules, clauses, languages, accounts, marketplaces)))


def _sorted(counts: Mapping[str, int]) -> Mapping[str, int]:
    """The most frequent first; what has no name is left out."""
    named = [(name, count) for name, count in counts.items() if name]
    return dict(sorted(named, key=lambda item: (-item[1], item[0])))

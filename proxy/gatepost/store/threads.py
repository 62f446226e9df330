"""What buyers wrote, by proof: whether a mail answers one of theirs is told from here."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from gatepost.ports import Clock
from gatepost.store.db import Database
from gatepost.store.engine import Tx, Value
from gatepost.store.rows import in_list, micros
from gatepost_policies.facts import bare_alias, case_of

STATE_SECONDS = 5.0
"""How long a process goes by having seen no thread at all."""
MOST_REFS = 60
"""Mails and cases that are looked up for one mail."""

_PUT = """
INSERT INTO threads (ref, buyer, at) VALUES (:ref, :buyer, :at)
ON CONFLICT (ref, buyer) DO UPDATE SET at = :at
"""


class Threads:
    """The threads in the database: digests of message ids and cases, each with its buyer's alias."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock
        self._is_empty, self._empty_until = False, 0.0

    async def remember(self, ids: Sequence[str], buyer: str) -> None:
        """A buyer, by the alias with its case, wrote the mail with these ids; durable when it returns."""
        at, alias = micros(self._clock.now()), bare_alias(buyer)
        rows: list[dict[str, Value]] = [
            {"ref": ref, "buyer": alias, "at": at} for ref in _refs(ids, [buyer])[:MOST_REFS]
        ]

        def job(tx: Tx) -> None:
            for row in rows:
                tx.change(_PUT, row)

        if rows:
            await self._db.write(job)
            self._empty_until = 0.0

    async def answers(self, ids: Sequence[str], buyers: Sequence[str], *, within: timedelta) -> bool:
        """Whether a mail that names `ids` answers one that each of `buyers` wrote `within` that time."""
        if not buyers or await self._nothing():
            return False
        since = micros(self._clock.now() - within)
        wanted = {bare_alias(buyer): _refs(ids, [buyer])[:MOST_REFS] for buyer in buyers[:MOST_REFS]}
        return await self._db.read(
            lambda tx: all(_wrote(tx, who, refs, since) for who, refs in wanted.items())
        )

    async def purge(self, before: datetime) -> int:
        """Forget what was written before then; how much that was."""
        return await self._db.write(
            lambda tx: tx.change("DELETE FROM threads WHERE at < :before", {"before": micros(before)})
        )

    async def _nothing(self) -> bool:
        """Whether nobody has written yet: most gateways take no mail that arrives."""
        now = time.monotonic()
        if now >= self._empty_until:
            self._is_empty = not await self._db.read(lambda tx: tx.execute("SELECT 1 FROM threads LIMIT 1"))
            self._empty_until = now + STATE_SECONDS
        return self._is_empty


def _refs(ids: Sequence[str], buyers: Sequence[str]) -> list[str]:
    """What a mail is looked up by: a digest each, so that the table holds no text of a stranger's."""
    words = [f"id {id}" for id in ids]
    words += [f"case {case}" for buyer in buyers if (case := case_of(buyer))]
    return [blake2b(word.encode("utf-8", "replace"), digest_size=16).hexdigest() for word in reversed(words)]


def _wrote(tx: Tx, buyer: str, refs: Sequence[str], since: int) -> bool:
    names, params = in_list("ref", refs)
    if not params:
        return False
    sql = f"SELECT 1 FROM threads WHERE buyer = :buyer AND at >= :since AND ref IN ({names}) LIMIT 1"  # noqa: S608 - parameter names
    return bool(tx.execute(sql, {**params, "buyer": buyer, "since": since}))

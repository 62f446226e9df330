"""The seller's own letters as they were set on the site: one text a language, for every node."""

from __future__ import annotations

from collections.abc import Mapping

from gatepost.orderdata import OwnWords
from gatepost.ports import Clock
from gatepost.store import audit
from gatepost.store.db import Database
from gatepost.store.engine import Tx, Value
from gatepost.store.rows import micros, moment

_PUT = """
INSERT INTO own_letters (language, words, at, by_whom) VALUES (:language, :words, :at, :by)
ON CONFLICT (language) DO UPDATE SET words = :words, at = :at, by_whom = :by
"""


class OwnLetters:
    """What stands in place of the shipped letters."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def all(self) -> Mapping[str, OwnWords]:
        """Every language that has letters of its own."""
        rows = await self._db.read(lambda tx: tx.execute("SELECT * FROM own_letters ORDER BY language"))
        return {
            row["language"]: OwnWords(row["language"], row["words"], moment(row["at"]), row["by_whom"])
            for row in rows
        }

    async def put(self, language: str, words: str, *, by: str) -> None:
        """Put letters in force; durable. They were checked before."""
        at = micros(self._clock.now())
        values: dict[str, Value] = {"language": language, "words": words, "at": at, "by": by}

        def job(tx: Tx) -> None:
            tx.change(_PUT, values)
            audit.record(tx, at=at, by=by, what="letters.set", subject=language)

        await self._db.write(job)

    async def drop(self, language: str, *, by: str) -> bool:
        """Go back to the letters of the folder or the shipped ones; False when there were no others."""
        at = micros(self._clock.now())

        def job(tx: Tx) -> bool:
            gone = bool(
                tx.change("DELETE FROM own_letters WHERE language = :language", {"language": language})
            )
            if gone:
                audit.record(tx, at=at, by=by, what="letters.drop", subject=language)
            return gone

        return await self._db.write(job)

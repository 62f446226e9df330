"""What went to one buyer: mails by their alias, however it was written."""

from __future__ import annotations

from collections.abc import Sequence

from gatepost.model import MessageId
from gatepost.store.db import Database
from gatepost.store.engine import Value
from gatepost.store.rows import dumps
from gatepost_policies.facts import bare_alias

SECONDS = 10.0  # it reads every message


def like_of(address: str) -> dict[str, Value]:
    """What a JSON list with the address, or with it and a `+case`, looks like."""
    local, _, domain = dumps(bare_alias(address))[1:-1].rpartition("@")

    def escaped(part: str) -> str:
        return part.replace("!", "!!").replace("%", "!%").replace("_", "!_")

    return {
        "address": f'%"{escaped(local)}@{escaped(domain)}"%',
        "cased": f'%"{escaped(local)}+%@{escaped(domain)}"%',
    }


def named(column: str) -> str:
    """The condition that `column`, a JSON list, holds the address of `like_of`."""
    return f"(lower({column}) LIKE :address ESCAPE '!' OR lower({column}) LIKE :cased ESCAPE '!')"


class Buyers:
    """Looks messages up by their buyer."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def mails(self, address: str, limit: int = 100) -> Sequence[MessageId]:
        """The messages to a buyer, the newest first. Reads every message."""
        sql = (
            f"SELECT id FROM messages WHERE {named('buyers')} "  # noqa: S608 - our column
            "ORDER BY received_at DESC, id DESC LIMIT :most"
        )
        values: dict[str, Value] = {**like_of(address), "most": limit}
        rows = await self._db.read(lambda tx: tx.execute(sql, values), seconds=SECONDS)
        return [MessageId(row["id"]) for row in rows]

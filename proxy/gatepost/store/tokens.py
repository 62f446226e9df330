"""Tokens of programs. Of each only the hash of its secret is kept."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from gatepost.directory import Scope, Token, User
from gatepost.errors import StoreError
from gatepost.ports import Clock
from gatepost.store import audit
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.rows import dumps, micros, moment, plain
from gatepost.store.users import normal, user_of

PREFIX = "gatepost_"
"""How a secret begins, so that whoever scans for lost secrets knows it."""
_TOUCH = timedelta(minutes=1) // timedelta(microseconds=1)


class Tokens:
    """Tokens in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def make(
        self, user: str, *, label: str, scopes: Sequence[Scope], lasts: timedelta, by: str
    ) -> tuple[Token, str]:
        """A new token and its secret, which is shown this once. Raises StoreError for an unknown user."""
        now, secret = self._clock.now(), PREFIX + secrets.token_urlsafe(32)
        words = tuple(dict.fromkeys(scopes))
        token = Token(secrets.token_hex(8), normal(user), plain(label), words, now, by, now + lasts)
        params: dict[str, Value] = {
            "id": token.id,
            "hash": _hash(secret),
            "user": token.user,
            "label": token.label,
            "scopes": dumps([scope.value for scope in token.scopes]),
            "at": micros(now),
            "by": by,
            "until": micros(token.expires_at),
        }

        def job(tx: Tx) -> None:
            if not tx.execute("SELECT name FROM users WHERE name = :user", {"user": token.user}):
                raise StoreError(f"there is no user {token.user}")
            tx.change(
                "INSERT INTO tokens (id, hash, user_name, label, scopes, created_at, created_by, expires_at) "
                "VALUES (:id, :hash, :user, :label, :scopes, :at, :by, :until)",
                params,
            )
            scopes = " ".join(scope.value for scope in token.scopes)
            details = {"user": token.user, "label": token.label, "scopes": scopes}
            audit.record(tx, at=micros(now), by=by, what="token.made", subject=token.id, details=details)

        await self._db.write(job)
        return token, secret

    async def find(self, secret: str) -> tuple[Token, User] | None:
        """The token of a secret and its user, unless it expired, was revoked, or the user is disabled."""
        now = micros(self._clock.now())
        sql = (
            "SELECT users.*, tokens.id AS token_id, tokens.hash AS token_hash, user_name, label, scopes, "
            "tokens.created_at AS made_at, created_by, expires_at, used_at, revoked_at FROM tokens "
            "JOIN users ON users.name = tokens.user_name "
            "WHERE tokens.hash = :hash AND revoked_at IS NULL AND expires_at > :now AND disabled = 0"
        )
        params: dict[str, Value] = {"hash": _hash(secret), "now": now}
        rows = await self._db.read(lambda tx: tx.execute(sql, params))
        if not rows:
            return None
        if rows[0]["used_at"] is None or now - rows[0]["used_at"] > _TOUCH:
            touch = "UPDATE tokens SET used_at = :now WHERE hash = :hash"
            await self._db.write(lambda tx: tx.change(touch, params))
        return _token_of(rows[0], id=rows[0]["token_id"], made_at=rows[0]["made_at"]), user_of(rows[0])

    async def list(self, *, user: str = "", limit: int = 50, after: str = "") -> Sequence[Token]:
        """Tokens, the newest first, from behind the id `after`."""
        sql = (
            "SELECT * FROM tokens WHERE (:user = '' OR user_name = :user) AND (:after = '' OR "
            "(created_at, id) < (SELECT created_at, id FROM tokens WHERE id = :after)) "
            "ORDER BY created_at DESC, id DESC LIMIT :most"
        )
        params: dict[str, Value] = {"user": normal(user) if user else "", "after": after, "most": limit}
        rows = await self._db.read(lambda tx: tx.execute(sql, params))
        return [_token_of(row, id=row["id"], made_at=row["created_at"]) for row in rows]

    async def revoke(self, id: str, *, by: str, user: str = "") -> bool:
        """End a token (of `user`, when one is given); whether there was one to end."""
        now = micros(self._clock.now())
        params: dict[str, Value] = {"id": plain(id), "now": now, "user": normal(user) if user else ""}
        sql = (
            "UPDATE tokens SET revoked_at = :now WHERE id = :id AND revoked_at IS NULL "
            "AND (:user = '' OR user_name = :user)"
        )

        def job(tx: Tx) -> bool:
            if tx.change(sql, params) == 0:
                return False
            audit.record(tx, at=now, by=by, what="token.revoked", subject=id)
            return True

        return await self._db.write(job)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _token_of(row: Row, *, id: str, made_at: int) -> Token:
    return Token(
        id=id,
        user=row["user_name"],
        label=row["label"],
        scopes=tuple(Scope(word) for word in json.loads(row["scopes"])),
        created_at=moment(made_at),
        created_by=row["created_by"],
        expires_at=moment(row["expires_at"]),
        used_at=_maybe(row["used_at"]),
        revoked_at=_maybe(row["revoked_at"]),
    )


def _maybe(value: int | None) -> datetime | None:
    return None if value is None else moment(value)

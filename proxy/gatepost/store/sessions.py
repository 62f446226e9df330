"""Who is logged in on the site. Of a session's token only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from gatepost.ports import Clock
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.rows import micros, moment
from gatepost.store.users import Role, User

_TOUCH = timedelta(seconds=30) // timedelta(microseconds=1)  # seen more often than this is not written
_MOST = 20  # sessions a user; the oldest end


@dataclass(frozen=True, slots=True)
class SiteSession:
    """A living session and its user as they are now."""

    user: User
    created_at: datetime
    seen_at: datetime


class Sessions:
    """Site sessions in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def begin(self, user: str) -> str:
        """Start a session and return its token, which is nowhere kept."""
        token = secrets.token_urlsafe(32)
        params: dict[str, Value] = {
            "token": _hash(token),
            "user": user,
            "now": micros(self._clock.now()),
            "most": _MOST,
        }

        def job(tx: Tx) -> None:
            tx.change(
                "INSERT INTO sessions (token_hash, user_name, created_at, seen_at) "
                "VALUES (:token, :user, :now, :now)",
                params,
            )
            tx.change(
                "DELETE FROM sessions WHERE user_name = :user AND token_hash NOT IN (SELECT token_hash "
                "FROM sessions WHERE user_name = :user ORDER BY created_at DESC, token_hash LIMIT :most)",
                params,
            )

        await self._db.write(job)
        return token

    async def find(self, token: str, *, idle: timedelta, longest: timedelta) -> SiteSession | None:
        """The session of a token, unless it idled or lasted too long or its user is disabled."""
        now = micros(self._clock.now())
        params: dict[str, Value] = {"token": _hash(token)}
        sql = (
            "SELECT users.*, sessions.created_at AS begun_at, sessions.seen_at FROM sessions "
            "JOIN users ON users.name = sessions.user_name WHERE token_hash = :token AND disabled = 0"
        )
        rows = await self._db.read(lambda tx: tx.execute(sql, params))
        if (
            not rows
            or now - rows[0]["seen_at"] > _micros(idle)
            or now - rows[0]["begun_at"] > _micros(longest)
        ):
            return None
        if now - rows[0]["seen_at"] > _TOUCH:
            touch = "UPDATE sessions SET seen_at = :now WHERE token_hash = :token"
            await self._db.write(lambda tx: tx.change(touch, {**params, "now": now}))
        return _session_of(rows[0])

    async def end(self, token: str) -> None:
        """End one session; nothing when there is none."""
        params: dict[str, Value] = {"token": _hash(token)}
        await self._db.write(lambda tx: tx.change("DELETE FROM sessions WHERE token_hash = :token", params))

    async def end_all(self, user: str) -> int:
        """End all sessions of a user and return how many there were."""
        sql = "DELETE FROM sessions WHERE user_name = :user"
        return await self._db.write(lambda tx: tx.change(sql, {"user": user}))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _micros(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)


def _session_of(row: Row) -> SiteSession:
    user = User(
        name=row["name"],
        role=Role(row["role"]),
        disabled=False,
        must_change=bool(row["must_change"]),
        created_at=moment(row["created_at"]),
    )
    return SiteSession(user, moment(row["begun_at"]), moment(row["seen_at"]))

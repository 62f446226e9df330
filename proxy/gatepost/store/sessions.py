"""Who is logged in on the site. Of a session's token only the hash is kept."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gatepost.directory import Login, User
from gatepost.ports import Clock
from gatepost.store import audit
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.rows import micros, moment, plain
from gatepost.store.users import normal, user_of

_TOUCH = timedelta(seconds=30) // timedelta(microseconds=1)  # seen more often than this is not written
_ELSEWHERE = 2  # in the column `pending`: there is nothing to wait for here
_MOST = 20  # sessions a user; the oldest end
_PENDING = timedelta(minutes=10) // timedelta(
    microseconds=1
)  # for the second factor, once the password was right


@dataclass(frozen=True, slots=True)
class SiteSession:
    """A living session and its user as they are now."""

    user: User
    created_at: datetime
    seen_at: datetime
    pending: bool = False  # the password was right, the second factor is yet to come
    elsewhere: bool = False  # an identity provider has proven who it is


class Sessions:
    """Site sessions in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def begin(
        self,
        user: str,
        *,
        pending: bool = False,
        elsewhere: bool = False,
        address: str = "",
        browser: str = "",
    ) -> str:
        """Start a session and return its token, which is nowhere kept. A pending one lasts ten minutes.

        `elsewhere`: an identity provider has proven who it is.
        """
        token = secrets.token_urlsafe(32)
        params: dict[str, Value] = {
            "token": _hash(token),
            "user": user,
            "now": micros(self._clock.now()),
            "most": _MOST,
            "pending": _ELSEWHERE if elsewhere else int(pending),
            "address": plain(address)[:100],
            "browser": plain(browser)[:300],
        }

        def job(tx: Tx) -> None:
            tx.change(
                "INSERT INTO sessions "
                "(token_hash, user_name, created_at, seen_at, pending, address, browser) "
                "VALUES (:token, :user, :now, :now, :pending, :address, :browser)",
                params,
            )
            tx.change(
                "DELETE FROM sessions WHERE user_name = :user AND token_hash NOT IN (SELECT token_hash "
                "FROM sessions WHERE user_name = :user ORDER BY created_at DESC, token_hash LIMIT :most)",
                params,
            )

        await self._db.write(job)
        return token

    async def find(
        self, token: str, *, idle: timedelta, longest: timedelta, touch: bool = True
    ) -> SiteSession | None:
        """The session of a token, unless it idled or lasted too long or its user is disabled.

        Without `touch` the request does not count as somebody at work.
        """
        now = micros(self._clock.now())
        params: dict[str, Value] = {"token": _hash(token)}
        sql = (
            "SELECT users.*, sessions.created_at AS begun_at, sessions.seen_at, pending FROM sessions "
            "JOIN users ON users.name = sessions.user_name WHERE token_hash = :token AND disabled = 0"
        )
        rows = await self._db.read(lambda tx: tx.execute(sql, params))
        if (
            not rows
            or abs(now - rows[0]["seen_at"]) > _micros(idle)  # both ways: the clock may have been set back
            or abs(now - rows[0]["begun_at"]) > (_PENDING if rows[0]["pending"] == 1 else _micros(longest))
        ):
            return None
        if touch and now - rows[0]["seen_at"] > _TOUCH:
            seen = "UPDATE sessions SET seen_at = :now WHERE token_hash = :token"
            await self._db.write(lambda tx: tx.change(seen, {**params, "now": now}))
        return _session_of(rows[0])

    async def end(self, token: str) -> None:
        """End one session; nothing when there is none."""
        params: dict[str, Value] = {"token": _hash(token)}
        await self._db.write(lambda tx: tx.change("DELETE FROM sessions WHERE token_hash = :token", params))

    async def end_all(self, user: str) -> int:
        """End all sessions of a user and return how many there were."""
        sql = "DELETE FROM sessions WHERE user_name = :user"
        return await self._db.write(lambda tx: tx.change(sql, {"user": user}))

    async def list(self, user: str = "") -> Sequence[Login]:
        """Sessions, the last seen first."""
        sql = (
            "SELECT * FROM sessions WHERE pending <> 1 AND (:user = '' OR user_name = :user) "
            "ORDER BY seen_at DESC, token_hash LIMIT 500"
        )
        params: dict[str, Value] = {"user": normal(user) if user else ""}
        return [_login_of(row) for row in await self._db.read(lambda tx: tx.execute(sql, params))]

    async def revoke(self, id: str, *, by: str, user: str = "") -> bool:
        """End a session (of `user`, when one is given); whether there was one."""
        params: dict[str, Value] = {"id": plain(id), "user": normal(user) if user else ""}
        at = micros(self._clock.now())

        def job(tx: Tx) -> bool:
            rows = tx.execute(
                "DELETE FROM sessions WHERE token_hash = :id AND (:user = '' OR user_name = :user) "
                "RETURNING user_name",
                params,
            )
            for row in rows:
                audit.record(tx, at=at, by=by, what="session.ended", subject=row["user_name"])
            return bool(rows)

        return await self._db.write(job)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _micros(duration: timedelta) -> int:
    return duration // timedelta(microseconds=1)


def _session_of(row: Row) -> SiteSession:
    begun, seen = moment(row["begun_at"]), moment(row["seen_at"])
    return SiteSession(user_of(row), begun, seen, row["pending"] == 1, row["pending"] == _ELSEWHERE)


def _login_of(row: Row) -> Login:
    return Login(
        id=row["token_hash"],
        user=row["user_name"],
        begun_at=moment(row["created_at"]),
        seen_at=moment(row["seen_at"]),
        address=row["address"],
        browser=row["browser"],
    )

"""The gateway's users: who may log in to send mail and on the site. Passwords as argon2 hashes only."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gatepost.directory import Role as Role  # who names one names the other
from gatepost.directory import User as User
from gatepost.directory import name_of
from gatepost.errors import StateError, StoreError
from gatepost.ports import Clock
from gatepost.store import audit
from gatepost.store.db import Database
from gatepost.store.engine import Row, Tx, Value
from gatepost.store.rows import micros, moment, plain

_HASHERS = 2  # threads: each check takes tens of MB and of milliseconds
_REMEMBERED = 1_000


class Users:
    """Users in the database."""

    def __init__(self, db: Database, clock: Clock, *, hasher: PasswordHasher | None = None) -> None:
        self._db, self._clock = db, clock
        self._hasher = hasher or PasswordHasher()
        self._threads = ThreadPoolExecutor(_HASHERS, "password")
        self._key = secrets.token_bytes(32)
        self._seen: dict[str, tuple[str, bytes]] = {}  # name -> the hash it stood for, a keyed digest

    async def add(
        self, name: str, password: str, role: Role, *, by: str, must_change: bool = False, email: str = ""
    ) -> User:
        """Add a user. Raises StateError when the name is taken, StoreError when it can't be a name."""
        user = User(normal(name), role, False, must_change, self._clock.now(), plain(email))
        hash_ = await self._hash(password)
        params: dict[str, Value] = {
            "name": user.name,
            "hash": hash_,
            "role": role.value,
            "must_change": int(must_change),
            "created_at": micros(user.created_at),
            "email": user.email,
        }

        def job(tx: Tx) -> User:
            added = tx.change(
                "INSERT INTO users (name, hash, role, disabled, must_change, created_at, email) "
                "VALUES (:name, :hash, :role, 0, :must_change, :created_at, :email) "
                "ON CONFLICT (name) DO NOTHING",
                params,
            )
            if added == 0:
                raise StateError(f"there is a user {user.name} already")
            self._record(tx, by, "user.added", user.name, {"role": role.value})
            return user

        return await self._db.write(job)

    async def list(self) -> Sequence[User]:
        """All users by name."""
        sql = "SELECT * FROM users ORDER BY name"
        return await self._db.read(lambda tx: [user_of(row) for row in tx.execute(sql)])

    async def find(self, name: str) -> User | None:
        """One user."""
        row = await self._row(name)
        return None if row is None else user_of(row)

    async def verify(self, name: str, password: str) -> User | None:
        """The user, when the password is theirs and they are not disabled.

        Takes as long for an unknown name as for a wrong password. A password that was right a moment ago is
        recognised without the slow hash, in memory only.
        """
        row = await self._row(name)
        if row is None:
            await self._hash(password)
            return None
        if not self._remembers(row, password):
            if not await self._matches(row["hash"], password):
                return None
            await self._rehash(row, password)
        return None if row["disabled"] else user_of(row)

    async def check(self, username: str, password: str) -> bool:
        """Whether that login is right: what the SMTP side asks."""
        return await self.verify(username, password) is not None

    async def set_password(self, name: str, password: str, *, by: str, must_change: bool = False) -> None:
        """Give a user a new password and end their site sessions. Raises StoreError for an unknown name."""
        hash_ = await self._hash(password)
        await self._change(
            name,
            "UPDATE users SET hash = :hash, must_change = :must_change WHERE name = :name",
            {"hash": hash_, "must_change": int(must_change)},
            by=by,
            what="user.password_set",
        )

    async def set_role(self, name: str, role: Role, *, by: str) -> None:
        """Give a user another role; their site sessions end."""
        sql = "UPDATE users SET role = :role WHERE name = :name"
        await self._change(name, sql, {"role": role.value}, by=by, what="user.role_set", role=role.value)

    async def disable(self, name: str, *, by: str) -> None:
        """Lock a user out, on the site at once."""
        sql = "UPDATE users SET disabled = 1 WHERE name = :name"
        await self._change(name, sql, {}, by=by, what="user.disabled")

    async def enable(self, name: str, *, by: str) -> None:
        """Let a disabled user in again."""
        sql = "UPDATE users SET disabled = 0 WHERE name = :name"
        await self._change(name, sql, {}, by=by, what="user.enabled")

    async def claim(self, name: str, subject: str) -> User | None:
        """The user whom an identity provider calls `subject`; at their first login the one of that name."""
        key, at, subject = name_of(name), micros(self._clock.now()), plain(subject)

        def job(tx: Tx) -> User | None:
            rows = tx.execute("SELECT * FROM users WHERE oidc = :subject", {"subject": subject})
            if rows:
                return user_of(rows[0])
            rows = tx.execute("SELECT * FROM users WHERE name = :name", {"name": key})
            if not rows:
                return None
            if rows[0]["oidc"]:
                raise StateError(f"{key} is somebody else at the identity provider")
            tx.change(
                "UPDATE users SET oidc = :subject WHERE name = :name", {"subject": subject, "name": key}
            )
            audit.record(tx, at=at, by=key, what="user.oidc_bound", subject=key, details={"as": subject})
            return replace(user_of(rows[0]), oidc=subject)

        return await self._db.write(job)

    async def change(
        self,
        name: str,
        *,
        by: str,
        role: Role | None = None,
        disabled: bool | None = None,
        email: str | None = None,
    ) -> User:
        """Change what is given; a change of role, or disabling, ends the user's sessions.

        Raises StateError when nobody who may log in would be an admin any more, StoreError for an
        unknown name.
        """
        key, at = normal(name), micros(self._clock.now())

        def job(tx: Tx) -> User:
            rows = tx.execute("SELECT * FROM users WHERE name = :name", {"name": key})
            if not rows:
                raise StoreError(f"there is no user {key}")
            old = user_of(rows[0])
            new = replace(
                old,
                role=old.role if role is None else role,
                disabled=old.disabled if disabled is None else disabled,
                email=old.email if email is None else plain(email),
            )
            _keep_an_admin(tx, old, new)
            tx.change(
                "UPDATE users SET role = :role, disabled = :disabled, email = :email WHERE name = :name",
                {
                    "role": new.role.value,
                    "disabled": int(new.disabled),
                    "email": new.email,
                    "name": key,
                },
            )
            if new.role is not old.role or new.disabled:
                tx.change("DELETE FROM sessions WHERE user_name = :name", {"name": key})
            for what, details in _deeds(old, new):
                audit.record(tx, at=at, by=by, what=what, subject=key, details=details)
            return new

        user = await self._db.write(job)
        self._seen.pop(key, None)
        return user

    async def _change(
        self, name: str, sql: str, params: dict[str, Value], *, by: str, what: str, **details: str
    ) -> None:
        key = normal(name)

        def job(tx: Tx) -> None:
            if tx.change(sql, {**params, "name": key}) == 0:
                raise StoreError(f"there is no user {key}")
            tx.change("DELETE FROM sessions WHERE user_name = :name", {"name": key})
            self._record(tx, by, what, key, details)

        await self._db.write(job)
        self._seen.pop(key, None)

    def _record(self, tx: Tx, by: str, what: str, name: str, details: dict[str, str]) -> None:
        audit.record(tx, at=micros(self._clock.now()), by=by, what=what, subject=name, details=details)

    async def _row(self, name: str) -> Row | None:
        try:
            params: dict[str, Value] = {"name": normal(name)}
        except StoreError:
            return None
        rows = await self._db.read(lambda tx: tx.execute("SELECT * FROM users WHERE name = :name", params))
        return rows[0] if rows else None

    # --- hashing ---------------------------------------------------------------------------------

    async def _hash(self, password: str) -> str:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, password)

    async def _matches(self, hash_: str, password: str) -> bool:
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._threads, self._hasher.verify, hash_, password)
        except (VerificationError, InvalidHashError):
            return False

    def _digest(self, name: str, password: str) -> bytes:
        return hmac.digest(self._key, f"{name}\0{password}".encode("utf-8", "surrogatepass"), hashlib.sha256)

    def _remembers(self, row: Row, password: str) -> bool:
        hash_, digest = self._seen.get(row["name"], ("", b""))
        return hash_ == row["hash"] and hmac.compare_digest(digest, self._digest(row["name"], password))

    async def _rehash(self, row: Row, password: str) -> None:
        """Remember the login; bring its hash to today's parameters where they have changed."""
        hash_ = str(row["hash"])
        if self._hasher.check_needs_rehash(hash_):
            old, hash_ = hash_, await self._hash(password)
            params = {"new": hash_, "old": old, "name": row["name"]}
            sql = "UPDATE users SET hash = :new WHERE name = :name AND hash = :old"
            await self._db.write(lambda tx: tx.change(sql, params))
        if len(self._seen) >= _REMEMBERED:
            self._seen.clear()
        self._seen[row["name"]] = (hash_, self._digest(row["name"], password))

    def close(self) -> None:
        """End the hashing threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def normal(name: str) -> str:
    """A user's name as it is kept: composed, lower case. Raises StoreError when it can't be one."""
    key = name_of(name)
    if not key:
        raise StoreError("a user's name has 1 to 200 printable characters")
    return key


def _keep_an_admin(tx: Tx, old: User, new: User) -> None:
    was = old.role is Role.ADMIN and not old.disabled
    if not was or (new.role is Role.ADMIN and not new.disabled):
        return
    others = tx.execute(
        "SELECT name FROM users WHERE role = 'admin' AND disabled = 0 AND name <> :name LIMIT 1",
        {"name": old.name},
    )
    if not others:
        raise StateError(f"{old.name} is the last admin who may log in")


def _deeds(old: User, new: User) -> Iterator[tuple[str, dict[str, str]]]:
    if new.role is not old.role:
        yield "user.role_set", {"from": old.role.value, "role": new.role.value}
    if new.disabled is not old.disabled:
        yield ("user.disabled" if new.disabled else "user.enabled"), {}
    if new.email != old.email:
        yield "user.email_set", {"email": new.email}


def user_of(row: Row) -> User:
    """The user of a row of `users`."""
    return User(
        name=row["name"],
        role=Role(row["role"]),
        disabled=bool(row["disabled"]),
        must_change=bool(row["must_change"]),
        created_at=moment(row["created_at"]),
        email=row["email"],
        has_totp=bool(row["totp"]),
        recovery_left=len(json.loads(row["recovery"])),
        oidc=row["oidc"],
    )

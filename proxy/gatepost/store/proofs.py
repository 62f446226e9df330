"""Second factors of the users: the shared secret, the last code that was taken, recovery codes as hashes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from gatepost.errors import StoreError
from gatepost.ports import Clock
from gatepost.store import audit
from gatepost.store.db import Database
from gatepost.store.engine import Tx, Value
from gatepost.store.rows import dumps, micros
from gatepost.store.users import normal


class Proofs:
    """Second factors in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def secret(self, name: str) -> str:
        """The shared secret of a user; "" when there is none."""
        rows = await self._db.read(
            lambda tx: tx.execute("SELECT totp FROM users WHERE name = :name", {"name": normal(name)})
        )
        return str(rows[0]["totp"]) if rows else ""

    async def enrol(self, name: str, secret: str, step: int, recovery: Sequence[str], *, by: str) -> None:
        """Keep a secret that was proven by the code of `step`, and hashes of new recovery codes."""
        params: dict[str, Value] = {
            "name": normal(name),
            "secret": secret,
            "step": step,
            "codes": dumps([digest(code) for code in recovery]),
        }
        sql = "UPDATE users SET totp = :secret, totp_step = :step, recovery = :codes WHERE name = :name"
        await self._change(sql, params, by=by, what="user.totp_set")

    async def spend(self, name: str, step: int) -> bool:
        """Take the code of a time step; False when that, or a later one, was taken before (RFC 6238 §5.2)."""
        sql = "UPDATE users SET totp_step = :step WHERE name = :name AND totp <> '' AND totp_step < :step"
        params: dict[str, Value] = {"name": normal(name), "step": step}
        return bool(await self._db.write(lambda tx: tx.change(sql, params)))

    async def recover(self, name: str, code: str) -> bool:
        """Take a recovery code; each is taken once."""
        key, given, at = normal(name), digest(code), micros(self._clock.now())

        def job(tx: Tx) -> bool:
            kept = "SELECT recovery FROM users WHERE name = :name /*! FOR UPDATE */"  # a code is spent once
            rows = tx.execute(kept, {"name": key})
            codes = json.loads(rows[0]["recovery"]) if rows else []
            if given not in codes:
                return False
            codes.remove(given)
            tx.change(
                "UPDATE users SET recovery = :codes WHERE name = :name", {"name": key, "codes": dumps(codes)}
            )
            left = {"left": str(len(codes))}
            audit.record(tx, at=at, by=key, what="user.recovery_used", subject=key, details=left)
            return True

        return await self._db.write(job)

    async def drop(self, name: str, *, by: str) -> None:
        """Forget the second factor and end the user's sessions."""
        sql = "UPDATE users SET totp = '', totp_step = 0, recovery = '[]' WHERE name = :name"
        params: dict[str, Value] = {"name": normal(name)}
        await self._change(sql, params, by=by, what="user.totp_dropped", ends_sessions=True)

    async def _change(
        self, sql: str, params: dict[str, Value], *, by: str, what: str, ends_sessions: bool = False
    ) -> None:
        name, at = str(params["name"]), micros(self._clock.now())

        def job(tx: Tx) -> None:
            if tx.change(sql, params) == 0:
                raise StoreError(f"there is no user {name}")
            if ends_sessions:
                tx.change("DELETE FROM sessions WHERE user_name = :name", {"name": name})
            audit.record(tx, at=at, by=by, what=what, subject=name)

        await self._db.write(job)


def digest(code: str) -> str:
    """What is kept of a recovery code: it has 80 random bits, so a plain hash can't be guessed back."""
    bare = "".join(char for char in code.lower() if char.isalnum())
    return hashlib.sha256(bare.encode("utf-8", "surrogatepass")).hexdigest()

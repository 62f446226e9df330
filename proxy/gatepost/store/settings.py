"""What was set on the site: values that win over the file's, with who set them and when."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from gatepost.directory import Setting
from gatepost.ports import Clock
from gatepost.store import audit
from gatepost.store.db import Database
from gatepost.store.engine import Tx, Value
from gatepost.store.rows import dumps, micros, moment


class Settings:
    """Settings in the database."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db, self._clock = db, clock

    async def all(self) -> Mapping[str, Setting]:
        """Every setting by its name."""
        rows = await self._db.read(lambda tx: tx.execute("SELECT * FROM settings ORDER BY name"))
        return {
            row["name"]: Setting(row["name"], json.loads(row["value"]), moment(row["at"]), row["by_whom"])
            for row in rows
        }

    async def put(self, name: str, value: Any, *, by: str, before: Any = None) -> Setting:
        """Set one, with its audit record: what was, and what is."""
        setting = Setting(name, value, self._clock.now(), by)
        params: dict[str, Value] = {
            "name": name,
            "value": dumps(value),
            "at": micros(setting.at),
            "by": by,
        }
        details = {"from": _shown(before), "to": _shown(value)}

        def job(tx: Tx) -> None:
            tx.change(
                "INSERT INTO settings (name, value, at, by_whom) VALUES (:name, :value, :at, :by) "
                "ON CONFLICT (name) DO UPDATE SET value = :value, at = :at, by_whom = :by",
                params,
            )
            audit.record(tx, at=micros(setting.at), by=by, what="setting.set", subject=name, details=details)

        await self._db.write(job)
        return setting

    async def drop(self, name: str, *, by: str, before: Any = None) -> bool:
        """Go back to the file's value; whether there was another."""
        at = micros(self._clock.now())

        def job(tx: Tx) -> bool:
            if tx.change("DELETE FROM settings WHERE name = :name", {"name": name}) == 0:
                return False
            details = {"from": _shown(before)}
            audit.record(tx, at=at, by=by, what="setting.dropped", subject=name, details=details)
            return True

        return await self._db.write(job)


def _shown(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)[:2_000]

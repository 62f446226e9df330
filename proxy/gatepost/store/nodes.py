"""Which nodes are alive: each says so in the database every few seconds, in the database's own time.

A node that has been silent for a whole lease counts as dead. Whoever was silent itself, as all are while the
server is away, calls nobody dead before it has been heard of for one lease again.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Collection

import psycopg

from gatepost.errors import StateError, StoreError
from gatepost.store.engine import Params, Tx
from gatepost.store.postgres import Link, PostgresTx
from gatepost.store.rows import in_list

NOW = "CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)"
"""The server's clock, in microseconds since 1970."""

_BEAT = f"""
INSERT INTO nodes (name, since, beat_at, lease_until)
SELECT :me, now.us, now.us, now.us + :lease FROM (SELECT {NOW} AS us) AS now
ON CONFLICT (name) DO UPDATE SET beat_at = excluded.beat_at, lease_until = excluded.lease_until,
  since = CASE WHEN nodes.lease_until < excluded.beat_at THEN excluded.since ELSE nodes.since END
"""  # noqa: S608 - our own words
_SWEEP = f"DELETE FROM nodes WHERE lease_until < {NOW} - :long"  # noqa: S608 - our own words
_JUDGES = f"SELECT 1 AS yes FROM nodes WHERE name = :me AND lease_until > {NOW} AND since <= {NOW} - :lease"  # noqa: S608 - our own words
_FENCE = f"SELECT 1 AS yes FROM nodes WHERE name = :me AND lease_until > {NOW} FOR KEY SHARE"  # noqa: S608 - our own words
_BEATS = 3  # in one lease
_LONG = 20  # leases after which a silent node's row goes


class LeasedOwners:
    """Owners by rows of `nodes`, beaten from a thread with a connection of its own."""

    def __init__(self, dial: Callable[[], Link], name: str, *, seconds: float) -> None:
        """Become an owner. Raises StoreError when the server does not take the first beat."""
        self.me = f"{socket.gethostname()}-{name}-{os.getpid()}-{secrets.token_hex(8)}"
        self._dial, self._seconds = dial, seconds
        self._lease = int(seconds * 1_000_000)
        self._link = dial()
        self._over = threading.Event()
        try:
            self._beat()
        except BaseException:
            self._link.close()
            raise
        self._thread = threading.Thread(target=self._go_on, name="store-beat", daemon=True)
        self._thread.start()

    def _beat(self) -> None:
        self._link.until = time.monotonic() + self._seconds
        tx = PostgresTx(self._link)
        tx.change(_BEAT, {"me": self.me, "lease": self._lease})
        tx.change(_SWEEP, {"long": self._lease * _LONG})

    def _go_on(self) -> None:
        while not self._over.wait(self._seconds / _BEATS):
            try:
                self._beat()
            except StoreError:
                self._redial()

    def _redial(self) -> None:
        """The next beat may find the server again."""
        with contextlib.suppress(psycopg.Error):
            self._link.close()
        with contextlib.suppress(StoreError):
            self._link = self._dial()

    def living(self, tx: Tx, owners: Collection[str]) -> Collection[str]:
        """Those heard of within their lease; all of them, while we ourselves were not heard of for long."""
        mine: Params = {"me": self.me, "lease": self._lease}
        if not tx.execute(_JUDGES, mine):
            return owners
        names, params = in_list("owner", sorted(owners))
        sql = f"SELECT name FROM nodes WHERE lease_until > {NOW} AND name IN ({names})"  # noqa: S608 - parameter names
        return {row["name"] for row in tx.execute(sql, params)}

    def fence(self, tx: Tx) -> None:
        """Raise StateError when our lease is over; else hold off until the end whoever would delete it."""
        if not tx.execute(_FENCE, {"me": self.me}):
            raise StateError(f"{self.me} was not heard of in time and counts as dead")

    def leave(self) -> None:
        """Stop being an owner: what is still in flight in this name may be taken over at once."""
        if not self._over.is_set():
            self._stop()
            with contextlib.suppress(StoreError):
                PostgresTx(self._link).change("DELETE FROM nodes WHERE name = :me", {"me": self.me})
            self._link.close()

    def die(self) -> None:
        """Beat no more, the row left behind to run out: for tests."""
        if not self._over.is_set():
            self._stop()
            self._link.close()

    def _stop(self) -> None:
        self._over.set()
        self._thread.join(self._seconds)

"""A database on a PostgreSQL server: how it is connected to, and what it must be like."""

from __future__ import annotations

import contextlib
import ssl
import time
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import dict_row
from psycopg.types.numeric import Int8Dumper
from psycopg.types.string import StrDumper

from gatepost.config.schema.base import is_loopback
from gatepost.errors import StoreError
from gatepost.store.engine import EngineError, Fault
from gatepost.store.health import Health
from gatepost.store.migrate import migrate, migrations
from gatepost.store.nodes import NOW, LeasedOwners
from gatepost.store.postgres import Link, PostgresEngine, PostgresReader, PostgresTx, fault_of

OLDEST = 130_000
"""The oldest server that will do: 13."""
LEASE_SECONDS = 15.0
_MIGRATE_SECONDS = 600.0
_WORDY = ("messages", "raw", "captures", "held_words", "corrections", "hook_calls")
"""Tables that hold words of mails."""
_TRY_AGAIN = 0.2  # seconds
_LEAST_CONNECT = 2  # seconds; libpq takes no fewer
_DURABLE = ("on", "remote_apply")

_SETTLE = """
SELECT set_config('synchronous_commit', 'on', false)
  WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply');
SET statement_timeout = {limit}; SET lock_timeout = {lock}; SET idle_in_transaction_session_timeout = {limit}
"""
_TIMELINE = b"SELECT substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) AS timeline"
_SETTINGS = "SELECT name, setting FROM pg_settings WHERE name IN ({})"


class ServerHome:
    """The database at `url`, for the gateway processes of many machines.

    Over a network the server's certificate and name are checked, unless the URL has an `sslmode` of its own.
    """

    def __init__(
        self,
        url: str,
        *,
        password: str | None = None,
        busy_seconds: float = 5.0,
        lease_seconds: float = LEASE_SECONDS,
    ) -> None:
        self._url, self._password = url, password
        self._busy, self._lease = busy_seconds, lease_seconds
        with _faults():
            self._given = conninfo_to_dict(url)
        self._kept: dict[str, Any] = {} if password is None else {"password": password}
        self.name = _name_of(self._given)

    def dial(self, *, seconds: float, instance: str = "gatepost") -> Link:
        """Connect. Statements of the connection end after `seconds`, waits for locks after half of that."""
        limits: dict[str, Any] = {
            "connect_timeout": max(_LEAST_CONNECT, int(self._busy)),
            "application_name": instance,
            "client_encoding": "utf8",
            "target_session_attrs": "read-write",
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": int(self._busy * 2000),
        }
        with _faults():
            link: Link = Link.connect(
                self._url,
                autocommit=True,
                row_factory=dict_row,
                **{name: value for name, value in limits.items() if name not in self._given},
                **_protected(self._given),
                **self._kept,
            )
            try:
                link.until = time.monotonic() + self._busy
                link.adapters.register_dumper(int, Int8Dumper)
                link.adapters.register_dumper(str, StrDumper)
                milliseconds = int(seconds * 1000)
                link.execute(_SETTLE.format(limit=milliseconds, lock=milliseconds // 2).encode())
                link.timeline = _timeline(link)
            except BaseException:
                link.close()
                raise
        return link

    def is_there(self) -> bool:
        """Whether the server has tables of ours."""
        with _faults(), contextlib.closing(self.dial(seconds=self._busy)) as link:
            rows = link.execute("SELECT to_regclass('schema_version') IS NOT NULL AS there").fetchall()
        return bool(rows[0]["there"])

    def prepare(self, *, busy_seconds: float) -> None:
        """Make sure that the server will do, and bring its tables to the newest schema.

        Of several nodes that start at once one changes the schema, and the others wait for it.
        """
        with contextlib.closing(self._dial_patiently(busy_seconds)) as link:
            if link.info.server_version < OLDEST:
                raise EngineError(Fault.OTHER, f"PostgreSQL {OLDEST // 10_000} or newer is needed")
            encoding = link.info.parameter_status("server_encoding")
            if encoding != "UTF8":
                raise EngineError(Fault.OTHER, f"its encoding is {encoding}: make the database with UTF8")
        engine = PostgresEngine(lambda: self.dial(seconds=_MIGRATE_SECONDS), seconds=_MIGRATE_SECONDS)
        with contextlib.closing(engine):
            migrate(engine, migrations(), busy_seconds=busy_seconds)

    def _dial_patiently(self, seconds: float) -> Link:
        """Connect to a server that may be starting just now, as we are."""
        until = time.monotonic() + seconds
        while True:
            try:
                return self.dial(seconds=seconds)
            except EngineError as error:
                if error.fault is not Fault.AWAY or time.monotonic() > until:
                    raise
            time.sleep(_TRY_AGAIN)

    def engine(self, *, busy_seconds: float) -> PostgresEngine:
        """A new connection that writes."""
        return PostgresEngine(lambda: self.dial(seconds=busy_seconds), seconds=busy_seconds * 2)

    def reader(self) -> PostgresReader:
        """A new connection that only reads."""
        return PostgresReader(lambda: self.dial(seconds=self._busy))

    def owners(self, instance: str) -> LeasedOwners:
        """Become one of the nodes, known by its beats."""
        return LeasedOwners(
            lambda: self.dial(seconds=self._busy, instance=instance), instance, seconds=self._lease
        )

    def tidy(self, *, busy_seconds: float, thoroughly: bool = False) -> None:
        """Free the space of what was deleted for other rows; at other times the server does so by itself."""
        if thoroughly:
            with contextlib.closing(self.dial(seconds=_MIGRATE_SECONDS)) as link, _faults():
                link.until = time.monotonic() + _MIGRATE_SECONDS
                link.execute(f"VACUUM (SKIP_LOCKED) {', '.join(_WORDY)}".encode())

    def free_bytes(self) -> None:
        """The server's disk is not ours to look at."""

    def examine(self) -> Health:
        """Ask the server how it keeps what it is given."""
        with contextlib.closing(self.dial(seconds=self._busy)) as link:
            return _examine(PostgresTx(link), link, checked=not _unchecked(self._given))

    def back_up(self, target: Path) -> None:
        """Not ours to do: raises StoreError, which names the program that does."""
        raise StoreError(f"back up a PostgreSQL database with pg_dump, not to {target}")


@contextlib.contextmanager
def _faults() -> Iterator[None]:
    """Turn the library's errors into EngineError."""
    try:
        yield
    except psycopg.Error as error:
        raise fault_of(error) from error


def _name_of(given: dict[str, Any]) -> str:
    host = given.get("host") or given.get("hostaddr") or "the local server"
    port = str(given.get("port") or "").strip(",")
    name = given.get("dbname") or given.get("user") or ""
    return f"PostgreSQL database {name} at {host}{':' if port else ''}{port}"


def _protected(given: dict[str, Any]) -> dict[str, Any]:
    """TLS with a certificate that is checked, for whoever goes over a network and says nothing else."""
    if _near(given) or "sslmode" in given:
        return {}
    if "sslrootcert" in given:
        return {"sslmode": "verify-full"}
    paths = ssl.get_default_verify_paths()
    return {"sslmode": "verify-full", "sslrootcert": paths.cafile or "system"}


def _near(given: dict[str, Any]) -> bool:
    hosts = str(given.get("host") or given.get("hostaddr") or "").split(",")
    return all(not host or host.startswith(("/", "@")) or is_loopback(host) for host in hosts)


def _unchecked(given: dict[str, Any]) -> bool:
    return not _near(given) and given.get("sslmode", "verify-full") != "verify-full"


def _timeline(link: Link) -> str:
    try:
        return str(link.execute(_TIMELINE).fetchall()[0]["timeline"])
    except psycopg.errors.Error as error:
        if link.closed or error.sqlstate is None:
            raise
        return ""  # a server that does not tell: then a lost answer to a commit stays in doubt


def _examine(tx: PostgresTx, link: Link, *, checked: bool) -> Health:
    schema = tx.execute("SELECT coalesce(max(version), 0) AS version FROM schema_version")[0]["version"]
    names = "'fsync', 'full_page_writes', 'synchronous_commit', 'synchronous_standby_names'"
    settings = {row["name"]: row["setting"] for row in tx.execute(_SETTINGS.format(names))}
    here = tx.execute("SELECT pg_database_size(current_database()) AS size, clock_timestamp() AS now")[0]
    nodes = tx.execute(f"SELECT count(*) AS n FROM nodes WHERE lease_until > {NOW}")  # noqa: S608 - our own words
    syncs = settings["fsync"] == settings["full_page_writes"] == "on"
    notes = ((_NO_STANDBY, not settings["synchronous_standby_names"]), (_UNCHECKED, not checked))
    return Health(
        sound=True,
        faults=(),
        schema=schema,
        durable=syncs and settings["synchronous_commit"] in _DURABLE,
        private=link.pgconn.ssl_in_use or _near({"host": link.info.host}),
        size_bytes=here["size"],
        free_bytes=None,
        clock=here["now"].astimezone(UTC),
        nodes=nodes[0]["n"],
        notes=tuple(note for note, true in notes if true),
    )


_NO_STANDBY = "no synchronous standby: a failover to another server may lose the last commits"
_UNCHECKED = "the server's certificate is not checked against its name"

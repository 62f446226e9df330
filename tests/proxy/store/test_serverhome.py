from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepost.errors import StoreError
from gatepost.model import MessageState
from gatepost.store import Store
from gatepost.store.engine import EngineError, Fault
from gatepost.store.migrate import migrations
from gatepost.store.serverhome import ServerHome, _protected
from kit.certificates import Authority
from kit.loopback import free_port
from kit.ports import StillClock
from kit.postgres import Server
from kit.stores import a_home, held, on_a_server, open_store, relayed, state_of

LATE = 30


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    """A server that may be killed: nobody else's."""
    with Server() as made:
        yield made


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("postgresql://me@db.example:5433/mail", "PostgreSQL database mail at db.example:5433"),
        ("postgresql:///mail", "PostgreSQL database mail at the local server"),
        ("postgresql://me@a.example,b.example/", "PostgreSQL database me at a.example,b.example"),
    ],
)
def test_a_home_is_named_without_a_secret(url: str, name: str) -> None:
    assert ServerHome(url, password="hunter2").name == name


def test_what_is_no_url_is_said(clock: StillClock) -> None:
    with pytest.raises(StoreError, match="nonsense"):
        ServerHome("postgresql://x?nonsense=1")


@pytest.mark.parametrize(
    ("given", "mode"),
    [
        ({"host": "db.example"}, "verify-full"),
        ({"host": "127.0.0.1,db.example"}, "verify-full"),
        ({"hostaddr": "192.0.2.1"}, "verify-full"),
        ({"host": "db.example", "sslrootcert": "ca.pem"}, "verify-full"),
        ({"host": "db.example", "sslmode": "require"}, None),
        ({"host": "127.0.0.1"}, None),
        ({"host": "localhost"}, None),
        ({"host": "/run/postgresql"}, None),
        ({}, None),
    ],
)
def test_over_a_network_the_server_s_certificate_is_checked(given: dict[str, str], mode: str | None) -> None:
    protected = _protected(given)
    assert protected.get("sslmode") == mode
    assert "sslrootcert" not in protected or "sslrootcert" not in given


def test_without_authorities_in_a_file_the_system_s_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    none = ssl.DefaultVerifyPaths(None, None, "", "", "", "")  # type: ignore[arg-type] # as the real one has it
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: none)
    assert _protected({"host": "db.example"})["sslrootcert"] == "system"


def test_a_server_that_is_not_there_is_away() -> None:
    home = ServerHome(f"postgresql://gatepost@127.0.0.1:{free_port()}/x")
    with pytest.raises(EngineError) as caught:
        home.prepare(busy_seconds=1)
    assert caught.value.fault is Fault.AWAY


async def test_a_home_is_there_once_its_tables_are_made(clock: StillClock) -> None:
    home = a_home()
    assert not home.is_there()
    with pytest.raises(StoreError, match="gone"):
        await Store.open(home, clock=clock, read_only=True)
    await (await open_store(home, clock)).close()
    assert home.is_there()


def test_a_database_in_another_encoding_is_refused(server: Server) -> None:
    server.run(server.url("public"), "CREATE DATABASE old TEMPLATE template0 ENCODING LATIN1 LOCALE 'C'")
    with pytest.raises(StoreError, match="LATIN1"):
        ServerHome(server.url("public").replace("/postgres?", "/old?")).prepare(busy_seconds=1)


def test_a_server_that_is_too_old_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.store.serverhome.OLDEST", 990_000)
    with pytest.raises(StoreError, match="99 or newer"):
        a_home().prepare(busy_seconds=1)


def test_every_connection_commits_to_the_disk_and_has_its_limits() -> None:
    home = a_home()
    url = home._url + "%20-csynchronous_commit%3Doff"
    with ServerHome(url, busy_seconds=2).dial(seconds=2) as link:
        names = (
            "synchronous_commit",
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
        )
        settings = [link.execute(f"SHOW {name}".encode()).fetchall()[0][name] for name in names]
    assert settings == ["on", "2s", "1s", "2s"]


async def test_the_server_says_how_it_keeps_what_it_is_given(server: Server, clock: StillClock) -> None:
    async with await open_store(ServerHome(server.new()), clock) as store:
        health = await store.examine()
    assert (health.sound, health.schema, health.private) == (True, migrations()[-1].version, True)
    assert not health.durable  # a test's server does not sync
    assert (health.free_bytes, health.nodes) == (None, 1)
    assert health.size_bytes > 0
    assert health.clock is not None
    assert "standby" in health.notes[0]


@on_a_server
async def test_a_server_is_backed_up_by_its_own_program(store: Store, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="pg_dump"):
        await store.back_up(tmp_path / "copy")


async def test_a_restart_of_the_server_costs_nobody_a_mail(server: Server, clock: StillClock) -> None:
    async with await open_store(ServerHome(server.new()), clock, busy_seconds=15) as store:
        await held(store, "m1")
        server.stop()
        writing = asyncio.ensure_future(held(store, "m2"))
        await asyncio.sleep(0.3)
        assert not writing.done()
        assert store.ready() == "store"
        server.start()
        async with asyncio.timeout(LATE):
            await writing
        assert await state_of(store, "m1") is await state_of(store, "m2") is MessageState.HELD
        assert store.ready() is None


async def test_a_killed_server_gives_an_error_in_time_and_keeps_what_was_told(
    server: Server, clock: StillClock
) -> None:
    home = ServerHome(server.new())
    async with await open_store(home, clock, busy_seconds=0.5) as store:
        await relayed(store, "m1")
        server.kill()
        async with asyncio.timeout(LATE):
            with pytest.raises(StoreError):
                await held(store, "m2")
        server.start()
        async with asyncio.timeout(LATE):
            while True:
                try:
                    await held(store, "m3")
                    break
                except StoreError:
                    await asyncio.sleep(0.05)
        assert await state_of(store, "m1") is MessageState.RELAYED


async def test_a_server_that_stands_still_is_an_error_in_time(server: Server, clock: StillClock) -> None:
    async with await open_store(ServerHome(server.new()), clock, busy_seconds=0.5) as store:
        server.pause()
        try:
            async with asyncio.timeout(LATE):
                with pytest.raises(StoreError):
                    await held(store, "m1")
                with pytest.raises(StoreError):
                    await store.quarantine.list()
        finally:
            server.go_on()
        async with asyncio.timeout(LATE):
            while True:
                try:
                    await held(store, "m2")
                    break
                except StoreError:
                    await asyncio.sleep(0.05)


async def test_over_tls_the_certificate_must_be_one_we_trust(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    ours, other = Authority(tmp_path), Authority(tmp_path / "other")
    port = free_port()
    settings = {"listen_addresses": "127.0.0.1", "port": str(port), "ssl": "on"}
    with Server(settings=settings, certificate=ours.server("localhost")):
        url = f"postgresql://gatepost@localhost:{port}/postgres?sslmode=verify-full&sslrootcert="
        with ServerHome(url + str(ours.file)).dial(seconds=1) as link:
            assert link.pgconn.ssl_in_use
        with pytest.raises(EngineError, match="certificate"):
            ServerHome(url + str(other.file)).dial(seconds=1)

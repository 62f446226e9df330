from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import psycopg
import pytest

from gatepost.errors import StateError, StoreError
from gatepost.store.db import Database, Undo, nobody_knows
from gatepost.store.engine import EngineError, Fault, Tx
from gatepost.store.postgres import Link, PostgresEngine, PostgresReader, fault_of
from gatepost.store.serverhome import ServerHome
from kit import postgres
from kit.stores import a_home

LATE = 20


@pytest.fixture
def home() -> ServerHome:
    made = a_home()
    postgres.shared().run(made._url, "CREATE TABLE numbers (n BIGINT PRIMARY KEY, word TEXT)")
    return made


@pytest.fixture
def engine(home: ServerHome) -> Iterator[PostgresEngine]:
    made = home.engine(busy_seconds=2)
    yield made
    made.close()


@pytest.fixture
async def database(home: ServerHome) -> AsyncIterator[Database]:
    opened = Database(home, busy_seconds=2)
    yield opened
    await opened.close()


def add(number: int) -> Callable[[Tx], int]:
    def job(tx: Tx) -> int:
        tx.change("INSERT INTO numbers (n) VALUES (:n)", {"n": number})
        return number

    return job


def numbers_in(home: ServerHome) -> list[object]:
    rows = postgres.shared().run(home._url, "SELECT n FROM numbers ORDER BY n")
    return [row[0] for row in rows]


def lose(engine: PostgresEngine, *, sent: bool) -> None:
    """The connection ends with the next COMMIT, before or after the server has it."""
    link = engine._tx.link
    execute = link.execute

    def losing(query: Any, *args: Any, **kwargs: Any) -> Any:
        if query != b"COMMIT":
            return execute(query, *args, **kwargs)
        if sent:
            execute(query)
        link.close()
        raise psycopg.OperationalError("the connection is lost")

    link.execute = losing  # type: ignore[method-assign] # what a network does


def test_a_commit_whose_answer_was_lost_is_found_out(engine: PostgresEngine, home: ServerHome) -> None:
    add(1)(engine.begin())
    lose(engine, sent=True)
    engine.commit()
    assert numbers_in(home) == [1]


def test_a_commit_that_never_arrived_is_known_not_to_be_one(engine: PostgresEngine, home: ServerHome) -> None:
    add(1)(engine.begin())
    lose(engine, sent=False)
    with pytest.raises(EngineError) as caught:
        engine.commit()
    assert caught.value.fault is Fault.AWAY
    assert not nobody_knows(caught.value)
    assert numbers_in(home) == []


def test_after_a_failover_nobody_knows(engine: PostgresEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    add(1)(engine.begin())
    lose(engine, sent=True)
    monkeypatch.setattr("gatepost.store.serverhome._timeline", lambda link: "00000002")
    with pytest.raises(EngineError) as caught:
        engine.commit()
    assert caught.value.fault is Fault.DOUBT
    assert nobody_knows(caught.value)


def test_while_the_server_is_away_nobody_knows(home: ServerHome, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = PostgresEngine(lambda: home.dial(seconds=1), seconds=0.3)
    add(1)(engine.begin())
    lose(engine, sent=True)

    def away() -> Link:
        raise EngineError(Fault.AWAY)

    monkeypatch.setattr(engine, "_dial", away)
    with pytest.raises(EngineError) as caught:
        engine.commit()
    assert caught.value.fault is Fault.DOUBT


async def test_a_batch_that_was_lost_before_its_commit_is_done_again_once(
    database: Database, home: ServerHome
) -> None:
    await database.write(add(1))
    lose(database._engine, sent=False)  # type: ignore[arg-type] # the real one
    assert await asyncio.gather(*(database.write(add(number)) for number in (2, 3))) == [2, 3]
    assert numbers_in(home) == [1, 2, 3]


async def test_a_connection_that_ended_while_idle_is_nobody_s_error(
    database: Database, home: ServerHome
) -> None:
    await database.write(add(1))
    assert len(await database.read(lambda tx: tx.execute("SELECT n FROM numbers"))) == 1
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
    postgres.shared().run(home._url, ended + " AND application_name = 'gatepost'")
    assert await database.write(add(2)) == 2
    assert len(await database.read(lambda tx: tx.execute("SELECT n FROM numbers"))) == 2


async def test_a_posted_job_is_tried_until_the_database_works(
    database: Database, home: ServerHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin, refusals = database._engine.begin, [EngineError(Fault.FULL), EngineError(Fault.OTHER)]

    def refusing() -> Tx:
        if refusals:
            raise refusals.pop()
        return begin()

    monkeypatch.setattr(database._engine, "begin", refusing)
    database.post(add(1))
    async with asyncio.timeout(LATE):
        while numbers_in(home) != [1]:
            await asyncio.sleep(0.05)
    assert not refusals


async def test_of_two_gateways_that_stand_in_each_other_s_way_both_go_on(home: ServerHome) -> None:
    one, other = Database(home, busy_seconds=15), Database(home, busy_seconds=15)
    both = asyncio.Barrier(2)
    loop = asyncio.get_running_loop()

    def crossing(numbers: tuple[int, int]) -> Callable[[Tx], None]:
        met = False

        def job(tx: Tx) -> None:
            nonlocal met
            add(numbers[0])(tx)
            if not met:
                met = True
                asyncio.run_coroutine_threadsafe(both.wait(), loop).result(LATE)
            tx.change("INSERT INTO numbers (n) VALUES (:n) ON CONFLICT DO NOTHING", {"n": numbers[1]})

        return job

    outcomes = await asyncio.gather(
        one.write(crossing((1, 2))), other.write(crossing((2, 1))), return_exceptions=True
    )
    assert [type(each) for each in outcomes].count(type(None)) >= 1
    assert not any(isinstance(each, EngineError) for each in outcomes), outcomes
    assert numbers_in(home) == [1, 2]
    await one.close()
    await other.close()


async def test_a_row_that_another_holds_for_long_is_an_error_in_time(home: ServerHome) -> None:
    database = Database(home, busy_seconds=0.4)
    await database.write(add(1))
    other = home.engine(busy_seconds=30)
    other.begin().change("UPDATE numbers SET word = 'mine' WHERE n = 1")
    async with asyncio.timeout(LATE):
        with pytest.raises(EngineError):
            await database.write(lambda tx: tx.change("UPDATE numbers SET word = 'ours' WHERE n = 1"))
        assert await database.write(add(2)) == 2
    other.rollback()
    other.close()
    await database.close()


async def test_one_job_s_failure_is_its_own(database: Database, home: ServerHome) -> None:
    def undoing(tx: Tx) -> None:
        add(8)(tx)
        raise Undo("taken")

    def nothing(tx: Tx) -> None:
        pass

    jobs: list[Callable[[Tx], object]] = [add(1), add(1), undoing, nothing, add(2)]
    jobs += [lambda tx: tx.change("INSERT INTO nowhere_at_all VALUES (1) ON"), add(3)]
    outcomes = await asyncio.gather(*(database.write(job) for job in jobs), return_exceptions=True)
    kinds = [type(outcome) for outcome in outcomes]
    assert kinds == [int, StateError, str, type(None), int, StoreError, int]
    assert numbers_in(home) == [1, 2, 3]


@pytest.mark.parametrize("value", ["\ud800", "\0", 1 << 70], ids=["half a pair", "NUL", "beyond 64 bits"])
async def test_a_value_that_no_database_takes_is_refused(database: Database, value: str | int) -> None:
    with pytest.raises(StoreError, match="not a value"):
        await database.write(lambda tx: tx.execute("SELECT :n", {"n": value}))


async def test_a_read_sees_what_was_written_and_can_not_write(database: Database) -> None:
    await database.write(add(1))
    rows = await database.read(lambda tx: tx.execute("SELECT n FROM numbers"))
    assert [row["n"] for row in rows] == [1]
    with pytest.raises(EngineError) as caught:
        await database.read(add(2))
    assert caught.value.fault is Fault.READ_ONLY


async def test_a_read_that_runs_too_long_is_ended(database: Database) -> None:
    async with asyncio.timeout(LATE):
        with pytest.raises(StoreError, match="too long"):
            await database.read(lambda tx: tx.execute("SELECT pg_sleep(60)"), seconds=0.1)
    assert await database.read(lambda tx: len(tx.execute("SELECT n FROM numbers"))) == 0


def test_tables_that_are_gone_are_no_empty_ones(engine: PostgresEngine) -> None:
    with pytest.raises(EngineError) as caught:
        engine.begin().execute("SELECT * FROM messages")
    assert caught.value.fault is Fault.MISSING
    engine.rollback()


def test_a_transaction_that_the_server_gave_up_is_not_taken_for_kept(engine: PostgresEngine) -> None:
    tx = engine.begin()
    add(1)(tx)
    with pytest.raises(StateError):
        add(1)(tx)
    with pytest.raises(EngineError, match="rolled back"):
        engine.commit()


def test_what_is_told_of_a_fault_holds_no_row(home: ServerHome) -> None:
    with home.dial(seconds=1) as link:
        link.execute("INSERT INTO numbers VALUES (4711)")
        with pytest.raises(psycopg.Error) as caught:
            link.execute("INSERT INTO numbers VALUES (4711)")
        assert "4711" in str(caught.value)
        assert "4711" not in str(fault_of(caught.value))


def test_a_reader_begins_anew_when_its_connection_has_ended(home: ServerHome) -> None:
    reader = PostgresReader(lambda: home.dial(seconds=1))
    reader._tx.link.close()
    assert reader.begin(1).execute("SELECT 1 AS one")[0]["one"] == 1
    reader.end()
    reader.close()


async def test_a_newer_release_may_add_columns_under_a_running_one(
    database: Database, home: ServerHome
) -> None:
    def look(tx: Tx) -> int:
        return len(tx.execute("SELECT * FROM numbers"))

    for _ in range(8):  # often enough to be prepared
        await asyncio.gather(database.read(look), database.write(look))
    postgres.shared().run(home._url, "ALTER TABLE numbers ADD COLUMN more TEXT")
    for _ in range(4):
        assert [*await asyncio.gather(database.read(look), database.write(look))] == [0, 0]


async def test_a_read_whose_connection_ends_under_it_is_done_again(
    database: Database, home: ServerHome
) -> None:
    ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep%' "
    tries = 0

    def job(tx: Tx) -> int:
        nonlocal tries
        tries += 1
        if tries == 1:
            postgres.shared().run(home._url, ended + "AND pid <> pg_backend_pid()")
            tx.execute("SELECT 1 AS pg_sleep")
            postgres.shared().run(home._url, ended + "AND pid <> pg_backend_pid()")
        return len(tx.execute("SELECT n FROM numbers"))

    assert await database.read(job) == 0
    assert tries == 2

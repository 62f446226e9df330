from __future__ import annotations

import asyncio

import pytest

from gatepost.errors import StateError
from gatepost.model import MessageId, MessageState
from gatepost.store import Store
from gatepost.store.engine import Tx
from gatepost.store.nodes import LeasedOwners
from gatepost.store.serverhome import ServerHome
from kit.messages import RAW
from kit.ports import StillClock
from kit.stores import a_home, crash, open_store, opened, spooled, state_of

M1 = MessageId("m1")
LATE = 20


@pytest.fixture
def home() -> ServerHome:
    return a_home()


async def living(store: Store, *names: str) -> set[str]:
    return set(await store.db.read(lambda tx: store.owners.living(tx, names)))


async def set_node(store: Store, name: str, change: str) -> None:
    await store.db.write(
        lambda tx: tx.change(f"UPDATE nodes SET {change} WHERE name = :name", {"name": name})
    )


async def test_a_node_lives_until_its_lease_is_over(store: Store, clock: StillClock) -> None:
    async with await open_store(store.db.home, clock) as other:
        both = (store.owners.me, other.owners.me)
        assert await living(store, *both) == set(both)
        await set_node(store, other.owners.me, "lease_until = 0")
        assert await living(store, *both) == {store.owners.me}


async def test_a_node_that_leaves_is_dead_at_once(store: Store, clock: StillClock) -> None:
    other = await open_store(store.db.home, clock)
    await other.close()
    assert await living(store, other.owners.me) == set()


async def test_a_name_never_heard_of_is_dead(store: Store) -> None:
    assert await living(store, "never-heard-of") == set()


@pytest.mark.parametrize("change", ["since = beat_at", "lease_until = 0"], ids=["new", "silent itself"])
async def test_who_was_not_heard_of_for_long_calls_nobody_dead(store: Store, change: str) -> None:
    await set_node(store, store.owners.me, change)
    assert await living(store, "never-heard-of") == {"never-heard-of"}


async def test_a_node_beats_and_a_lapse_starts_its_time_anew(clock: StillClock) -> None:
    home = a_home(lease_seconds=0.6)
    async with await open_store(home, clock) as store:
        me = store.owners.me
        seen = await row(store, me)
        assert seen["since"] == 0
        async with asyncio.timeout(LATE):
            while (await row(store, me))["beat_at"] == seen["beat_at"]:
                await asyncio.sleep(0.02)
            await set_node(store, me, "lease_until = 0")
            while (await row(store, me))["lease_until"] == 0:
                await asyncio.sleep(0.02)
        assert (await row(store, me))["since"] > 0


async def row(store: Store, name: str) -> dict[str, int]:
    rows = await store.db.read(lambda tx: tx.execute("SELECT * FROM nodes WHERE name = :n", {"n": name}))
    return rows[0]  # type: ignore[return-value] # the driver's own row is a dict


async def test_beats_go_on_after_the_connection_was_lost(clock: StillClock) -> None:
    home = a_home(lease_seconds=0.6)
    async with await open_store(home, clock) as store:
        assert isinstance(store.owners, LeasedOwners)
        store.owners._link.close()
        await set_node(store, store.owners.me, "lease_until = 0")
        async with asyncio.timeout(LATE):
            while (await row(store, store.owners.me))["lease_until"] == 0:
                await asyncio.sleep(0.02)


async def test_the_rows_of_the_long_dead_go(clock: StillClock) -> None:
    home = a_home(lease_seconds=0.6)
    async with await open_store(home, clock) as store:
        await store.db.write(lambda tx: tx.change("INSERT INTO nodes VALUES ('old', 0, 0, 0)"))
        async with asyncio.timeout(LATE):
            while await store.db.read(lambda tx: tx.execute("SELECT 1 FROM nodes WHERE name = 'old'")):
                await asyncio.sleep(0.02)


async def test_a_node_that_lost_its_lease_can_not_mark_sending(store: Store) -> None:
    await opened(store)
    await set_node(store, store.owners.me, "lease_until = 0")
    with pytest.raises(StateError, match="counts as dead"):
        await store.journal.mark_sending(M1)
    assert await state_of(store, "m1") is MessageState.ATTEMPTING


async def test_nobody_is_buried_while_its_mark_is_being_committed(store: Store) -> None:
    home = store.db.home
    assert isinstance(home, ServerHome)
    grave = home.engine(busy_seconds=0.4)
    buried: list[BaseException] = []

    def job(tx: Tx) -> None:
        store.owners.fence(tx)
        try:
            grave.begin().change("DELETE FROM nodes WHERE name = :name", {"name": store.owners.me})
        except Exception as error:
            buried.append(error)
        grave.rollback()

    await store.db.write(job)
    grave.close()
    assert len(buried) == 1


async def test_what_a_dead_node_had_is_taken_over_by_the_living(store: Store, clock: StillClock) -> None:
    other = await open_store(store.db.home, clock)
    await spooled(other, "m1")
    await other.spool.due(clock.now(), 5)
    await opened(other, "m2")
    await other.journal.keep(MessageId("m2"), RAW, MessageState.SENDING)
    await crash(other)
    assert {entry.id: entry.state for entry in await store.spool.recover(clock.now())} == {
        "m1": MessageState.SPOOLED,
        "m2": MessageState.IN_DOUBT,
    }
    assert [message.id for message in await store.spool.due(clock.now(), 5)] == ["m1"]


async def test_a_node_that_comes_back_from_the_dead_sends_nothing_that_was_taken_over(
    store: Store, clock: StillClock
) -> None:
    async with await open_store(store.db.home, clock) as slow:
        await spooled(slow, "m1")
        await slow.spool.due(clock.now(), 5)
        await set_node(store, slow.owners.me, "lease_until = 0")
        await store.spool.recover(clock.now())
        assert [message.id for message in await store.spool.due(clock.now(), 5)] == ["m1"]
        await set_node(store, slow.owners.me, "lease_until = beat_at + 1000000000000")
        with pytest.raises(StateError):
            await slow.journal.mark_sending(M1)
        await store.journal.mark_sending(M1)

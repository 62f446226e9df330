from __future__ import annotations

from datetime import timedelta

from gatepost.config.schema import Retention as KeepFor
from gatepost.store import Store
from kit.arrivals import ALIAS, CASE
from kit.ports import StillClock

DAYS = timedelta(days=30)
OTHER = "zzz9x2m7q4w8z1p@marketplace.amazon.com"


async def test_a_mail_answers_what_its_own_buyer_wrote(store: Store) -> None:
    await store.threads.remember(["q1@amazon.com"], ALIAS.upper())
    assert await store.threads.answers(["a@x", "q1@amazon.com"], [ALIAS], within=DAYS)
    assert not await store.threads.answers(["q1@amazon.com"], [OTHER], within=DAYS)
    assert not await store.threads.answers(["q1@amazon.com"], [ALIAS, OTHER], within=DAYS)
    assert not await store.threads.answers(["q2@amazon.com"], [ALIAS], within=DAYS)
    assert not await store.threads.answers(["q1@amazon.com"], [], within=DAYS)


async def test_the_case_alone_tells_it(store: Store) -> None:
    await store.threads.remember([], CASE)
    assert await store.threads.answers([], [CASE], within=DAYS)
    assert not await store.threads.answers([], [ALIAS], within=DAYS)


async def test_it_is_told_once_somebody_has_written_though_nobody_had(store: Store) -> None:
    assert not await store.threads.answers(["q1@amazon.com"], [ALIAS], within=DAYS)
    await store.threads.remember(["q1@amazon.com"], ALIAS)
    assert await store.threads.answers(["q1@amazon.com"], [ALIAS], within=DAYS)


async def test_an_old_thread_is_none_and_is_forgotten(store: Store, clock: StillClock) -> None:
    await store.threads.remember(["q1@amazon.com"], ALIAS)
    clock.pass_by(days=31)
    assert not await store.threads.answers(["q1@amazon.com"], [ALIAS], within=DAYS)
    assert await store.threads.answers(["q1@amazon.com"], [ALIAS], within=4 * DAYS)
    clock.pass_by(days=60)
    await store.purge(clock.now(), KeepFor())
    assert not await store.threads.answers(["q1@amazon.com"], [ALIAS], within=4 * DAYS)


async def test_a_buyer_who_is_erased_never_wrote(store: Store) -> None:
    await store.threads.remember(["q1@amazon.com"], CASE)
    await store.retention.erase(ALIAS, by="ann")
    assert not await store.threads.answers(["q1@amazon.com"], [CASE], within=DAYS)


async def test_many_ids_are_bounded(store: Store) -> None:
    ids = [f"{number}@amazon.com" for number in range(500)]
    await store.threads.remember(ids, ALIAS)
    assert await store.threads.answers(ids, [ALIAS], within=DAYS)

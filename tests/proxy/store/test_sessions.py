from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from gatepost.store import Store
from gatepost.store.users import Role
from kit.ports import StillClock
from kit.stores import on_a_file

IDLE, LONGEST = timedelta(hours=1), timedelta(hours=12)


@pytest.fixture
async def users(store: Store) -> Store:
    await store.users.add("rita", "right", Role.REVIEWER, by="ada")
    return store


async def lives(store: Store, token: str) -> bool:
    return await store.sessions.find(token, idle=IDLE, longest=LONGEST) is not None


async def test_a_session_knows_its_user_as_they_are_now(users: Store, clock: StillClock) -> None:
    token = await users.sessions.begin("rita")
    session = await users.sessions.find(token, idle=IDLE, longest=LONGEST)
    assert session is not None
    assert (session.user.name, session.user.role) == ("rita", Role.REVIEWER)
    assert session.created_at == session.seen_at == clock.now()


@on_a_file
async def test_the_token_itself_is_nowhere_in_the_files(users: Store, path: Path) -> None:
    token = await users.sessions.begin("rita")
    for file in path.parent.glob("gatepost.db*"):
        if file.is_file():
            assert token.encode() not in file.read_bytes()


@pytest.mark.parametrize("token", ["", "x", "\ud800", "' OR 1=1 --"])
async def test_an_unknown_token_is_no_session(users: Store, token: str) -> None:
    await users.sessions.begin("rita")
    assert not await lives(users, token)


async def test_an_idle_session_ends(users: Store, clock: StillClock) -> None:
    token = await users.sessions.begin("rita")
    clock.pass_by(minutes=61)
    assert not await lives(users, token)


async def test_a_session_in_use_lasts_to_its_longest(users: Store, clock: StillClock) -> None:
    token = await users.sessions.begin("rita")
    for _ in range(14):
        clock.pass_by(minutes=50)
        assert await lives(users, token)
    clock.pass_by(minutes=50)
    assert not await lives(users, token)


async def test_a_session_of_a_clock_that_was_years_ahead_is_over_and_of_one_an_hour_ahead_is_not(
    users: Store, clock: StillClock
) -> None:
    clock.pass_by(minutes=50)
    token = await users.sessions.begin("rita")
    clock.pass_by(minutes=-50)
    assert await lives(users, token)
    clock.pass_by(days=-4_000)
    assert not await lives(users, token)


async def test_an_ended_session_is_over(users: Store) -> None:
    token, other = await users.sessions.begin("rita"), await users.sessions.begin("rita")
    await users.sessions.end(token)
    assert not await lives(users, token)
    assert await lives(users, other)


async def test_all_of_a_user_s_sessions_can_be_ended(users: Store) -> None:
    tokens = [await users.sessions.begin("rita") for _ in range(3)]
    assert await users.sessions.end_all("rita") == 3
    assert not any([await lives(users, token) for token in tokens])


async def test_a_new_password_ends_the_sessions(users: Store) -> None:
    token = await users.sessions.begin("rita")
    await users.users.set_password("rita", "new", by="rita")
    assert not await lives(users, token)


async def test_a_user_s_sessions_are_bounded(users: Store, clock: StillClock) -> None:
    tokens = []
    for _ in range(22):
        clock.pass_by(seconds=1)
        tokens.append(await users.sessions.begin("rita"))
    alive = [await lives(users, token) for token in tokens]
    assert alive == [False, False] + [True] * 20

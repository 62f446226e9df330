from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher

from gatepost.errors import StateError, StoreError
from gatepost.store import Store
from gatepost.store.users import Role, User, Users
from kit.ports import StillClock
from kit.stores import QUICK


class Counting(PasswordHasher):
    """Counts the slow steps."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.steps = 0

    def hash(self, *args: Any, **kwargs: Any) -> str:
        self.steps += 1
        return super().hash(*args, **kwargs)

    def verify(self, *args: Any, **kwargs: Any) -> Any:
        self.steps += 1
        return super().verify(*args, **kwargs)


async def add(store: Store, name: str = "rita", role: Role = Role.REVIEWER) -> User:
    return await store.users.add(name, "right", role, by="ada")


async def hash_of(store: Store, name: str) -> str:
    sql = "SELECT hash FROM users WHERE name = :name"
    rows = await store.db.read(lambda tx: tx.execute(sql, {"name": name}))
    return str(rows[0]["hash"])


async def test_the_right_password_gives_the_user(store: Store, clock: StillClock) -> None:
    await add(store)
    expected = User("rita", Role.REVIEWER, False, False, clock.now())
    assert await store.users.verify("rita", "right") == expected
    assert await store.users.check("rita", "right")


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("rita", "wrong"),
        ("rita", ""),
        ("nobody", "right"),
        ("", "right"),
        ("ri\0ta", "right"),
        ("\ud800", "x"),
    ],
)
async def test_anything_else_gives_nobody(store: Store, name: str, password: str) -> None:
    await add(store)
    assert await store.users.verify(name, password) is None


async def test_a_name_is_known_in_any_letter_case(store: Store) -> None:
    await add(store, "Rita@Shop.example")
    assert await store.users.check("RITA@shop.EXAMPLE", "right")
    with pytest.raises(StateError, match="already"):
        await add(store, "rita@shop.example")


@pytest.mark.parametrize("name", ["", " ", "x" * 201, "a\nb"])
async def test_what_can_not_be_a_name_is_refused(store: Store, name: str) -> None:
    with pytest.raises(StoreError):
        await add(store, name)


async def test_the_password_is_kept_as_argon2id_only(store: Store) -> None:
    await add(store)
    assert (await hash_of(store, "rita")).startswith("$argon2id$")


async def test_an_unknown_name_takes_the_same_slow_step_as_a_wrong_password(
    store: Store, clock: StillClock
) -> None:
    hasher = Counting()
    users = Users(store.db, clock, hasher=hasher)
    await users.add("rita", "right", Role.AGENT, by="ada")
    steps = []
    for name in ("rita", "nobody"):
        before = hasher.steps
        await users.verify(name, "wrong")
        steps.append(hasher.steps - before)
    users.close()
    assert steps == [1, 1]


async def test_a_login_is_remembered_until_the_password_changes(store: Store, clock: StillClock) -> None:
    hasher = Counting()
    users = Users(store.db, clock, hasher=hasher)
    await users.add("rita", "right", Role.AGENT, by="ada")
    assert await users.check("rita", "right")
    before = hasher.steps
    assert await users.check("rita", "right")
    assert hasher.steps == before
    await store.users.set_password("rita", "new", by="ada")  # by another part: nothing was told to `users`
    assert not await users.check("rita", "right")
    assert await users.check("rita", "new")
    users.close()


async def test_the_memory_of_logins_is_bounded(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.store.users._REMEMBERED", 2)
    for number in range(5):
        await store.users.add(f"u{number}", "right", Role.AGENT, by="ada")
        assert await store.users.check(f"u{number}", "right")
    assert len(store.users._seen) <= 2


async def test_a_hash_of_old_parameters_is_renewed(store: Store, clock: StillClock) -> None:
    await add(store)
    stronger = PasswordHasher(time_cost=2, memory_cost=16, parallelism=1)
    users = Users(store.db, clock, hasher=stronger)
    assert await users.check("rita", "right")
    assert not stronger.check_needs_rehash(await hash_of(store, "rita"))
    assert await users.check("rita", "right")
    users.close()


async def test_a_damaged_hash_lets_nobody_in(store: Store) -> None:
    await add(store)
    await store.db.write(lambda tx: tx.change("UPDATE users SET hash = 'x'"))
    assert not await store.users.check("rita", "right")


async def test_a_disabled_user_is_locked_out_everywhere(store: Store) -> None:
    await add(store)
    assert await store.users.check("rita", "right")
    token = await store.sessions.begin("rita")
    await store.users.disable("rita", by="ada")
    assert not await store.users.check("rita", "right")
    hour = timedelta(hours=1)
    assert await store.sessions.find(token, idle=hour, longest=hour) is None
    await store.users.enable("rita", by="ada")
    assert await store.users.check("rita", "right")


async def test_a_password_set_by_someone_else_must_be_changed(store: Store) -> None:
    await add(store)
    await store.users.set_password("rita", "given", by="ada", must_change=True)
    user = await store.users.verify("rita", "given")
    assert user is not None
    assert user.must_change
    await store.users.set_password("rita", "own", by="rita")
    user = await store.users.find("rita")
    assert user is not None
    assert not user.must_change


async def test_a_role_can_be_changed(store: Store) -> None:
    await add(store)
    await store.users.set_role("rita", Role.ADMIN, by="ada")
    assert [(user.name, user.role) for user in await store.users.list()] == [("rita", Role.ADMIN)]


async def test_an_unknown_user_can_not_be_changed(store: Store) -> None:
    with pytest.raises(StoreError, match="no user"):
        await store.users.disable("nobody", by="ada")


async def test_every_change_is_in_the_trail_without_the_password(store: Store) -> None:
    await add(store)
    await store.users.set_password("rita", "new-secret", by="ada")
    await store.users.disable("rita", by="ada")
    deeds = await store.audit.list()
    assert [deed.what for deed in deeds] == ["user.disabled", "user.password_set", "user.added"]
    assert "secret" not in str(deeds)


async def test_of_two_that_add_one_name_one_does(store: Store) -> None:
    outcomes = await asyncio.gather(add(store), add(store), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["StateError", "User"]


def test_the_default_is_argon2_s_own_recommendation() -> None:
    assert QUICK.type == PasswordHasher().type

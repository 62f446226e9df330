from __future__ import annotations

from datetime import timedelta

import pytest

from gatepost.directory import Role, Scope
from gatepost.errors import StoreError
from gatepost.store import Store
from kit.ports import StillClock

DAY = timedelta(days=1)
COLUMNS = ("id", "hash", "user_name", "label", "scopes", "created_by")


async def made(store: Store, label: str = "helpdesk") -> tuple[str, str]:
    if await store.users.find("rita") is None:
        await store.users.add("rita", "correct horse battery", Role.REVIEWER, by="test")
    token, secret = await store.tokens.make(
        "Rita", label=label, scopes=[Scope.READ, Scope.READ, Scope.CHECK], lasts=DAY, by="rita"
    )
    return token.id, secret


async def test_a_secret_leads_to_its_token_and_user(store: Store) -> None:
    id, secret = await made(store)
    found = await store.tokens.find(secret)

    assert found is not None
    assert (found[0].id, found[0].scopes, found[1].name) == (id, (Scope.READ, Scope.CHECK), "rita")


async def test_the_secret_is_nowhere_kept(store: Store) -> None:
    _, secret = await made(store)
    rows = await store.db.read(lambda tx: tx.execute("SELECT * FROM tokens"))

    assert secret.removeprefix("gatepost_") not in str([tuple(row[key] for key in COLUMNS) for row in rows])


@pytest.mark.parametrize("secret", ["", "gatepost_", "gatepost_" + "a" * 43, "\ud800"])
async def test_another_secret_leads_nowhere(store: Store, secret: str) -> None:
    await made(store)

    assert await store.tokens.find(secret) is None


async def test_a_token_expires(store: Store, clock: StillClock) -> None:
    _, secret = await made(store)
    clock.pass_by(days=1)

    assert await store.tokens.find(secret) is None


async def test_a_revoked_token_is_dead_and_the_trail_says_who_did_it(store: Store) -> None:
    id, secret = await made(store)

    assert await store.tokens.revoke(id, by="admin")
    assert not await store.tokens.revoke(id, by="admin")
    assert await store.tokens.find(secret) is None
    assert [(deed.what, deed.by) for deed in await store.audit.list(subject=id)] == [
        ("token.revoked", "admin"),
        ("token.made", "rita"),
    ]


async def test_nobody_revokes_another_ones_token_as_their_own(store: Store) -> None:
    id, secret = await made(store)

    assert not await store.tokens.revoke(id, by="mallory", user="mallory")
    assert await store.tokens.find(secret) is not None


async def test_a_disabled_users_token_is_dead(store: Store) -> None:
    _, secret = await made(store)
    await store.users.disable("rita", by="admin")

    assert await store.tokens.find(secret) is None


async def test_when_it_was_used_is_noted(store: Store, clock: StillClock) -> None:
    _, secret = await made(store)
    clock.pass_by(hours=1)
    await store.tokens.find(secret)

    assert (await store.tokens.list())[0].used_at == clock.now()


async def test_the_list_goes_on_behind_its_last_row(store: Store, clock: StillClock) -> None:
    ids = []
    for number in range(5):
        clock.pass_by(seconds=number % 2)
        ids.append((await made(store, str(number)))[0])
    first = await store.tokens.list(user="rita", limit=2)
    rest = await store.tokens.list(user="rita", after=first[-1].id)

    assert {token.id for token in (*first, *rest)} == set(ids)
    assert len(first) + len(rest) == 5


async def test_nobody_has_a_token_who_does_not_exist(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.tokens.make("nobody", label="", scopes=[Scope.READ], lasts=DAY, by="x")

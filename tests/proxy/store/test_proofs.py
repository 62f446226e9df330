from __future__ import annotations

import pytest

from gatepost.directory import Role
from gatepost.errors import StoreError
from gatepost.store import Store

CODES = ["abcd-efgh-ijkl-mnop", "qrst-uvwx-yz23-4567"]


async def enrolled(store: Store) -> None:
    await store.users.add("rita", "correct horse battery", Role.REVIEWER, by="test")
    await store.proofs.enrol("rita", "SECRET", 100, CODES, by="rita")


async def test_a_step_is_taken_once_and_never_an_earlier_one(store: Store) -> None:
    await enrolled(store)

    assert [await store.proofs.spend("rita", step) for step in (100, 101, 101, 99, 102)] == [
        False,
        True,
        False,
        False,
        True,
    ]


async def test_a_recovery_code_works_once_however_it_is_typed(store: Store) -> None:
    await enrolled(store)

    assert not await store.proofs.recover("rita", "aaaa-aaaa-aaaa-aaaa")
    assert await store.proofs.recover("rita", " ABCD efgh ijklmnop")
    assert not await store.proofs.recover("rita", CODES[0])
    user = await store.users.find("rita")
    assert user is not None
    assert (user.has_totp, user.recovery_left) == (True, 1)


async def test_dropping_it_ends_the_sessions(store: Store) -> None:
    await enrolled(store)
    await store.sessions.begin("rita")
    await store.proofs.drop("rita", by="admin")

    assert await store.proofs.secret("rita") == ""
    assert await store.sessions.list("rita") == []
    assert not await store.proofs.spend("rita", 500)


async def test_nobody_is_enrolled_who_does_not_exist(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.proofs.enrol("nobody", "S", 1, [], by="x")
    assert await store.proofs.secret("nobody") == ""
    assert not await store.proofs.recover("nobody", CODES[0])

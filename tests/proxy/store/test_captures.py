from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gatepost.errors import StoreError
from gatepost.model import MessageId
from gatepost.ports import Captured
from gatepost.store import Store
from gatepost.store import captures as module
from gatepost.store.captures import SqlCaptures
from kit.messages import AT, BUYER, RAW, SELLER


def captured(number: int, raw: bytes = RAW) -> Captured:
    return Captured(MessageId(f"m{number}"), AT + timedelta(seconds=number), SELLER, (BUYER,), raw)


async def test_a_captured_mail_comes_back_byte_for_byte(store: Store) -> None:
    mail = replace(captured(1, bytes(range(256))), mail_from="", rcpt_tos=("Jürgen@x.example", "b@x"))
    await store.captures.capture(mail)
    assert await store.captures.show(mail.id) == mail


async def test_the_list_is_newest_first_and_paged(store: Store) -> None:
    for number in range(3):
        await store.captures.capture(captured(number))
    assert [line.id for line in await store.captures.list(limit=2)] == ["m2", "m1"]
    assert [line.size_bytes for line in await store.captures.list(limit=2, offset=2)] == [len(RAW)]
    assert await store.captures.count() == 3


async def test_a_mail_captured_twice_is_kept_once(store: Store) -> None:
    await store.captures.capture(captured(1))
    await store.captures.capture(captured(1, b"another"))
    assert (await store.captures.show(MessageId("m1"))).raw == RAW


@pytest.mark.parametrize(("most", "most_bytes"), [(3, 10**9), (10**9, 3 * len(RAW))], ids=["count", "bytes"])
async def test_beyond_its_bound_the_oldest_go(
    store: Store, monkeypatch: pytest.MonkeyPatch, most: int, most_bytes: int
) -> None:
    monkeypatch.setattr(module, "_EVERY", 1)
    captures = SqlCaptures(store.db, most=most, most_bytes=most_bytes)
    for number in range(5):
        await captures.capture(captured(number))
    assert [line.id for line in await captures.list()] == ["m4", "m3", "m2"]


async def test_a_mail_larger_than_the_bound_is_still_kept(store: Store) -> None:
    captures = SqlCaptures(store.db, most=10, most_bytes=1)
    await captures.capture(captured(1))
    assert await captures.count() == 1


async def test_an_unknown_capture_is_an_error(store: Store) -> None:
    with pytest.raises(StoreError):
        await store.captures.show(MessageId("nobody"))

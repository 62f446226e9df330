"""Calls that are due, over a real store and a real server on loopback."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from gatepost.config.schema import Notices as Settings
from gatepost.config.schema import Webhook
from gatepost.hooks.rounds import FIRST_WAIT, LONGEST_WAIT, Hooks, wait_after
from gatepost.notices.ports import Call
from gatepost.store import Store
from kit.listener import OK, Heard, listening
from kit.ports import StillClock
from kit.stores import open_store

CALL = Call("held:m1:1:chat", "chat", "message.held", '{"event":"message.held"}')


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "gatepost.db", StillClock())
    yield opened
    await opened.close()


def hooks(store: Store, heard: Heard, folder: Path, **changes: object) -> Hooks:
    secret = folder / "secret"
    secret.write_text("a shared secret\n")
    hook = Webhook(name="chat", url=heard.url, secret_file=secret, allow_private=True)
    settings = Settings(enabled=True, webhooks=(hook,), webhook_seconds=2).model_copy(update=changes)
    return Hooks(calls=store.outbox, clock=clock_of(store), settings=lambda: settings)


def clock_of(store: Store) -> StillClock:
    clock = store.outbox._clock
    assert isinstance(clock, StillClock)
    return clock


async def test_a_call_is_signed_and_made_once(store: Store, tmp_path: Path) -> None:
    async with listening() as heard:
        calling = hooks(store, heard, tmp_path)
        await store.outbox.add_calls([CALL])
        await store.outbox.add_calls([CALL])
        await calling.round()
        await calling.round()
    ((headers, body),) = heard.requests
    words = b".".join((CALL.id.encode(), headers["gatepost-time"].encode(), body))
    mac = hmac.digest(b"a shared secret", words, hashlib.sha256).hex()

    assert body.decode() == CALL.body
    assert headers["gatepost-signature"] == f"v1={mac}"
    assert headers["gatepost-call"] == CALL.id
    assert await store.outbox.open_calls() == 0


async def test_a_call_that_failed_is_made_again_after_a_while(store: Store, tmp_path: Path) -> None:
    async with listening(b"HTTP/1.1 503 Busy\r\n\r\n", OK) as heard:
        calling = hooks(store, heard, tmp_path)
        await store.outbox.add_calls([CALL])
        made = [await calling.round(), await calling.round()]
        clock_of(store).pass_by(seconds=FIRST_WAIT.total_seconds())
        made.append(await calling.round())

    assert made == [1, 0, 1]
    assert await store.outbox.open_calls() == 0


async def test_a_call_is_given_up_when_it_has_had_its_time(store: Store, tmp_path: Path) -> None:
    async with listening(b"HTTP/1.1 410 Gone\r\n\r\n") as heard:
        calling = hooks(store, heard, tmp_path, give_up_hours=1)
        await store.outbox.add_calls([CALL])
        clock_of(store).pass_by(hours=1)
        await calling.round()

    assert await store.outbox.open_calls() == 0


async def test_what_a_settled_call_said_is_not_kept(store: Store, tmp_path: Path) -> None:
    async with listening() as heard:
        await store.outbox.add_calls([CALL])
        await hooks(store, heard, tmp_path).round()
    rows = await store.db.read(lambda tx: tx.execute("SELECT body, settled FROM hook_calls"))

    assert [(row["body"], row["settled"]) for row in rows] == [("", "delivered")]


async def test_a_call_of_a_webhook_that_is_gone_is_dropped(store: Store, tmp_path: Path) -> None:
    async with listening() as heard:
        await store.outbox.add_calls([CALL])
        await hooks(store, heard, tmp_path, webhooks=()).round()

    assert heard.requests == []
    assert await store.outbox.open_calls() == 0


async def test_a_secret_that_can_not_be_read_puts_the_call_off(store: Store, tmp_path: Path) -> None:
    async with listening() as heard:
        calling = hooks(store, heard, tmp_path)
        (tmp_path / "secret").unlink()
        await store.outbox.add_calls([CALL])
        await calling.round()

    assert heard.requests == []
    assert await store.outbox.open_calls() == 1


async def test_a_call_whose_process_died_is_due_again_after_its_lease(store: Store) -> None:
    clock = clock_of(store)
    await store.outbox.add_calls([CALL])
    lease = timedelta(seconds=60)
    first = await store.outbox.due_calls(clock.now(), 5, lease)
    at_once = await store.outbox.due_calls(clock.now(), 5, lease)
    clock.pass_by(seconds=60)
    later = await store.outbox.due_calls(clock.now(), 5, lease)

    assert [len(first), len(at_once), len(later)] == [1, 0, 1]


def test_waits_double_up_to_a_bound() -> None:
    assert [wait_after(attempts) for attempts in (1, 2, 3)] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert wait_after(10_000) == LONGEST_WAIT

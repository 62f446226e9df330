"""Stores on files of their own, and messages brought to each state of their life."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from gatepost.model import (
    Answer,
    AnswerKind,
    Entry,
    MessageId,
    MessageState,
    OrderId,
    RelayReply,
)
from gatepost.ports import Earlier, Opened, Settled, Taken
from gatepost.store import Home, Store
from gatepost.store.serverhome import ServerHome
from gatepost.store.users import Users
from gatepost_policies.model import Finding
from kit import postgres
from kit.messages import ORDER, RAW, entry, message
from kit.ports import StillClock

OK = RelayReply(250, "2.0.0", "Ok: queued as 1A2B")
FIRST = OrderId(ORDER)
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
"""Real argon2, without the time it is meant to take."""


on_a_file = pytest.mark.parametrize("home", ["file"], indirect=True)
"""For tests of what only a database in a file has, or that look into it."""
on_a_server = pytest.mark.parametrize("home", ["server"], indirect=True)
"""For tests of what only a database server has."""


def a_home(*, lease_seconds: float = 600) -> ServerHome:
    """An empty place on this test process's own PostgreSQL."""
    return ServerHome(postgres.shared().new(), lease_seconds=lease_seconds)


async def open_store(
    home: Home | Path,
    clock: StillClock,
    *,
    busy_seconds: float = 5.0,
    lease: timedelta = timedelta(minutes=30),
) -> Store:
    """A store like a gateway process has it, with quick passwords. As a node it has been known for long."""
    store = await Store.open(home, clock=clock, busy_seconds=busy_seconds, lease=lease)
    store.users.close()
    await _as_node(store, "UPDATE nodes SET since = 0 WHERE name = :me")
    return replace(store, users=Users(store.db, clock, hasher=QUICK))


async def crash(store: Store) -> None:
    """What a kill leaves, once that is known: the lock is gone, the lease over, and nothing was settled."""
    store.owners.die()
    await _as_node(store, "UPDATE nodes SET lease_until = 0 WHERE name = :me")
    await store.close()


async def _as_node(store: Store, sql: str) -> None:
    if isinstance(store.db.home, ServerHome):
        await store.db.write(lambda tx: tx.change(sql, {"me": store.owners.me}))


def an_entry(
    id: str,
    state: MessageState = MessageState.ATTEMPTING,
    *,
    orders: Sequence[OrderId] = (),
    findings: Sequence[Finding] = (),
    fingerprint: str | None = None,
    digest: str = "d1",
) -> Entry:
    """An entry as the pipeline writes it; it has a fingerprint of its own unless one is given."""
    made = entry(message(id), state)
    answers = {MessageState.HELD: AnswerKind.HELD, MessageState.REFUSED: AnswerKind.REFUSED}
    answer = Answer(answers[state], made.id, tuple(findings)) if state in answers else None
    return replace(
        made,
        order_ids=tuple(orders),
        asks_review=bool(orders),
        findings=tuple(findings),
        fingerprint=f"f-{id}" if fingerprint is None else fingerprint,
        digest=digest,
        answer=answer,
        deadline_at=made.received_at + timedelta(hours=24) if state is MessageState.HELD else None,
    )


async def opened(
    store: Store, id: str = "m1", *, orders: Sequence[OrderId] = (), fingerprint: str | None = None
) -> Opened | Earlier | Taken:
    """Open a message in flight; with orders it reserves them and brings its bytes."""
    made = an_entry(id, orders=orders, fingerprint=fingerprint)
    return await store.journal.open(made, raw=RAW if orders else None, claims=orders)


async def held(
    store: Store, id: str = "m1", *, orders: Sequence[OrderId] = (), findings: Sequence[Finding] = ()
) -> MessageId:
    """A held message."""
    made = an_entry(id, MessageState.HELD, orders=orders, findings=findings)
    assert isinstance(await store.journal.open(made, raw=RAW), Opened)
    return made.id


async def settled(
    store: Store, id: str, state: MessageState, kind: AnswerKind, *, raw: bytes | None = None
) -> None:
    """Settle a message in flight."""
    relay = OK if kind is AnswerKind.RELAYED else None
    answer = Answer(kind, MessageId(id), relay=relay)
    await store.journal.settle(MessageId(id), Settled(state, answer), raw=raw)


async def relayed(store: Store, id: str = "m1", *, orders: Sequence[OrderId] = ()) -> MessageId:
    """A message that the relay took."""
    assert isinstance(await opened(store, id, orders=orders), Opened)
    await settled(store, id, MessageState.RELAYED, AnswerKind.RELAYED)
    return MessageId(id)


async def spooled(store: Store, id: str = "m1", *, orders: Sequence[OrderId] = ()) -> MessageId:
    """A message that waits for another attempt, at once."""
    assert isinstance(await opened(store, id, orders=orders), Opened)
    await settled(store, id, MessageState.SPOOLED, AnswerKind.STORED, raw=RAW)
    return MessageId(id)


async def in_doubt(store: Store, id: str = "m1", *, orders: Sequence[OrderId] = ()) -> MessageId:
    """A message whose relay's answer was lost."""
    assert isinstance(await opened(store, id, orders=orders), Opened)
    await store.journal.mark_sending(MessageId(id))
    await settled(store, id, MessageState.IN_DOUBT, AnswerKind.IN_DOUBT, raw=RAW)
    return MessageId(id)


async def state_of(store: Store, id: str) -> MessageState:
    """Where a message is."""
    return (await store.quarantine.show(MessageId(id))).state


async def has_raw(store: Store, id: str) -> bool:
    """Whether the bytes of a message lie in the database, whatever its row says of it."""
    rows = await store.db.read(
        lambda tx: tx.execute("SELECT 1 AS one FROM raw WHERE message_id = :id", {"id": id})
    )
    return bool(rows)

"""What must go, goes: held mail past its time back to its sender, settled mail past its retention."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from gatepost import events
from gatepost.attempt import Road
from gatepost.config.schema import Retention
from gatepost.errors import StoreError
from gatepost.model import RelayReply
from gatepost.release import give_back
from gatepost.store import Store

SECONDS = 300.0
"""Between two rounds."""


async def keep_house(store: Store, road: Road, retention: Retention) -> None:
    """A round every few minutes until it is cancelled; a failing store only delays the next."""
    while True:
        try:
            await keep_house_once(store, road, retention)
        except StoreError as error:
            events.round_failed(error)
        await asyncio.sleep(SECONDS)


async def keep_house_once(store: Store, road: Road, retention: Retention) -> None:
    """Expire what nobody decided on, tell its senders, and purge what has had its time."""
    now, days = road.clock.now(), retention.held_days
    for entry in await store.quarantine.expire(now, timedelta(days=days)):
        words = f"held for review and not released within {days} days"
        await give_back(entry, RelayReply(554, "5.7.1", words), road=road)
        events.message_expired(entry.id)
    await store.purge(now, retention)

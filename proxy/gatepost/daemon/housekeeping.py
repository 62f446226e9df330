"""What must go, goes: held mail past its time back to its sender, settled mail past its retention.

What is deleted by age is deleted by the clock's word. A clock that is wrong for a moment, as it is on many
machines until the network has told them the time, must not cost the ledger: see `Trust`.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from gatepost import events
from gatepost.attempt import Road
from gatepost.config.schema import Retention
from gatepost.errors import StoreError
from gatepost.model import RelayReply
from gatepost.release import give_back
from gatepost.store import Store

SECONDS = 300.0
"""Between two rounds, and before the first."""
DAY_SECONDS = 86_400.0


class Trust:
    """Whether the clock is to be believed: not for a day after it has jumped by more than an hour.

    It is held against the time that passes, which nobody can set.
    """

    def __init__(self, now: datetime, passed_seconds: float) -> None:
        self._offset = now - timedelta(seconds=passed_seconds)
        self._until = passed_seconds

    def in_clock(self, now: datetime, passed_seconds: float) -> bool:
        """Whether `now` may be used to tell what is old."""
        offset = now - timedelta(seconds=passed_seconds)
        jumped, self._offset = offset - self._offset, offset
        if abs(jumped) > timedelta(hours=1):
            events.clock_jumped(jumped.total_seconds())
            self._until = passed_seconds + DAY_SECONDS
        return passed_seconds >= self._until


async def keep_house(store: Store, road: Road, retention: Retention) -> None:
    """A round every few minutes until it is cancelled; a failing store only delays the next."""
    loop = asyncio.get_running_loop()
    trust = Trust(road.clock.now(), loop.time())
    while True:
        await asyncio.sleep(SECONDS)
        if not trust.in_clock(road.clock.now(), loop.time()):
            continue
        try:
            await keep_house_once(store, road, retention)
        except StoreError as error:
            events.round_failed(error)


async def keep_house_once(store: Store, road: Road, retention: Retention) -> None:
    """Expire what nobody decided on, tell its senders, and purge what has had its time."""
    now, days = road.clock.now(), retention.held_days
    for entry in await store.quarantine.expire(now, timedelta(days=days)):
        words = f"held for review and not released within {days} days"
        await give_back(entry, RelayReply(554, "5.7.1", words), road=road)
        events.message_expired(entry.id)
    await store.purge(now, retention)

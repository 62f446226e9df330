"""The spool's rounds, over ports only: recover what a dead process left, retry what is due."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from gatepost import events
from gatepost.attempt import Flight, Road
from gatepost.decide import is_proactive
from gatepost.errors import StoreError
from gatepost.model import AnswerKind, Entry, Message, MessageId
from gatepost.ports import Spool


class Delivery:
    """Runs rounds until it is cancelled; several processes may run one each over the same store."""

    def __init__(
        self,
        *,
        spool: Spool,
        shown: Callable[[MessageId], Awaitable[Entry]],
        road: Road,
        parallel: int,
        seconds: float,
        restricted: Callable[[], Awaitable[str]] | None = None,
    ) -> None:
        """`restricted` says why only answers to buyers may go out now; "" when all mail may."""
        self._spool, self._shown, self._road = spool, shown, road
        self._parallel, self._seconds, self._restricted = parallel, seconds, restricted
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Start the next round now."""
        self._wake.set()

    async def run(self) -> None:
        """A round every few seconds, or sooner when woken; a failing store only delays the next."""
        while True:
            try:
                await self.round()
            except StoreError as error:
                events.round_failed(error)
            events.tell_repeats()
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), self._seconds)
            except TimeoutError:
                continue

    async def round(self) -> int:
        """Recover, then attempt all that is due, `parallel` at a time; how many were attempted."""
        clock = self._road.clock
        for entry in await self._spool.recover(clock.now()):
            events.message_recovered(entry.id, entry.state.value)
        attempted = 0
        while messages := await self._spool.due(clock.now(), self._parallel):
            attempted += len(messages)
            tasks = [self._road.tasks.start(self._attempt(each), f"retry {each.id}") for each in messages]
            await asyncio.wait(tasks)
        return attempted

    async def _attempt(self, message: Message) -> None:
        entry = await self._shown(message.id)
        flight = Flight(message, entry, durable=True, ours=True)
        try:
            why = await self._restricted() if self._restricted and is_proactive(entry) else ""
        except StoreError as error:  # nobody knows whether it may go out: not now
            events.attempt_failed(message.id, error)
            await self._road.put_back(flight, str(error))
            return
        if why:
            await self._road.hold(flight, why)
            events.message_retried(message.id, AnswerKind.HELD.value, entry.attempts)
            return
        answer = await self._road.attempt(flight)
        events.message_retried(message.id, answer.kind.value, entry.attempts)

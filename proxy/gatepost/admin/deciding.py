"""Deciding on held mails, one or several, for pages and API alike: never what somebody else is at."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any

from gatepost.admin.visit import Desk
from gatepost.admin.words import outcome
from gatepost.model import MessageId, OrderId, Turn
from gatepost.release import orders_said

DECIDE_SECONDS = 20.0
"""How long a page waits for the relay; a release goes on behind it."""
AT_ONCE = 5

Said = tuple[str, str]
"""Kind and text of a note."""
Decide = Callable[[MessageId], Coroutine[Any, Any, Said]]
STILL_GOING = ("wait", "The relay takes its time; the release goes on. Look under Outgoing.")


def releasing(desk: Desk, by: str, asks: tuple[OrderId, ...] | None = None) -> Decide:
    """Releases by somebody; `asks` is their word on a mail that can't be judged."""

    async def work(id: MessageId) -> Said:
        result = await desk.release(id, by=by, asks=asks)
        entry = await desk.archive.show(id)
        return outcome(result, entry.state if entry else None)

    return work


def rejecting(desk: Desk, by: str, note: str) -> Decide:
    """Rejections by somebody."""

    async def work(id: MessageId) -> Said:
        return outcome(await desk.reject(id, by=by, note=note), None)

    return work


async def decide_all(desk: Desk, ids: Sequence[MessageId], work: Decide) -> list[Said]:
    """Decide on each, a few at once, and say what came of it, or that the page has waited long enough.

    A decision once begun goes on, whatever becomes of the page.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(id: MessageId) -> Said:
        async with turns:
            return await work(id)

    tasks = [desk.tasks.start(one(id), f"decide {id}") for id in ids]
    if tasks:
        await asyncio.wait(tasks, timeout=DECIDE_SECONDS)
    return [task.result() if task.done() else STILL_GOING for task in tasks]


async def others_turns(desk: Desk, ids: Sequence[MessageId], me: str) -> Mapping[MessageId, Turn]:
    """Those of `ids` that somebody else is at."""
    turns = await desk.bench.reviews.turns(ids)
    return {id: turn for id, turn in turns.items() if turn.by != me}


def is_at_it(turn: Turn) -> str:
    """A sentence that tells who is at a mail."""
    return f"{turn.by} is at this mail until {turn.until:%H:%M} UTC. Take it over first."


def word_of(orders: str, *, none: bool) -> tuple[OrderId, ...] | None:
    """A person's word on what a mail asks: its orders, or None where nothing was said.

    Raises ValueError, with a sentence, for what is unclear.
    """
    if orders and none:
        raise ValueError("Either name the orders that it asks a review for, or say that it asks for none.")
    try:
        return orders_said(orders) if orders or none else None
    except ValueError as error:
        raise ValueError(f"{error}.") from None


def summary(said: Sequence[Said]) -> list[Said]:
    """A sentence for each kind of outcome of a bulk decision."""
    counted = Counter(said).items()
    return [(kind, text if count == 1 else f"{count} mails: {text}") for (kind, text), count in counted]

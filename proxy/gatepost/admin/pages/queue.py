"""Held mails, the most urgent first, and what is decided about them, one or several at a time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.ports import PAGE, Question
from gatepost.admin.visit import Desk, Visit
from gatepost.admin.words import outcome
from gatepost.model import MessageId, MessageState, OrderId
from gatepost.release import orders_said

DECIDE_SECONDS = 20.0
"""How long a page waits for the relay; a release goes on behind it."""
AT_ONCE = 5
MAX_NOTE = 500
HELD = Question(states=frozenset({MessageState.HELD}), urgent_first=True)

_Said = tuple[str, str]  # kind and text of a note
_Decide = Callable[[MessageId], Coroutine[Any, Any, _Said]]


def question(visit: Visit, base: Question) -> tuple[Question, dict[str, str]]:
    """`base` narrowed by what the page's filters ask, and those filters."""
    filters = {name: requests.asked(visit.request, name) for name in ("q", "rule", "clause", "state")}
    words = filters["q"]
    asked = replace(base, rule=filters["rule"], clause=filters["clause"])
    if "@" in words:
        asked = replace(asked, sender=words)
    elif len(words) >= 15 and words.replace("-", "").isdigit():
        asked = replace(asked, order=words)
    else:
        asked = replace(asked, text=words)
    return asked, filters


def query(filters: dict[str, str]) -> str:
    """The filters as the beginning of a query string; "" when none is set."""
    given = {name: value for name, value in filters.items() if value}
    return f"{urlencode(given)}&" if given else ""


async def queue(visit: Visit) -> Response:
    """The queue."""
    asked, filters = question(visit, HELD)
    number = requests.page_number(visit.request)
    found = await visit.desk.archive.find(asked, limit=PAGE, offset=(number - 1) * PAGE)
    return visit.page(
        "queue.html",
        entries=found.entries,
        total=found.total,
        number=number,
        more=found.total > number * PAGE,
        filters=filters,
        query=query(filters),
    )


async def decide(visit: Visit) -> Response:
    """Release or reject what was selected."""
    async with requests.form_of(visit.request) as form:
        ids = [MessageId(id) for id in dict.fromkeys(requests.texts(form, "id")) if requests.is_id(id)][:PAGE]
        do, note = requests.text(form, "do"), requests.text(form, "note", MAX_NOTE)
    if do not in ("release", "reject"):
        raise HTTPException(400)
    if not ids:
        visit.note("wait", "Nothing was selected.")
        return visit.go("/queue")
    ids, said = await _free(visit, ids)
    said += await _decide_all(
        visit.desk, ids, releasing(visit) if do == "release" else rejecting(visit, note)
    )
    for kind, text in summary(said):
        visit.note(kind, text)
    return visit.go("/queue")


async def release(visit: Visit) -> Response:
    """Release one mail; then the next one held, or the queue."""
    id = MessageId(requests.path_id(visit.request))
    async with requests.form_of(visit.request) as form:
        onward, said = requests.text(form, "then"), requests.text(form, "orders", MAX_NOTE)
        asks = _said(said, none=requests.text(form, "asks_none") == "yes")
    if isinstance(asks, str):
        visit.note("bad", asks, id)
        return visit.go(f"/mail/{id}")
    if who := await at_it(visit, id):
        visit.note("bad", who, id)
        return visit.go(f"/mail/{id}")
    kind, text = (await _decide_all(visit.desk, [id], releasing(visit, asks)))[0]
    visit.note(kind, text, id)
    entry = await visit.desk.archive.show(id)
    stays = entry is not None and entry.state is MessageState.HELD  # to be looked at again
    return visit.go(f"/mail/{id}" if stays else _onward(onward))


async def reject(visit: Visit) -> Response:
    """Reject one mail; then the next one held, or the queue."""
    id = MessageId(requests.path_id(visit.request))
    async with requests.form_of(visit.request) as form:
        note, onward = requests.text(form, "note", MAX_NOTE), requests.text(form, "then")
    if who := await at_it(visit, id):
        visit.note("bad", who, id)
        return visit.go(f"/mail/{id}")
    kind, text = (await _decide_all(visit.desk, [id], rejecting(visit, note)))[0]
    visit.note(kind, text, id)
    return visit.go(_onward(onward))


STILL_GOING = ("wait", "The relay takes its time; the release goes on. Look under Outgoing.")


async def at_it(visit: Visit, id: MessageId) -> str:
    """A sentence that tells who else is at this mail; "" when nobody is."""
    turn = (await visit.desk.bench.reviews.turns([id])).get(id)
    if turn is None or turn.by == visit.who.name:
        return ""
    return f"{turn.by} is at this mail until {turn.until:%H:%M} UTC. Take it over first."


async def _free(visit: Visit, ids: Sequence[MessageId]) -> tuple[list[MessageId], list[_Said]]:
    """Those of `ids` that nobody else is at, and a word on each of the others."""
    turns = await visit.desk.bench.reviews.turns(ids)
    others = {id: turn for id, turn in turns.items() if turn.by != visit.who.name}
    said = [("wait", f"{turn.by} is at it: nothing was done.") for turn in others.values()]
    return [id for id in ids if id not in others], said


def _said(orders: str, *, none: bool) -> tuple[OrderId, ...] | str | None:
    """A person's word on what a mail asks: its orders, None where nothing was said, else what is wrong."""
    if orders and none:
        return "Either name the orders that it asks a review for, or say that it asks for none."
    try:
        return orders_said(orders) if orders or none else None
    except ValueError as error:
        return f"{error}."


def releasing(visit: Visit, asks: tuple[OrderId, ...] | None = None) -> _Decide:
    """Releases by this visitor; `asks` is their word on a mail that can't be judged."""
    desk, by = visit.desk, visit.who.name

    async def work(id: MessageId) -> _Said:
        result = await desk.release(id, by=by, asks=asks)
        entry = await desk.archive.show(id)
        return outcome(result, entry.state if entry else None)

    return work


def rejecting(visit: Visit, note: str) -> _Decide:
    """Rejections by this visitor."""
    desk, by = visit.desk, visit.who.name

    async def work(id: MessageId) -> _Said:
        return outcome(await desk.reject(id, by=by, note=note), None)

    return work


async def _decide_all(desk: Desk, ids: Sequence[MessageId], work: _Decide) -> list[_Said]:
    """Decide on each, a few at once, and say what came of it, or that the page has waited long enough.

    A decision once begun goes on, whatever becomes of the page.
    """
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(id: MessageId) -> _Said:
        async with turns:
            return await work(id)

    tasks = [desk.tasks.start(one(id), f"decide {id}") for id in ids]
    if tasks:
        await asyncio.wait(tasks, timeout=DECIDE_SECONDS)
    return [task.result() if task.done() else STILL_GOING for task in tasks]


def summary(said: Sequence[_Said]) -> list[_Said]:
    """A sentence for each kind of outcome of a bulk decision."""
    counted = Counter(said).items()
    return [(kind, text if count == 1 else f"{count} mails: {text}") for (kind, text), count in counted]


def _onward(then: str) -> str:
    return f"/mail/{then}" if requests.is_id(then) else "/queue"

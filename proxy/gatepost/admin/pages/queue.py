"""Held mails, the most urgent first, and what is decided about them, one or several at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from markupsafe import Markup
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin import deciding, requests
from gatepost.admin.access import Permission
from gatepost.admin.deciding import decide_all, is_at_it, others_turns, rejecting, releasing, summary
from gatepost.admin.filters import AGES, DUE, query, queue_filters, queue_question
from gatepost.admin.ports import PAGE, Question
from gatepost.admin.visit import Visit
from gatepost.model import Entry, Facets, MessageId, MessageState, Turn, View

MAX_NOTE = 500
HELD = Question(states=frozenset({MessageState.HELD}), urgent_first=True)
FACETS_FRESH = timedelta(seconds=10)
"""How old the numbers beside the filters may be: to count them all has its price in a long queue."""


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of the queue, and who looked at its mails."""

    entries: list[Entry]
    total: int
    turns: Mapping[MessageId, Turn]
    views: Mapping[MessageId, list[View]]
    onward: str  # the mail from below which the next page begins; "" on the last


async def queue(visit: Visit) -> Response:
    """The queue."""
    if visit.may(Permission.DECIDE):
        await visit.desk.bench.reviews.give_up(by=visit.who.name)
    filters = queue_filters(visit.request)
    rows = await _rows(visit, filters)
    values = _shown(visit, filters, rows)
    due = await due_of(visit)
    html = visit.desk.pages.text("rows.html", {**visit.common(), **values})
    return visit.page(
        "queue.html",
        html=Markup(html),  # noqa: S704 - our own template made it, with everything escaped
        digest=_digest(html, rows.total),
        facets=await facets_of(visit),
        due=due,
        ages=AGES,
        after=requests.asked(visit.request, "after", 80),
        **values,
    )


async def live(visit: Visit) -> Response:
    """For the script of an open queue: its rows as they are now; 204 while nothing has changed."""
    filters = queue_filters(visit.request)
    rows = await _rows(visit, filters)
    html = visit.desk.pages.text("rows.html", {**visit.common(), **_shown(visit, filters, rows)})
    digest = _digest(html, rows.total)
    if requests.asked(visit.request, "digest", 40) == digest:
        return Response(status_code=204)
    return JSONResponse({"html": html, "total": rows.total, "digest": digest, "due": await due_of(visit)})


def _digest(html: str, total: int) -> str:
    return hashlib.sha256(f"{total} {html}".encode("utf-8", "replace")).hexdigest()[:24]


async def _rows(visit: Visit, filters: Mapping[str, str]) -> Rows:
    asked = queue_question(filters, HELD, now=visit.desk.clock.now())
    after = requests.asked(visit.request, "after", 80)
    found = await visit.desk.archive.find(asked, limit=PAGE + 1, after=after if requests.is_id(after) else "")
    entries = list(found.entries[:PAGE])
    ids, reviews = [entry.id for entry in entries], visit.desk.bench.reviews
    return Rows(
        entries=entries,
        total=found.total,
        turns=await reviews.turns(ids),
        views={id: list(views) for id, views in (await reviews.views(ids)).items()},
        onward=entries[-1].id if len(found.entries) > PAGE else "",
    )


def _shown(visit: Visit, filters: Mapping[str, str], rows: Rows) -> dict[str, Any]:
    return {"rows": rows, "total": rows.total, "filters": filters, "query": query(filters)}


async def due_of(visit: Visit) -> Mapping[str, int]:
    """How many held mails are over their time, urgent, due soon; each without those before it."""
    now = visit.desk.clock.now()
    counts = await visit.desk.archive.due([now + span for span in DUE.values()])
    before = 0
    found = {}
    for name, count in zip(DUE, counts, strict=True):
        found[name], before = count - before, count
    return found


async def facets_of(visit: Visit) -> Facets:
    """The numbers beside the filters, a few seconds old."""
    kept, now = visit.desk.kept, visit.desk.clock.now()
    age = now - kept.facets_at if kept.facets_at else FACETS_FRESH
    if kept.facets is None or not timedelta(0) <= age < FACETS_FRESH:
        kept.facets, kept.facets_at = await visit.desk.archive.facets(), now
    return kept.facets


async def decide(visit: Visit) -> Response:
    """Release or reject what was selected; several only once that was confirmed."""
    async with requests.form_of(visit.request) as form:
        ids = [MessageId(id) for id in dict.fromkeys(requests.texts(form, "id")) if requests.is_id(id)][:PAGE]
        do, note = requests.text(form, "do"), requests.text(form, "note", MAX_NOTE)
        confirmed = requests.text(form, "confirmed") == "yes"
    if do not in ("release", "reject"):
        raise HTTPException(400)
    if not ids:
        visit.note("wait", "Nothing was selected.")
        return visit.go("/queue")
    if len(ids) > 1 and not confirmed:
        return await _confirm(visit, ids, do=do, note=note)
    desk, by = visit.desk, visit.who.name
    others = await others_turns(desk, ids, by)
    said = [("wait", f"{turn.by} is at it: nothing was done.") for turn in others.values()]
    work = releasing(desk, by) if do == "release" else rejecting(desk, by, note)
    said += await decide_all(desk, [id for id in ids if id not in others], work)
    for kind, text in summary(said):
        visit.note(kind, text)
    return visit.go("/queue")


async def _confirm(visit: Visit, ids: list[MessageId], *, do: str, note: str) -> Response:
    """Ask once more, with the mails named, before several are decided."""
    found = [await visit.desk.archive.show(id) for id in ids]
    entries = [entry for entry in found if entry and entry.state is MessageState.HELD]
    others = await others_turns(visit.desk, ids, visit.who.name)
    return visit.page("confirm.html", entries=entries, do=do, note=note, others=others)


async def release(visit: Visit) -> Response:
    """Release one mail; then the next one held, or the queue."""
    id = MessageId(requests.path_id(visit.request))
    async with requests.form_of(visit.request) as form:
        onward, said = requests.text(form, "then"), requests.text(form, "orders", MAX_NOTE)
        none = requests.text(form, "asks_none") == "yes"
    try:
        asks = deciding.word_of(said, none=none)
    except ValueError as error:
        visit.note("bad", str(error), id)
        return visit.go(f"/mail/{id}")
    return await _decide_one(visit, id, releasing(visit.desk, visit.who.name, asks), onward)


async def reject(visit: Visit) -> Response:
    """Reject one mail; then the next one held, or the queue."""
    id = MessageId(requests.path_id(visit.request))
    async with requests.form_of(visit.request) as form:
        note, onward = requests.text(form, "note", MAX_NOTE), requests.text(form, "then")
    return await _decide_one(visit, id, rejecting(visit.desk, visit.who.name, note), onward)


async def _decide_one(visit: Visit, id: MessageId, work: deciding.Decide, onward: str) -> Response:
    if turn := (await others_turns(visit.desk, [id], visit.who.name)).get(id):
        visit.note("bad", is_at_it(turn), id)
        return visit.go(f"/mail/{id}")
    kind, text = (await decide_all(visit.desk, [id], work))[0]
    visit.note(kind, text, id)
    entry = await visit.desk.archive.show(id)
    stays = entry is not None and entry.state is MessageState.HELD  # to be looked at again
    return visit.go(f"/mail/{id}" if stays else _onward(onward))


def _onward(then: str) -> str:
    return f"/mail/{then}" if requests.is_id(then) else "/queue"

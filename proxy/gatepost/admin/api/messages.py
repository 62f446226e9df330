"""Messages through the API: the queue, every decision, and what is decided."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin import requests
from gatepost.admin.api import shapes
from gatepost.admin.api.operation import body_of, query_of
from gatepost.admin.deciding import DECIDE_SECONDS, is_at_it, others_turns
from gatepost.admin.pages.decisions import MOST_ROWS, ROUND, as_table
from gatepost.admin.pages.queue import HELD, due_of, facets_of
from gatepost.admin.ports import Question
from gatepost.admin.specimen import download
from gatepost.admin.visit import Visit
from gatepost.admin.words import outcome
from gatepost.directory import Wanted
from gatepost.errors import StateError
from gatepost.model import Entry, MessageId, MessageState, OrderId
from gatepost.release import Released, ReleaseOutcome
from gatepost.report import entry_as_json, finding_as_json, iso


async def held(visit: Visit) -> Response:
    """The held mails, the most urgent first."""
    asked = query_of(visit, shapes.QueueQuery)
    archive, reviews = visit.desk.archive, visit.desk.bench.reviews
    found = await archive.find(_question(asked), limit=asked.limit + 1, after=await _known(visit, asked))
    entries = found.entries[: asked.limit]
    ids = [entry.id for entry in entries]
    turns, views = await reviews.turns(ids), await reviews.views(ids)
    counts = await archive.counts()
    return JSONResponse(
        {
            "held": [entry_as_json(entry) for entry in entries],
            "turns": {id: {"by": turn.by, "until": iso(turn.until)} for id, turn in turns.items()},
            "seen_by": {id: [view.by for view in each] for id, each in views.items()},
            "total": counts.get(MessageState.HELD, 0),
            "matching": found.total,
            "next": entries[-1].id if len(found.entries) > asked.limit else None,
        }
    )


def _question(asked: shapes.QueueQuery) -> Question:
    return replace(
        HELD,
        rule=asked.rule,
        clause=asked.clause,
        sender=asked.sender,
        order=asked.order,
        text=asked.text,
        words=asked.words,
        account=asked.account,
        marketplace=asked.marketplace,
        language=asked.language,
        until=asked.until,
        due_before=asked.due_before,
    )


async def _known(visit: Visit, asked: shapes.Paged) -> str:
    """The mail from below which the page begins; 422 for one that was never there."""
    after = asked.after
    if after and not (requests.is_id(after) and await visit.desk.archive.show(MessageId(after))):
        raise HTTPException(422, "after: no page of this list ends with that")
    return after


async def queue(visit: Visit) -> Response:
    """The queue at a glance."""
    facets, due = await facets_of(visit), await due_of(visit)
    kinds = ("rules", "clauses", "languages", "accounts", "marketplaces")
    return JSONResponse({**{kind: dict(getattr(facets, kind)) for kind in kinds}, **due})


async def messages(visit: Visit) -> Response:
    """Every message, the newest first."""
    asked = query_of(visit, shapes.MessageQuery)
    return await _page(visit, _wanted(asked), asked)


async def mine(visit: Visit) -> Response:
    """The visitor's own messages of the last 90 days, the newest first."""
    asked = query_of(visit, shapes.MessageQuery)
    who = visit.who
    wanted = _wanted(asked, account=who.name, email=who.email)
    return await _page(visit, wanted, asked)


async def message(visit: Visit) -> Response:
    """One message, whatever its state."""
    return JSONResponse(as_json(await entry_in(visit)))


async def source(visit: Visit) -> Response:
    """The mail itself, while its bytes are kept."""
    id = MessageId(requests.path_id(visit.request))
    raw = await visit.desk.archive.raw(id)
    if raw is None:
        raise HTTPException(404, "the mail itself is not kept (any more)")
    response = download(raw, f"{id}.eml")
    response.headers["content-type"] = "message/rfc822"
    return response


async def counts(visit: Visit) -> Response:
    """How many messages wait, by state."""
    counted = await visit.desk.archive.counts()
    return JSONResponse({"counts": {state.value: count for state, count in counted.items()}})


async def release(visit: Visit) -> Response:
    """Release a held mail."""
    entry, body = await free_entry_in(visit), await body_of(visit, shapes.ReleaseBody)
    asks = None if body.asks_review_for is None else [OrderId(order) for order in body.asks_review_for]
    return await decided(visit, entry, visit.desk.release(entry.id, by=visit.who.name, asks=asks))


async def reject(visit: Visit) -> Response:
    """Reject a held mail; its sender is told the note."""
    entry, body = await free_entry_in(visit), await body_of(visit, shapes.RejectBody)
    return await decided(visit, entry, visit.desk.reject(entry.id, by=visit.who.name, note=body.note))


async def settle(visit: Visit) -> Response:
    """End a doubt by what a person found out."""
    entry, body = await entry_in(visit), await body_of(visit, shapes.SettleBody)
    try:
        state = await visit.desk.archive.settle(entry.id, delivered=body.delivered, by=visit.who.name)
    except StateError as error:
        raise HTTPException(409, str(error)) from None
    return JSONResponse({"id": entry.id, "state": state.value})


async def decided(visit: Visit, entry: Entry, work: Any) -> Response:
    """What came of a decision; 202 when the relay takes longer than a caller should wait."""
    task = visit.desk.tasks.start(work, f"decide {entry.id}")
    await asyncio.wait({task}, timeout=DECIDE_SECONDS)
    after = await visit.desk.archive.show(entry.id) or entry
    if not task.done():
        words = "the relay takes its time; the release goes on"
        going = {"id": entry.id, "outcome": "going-on", "state": after.state.value, "words": words}
        return JSONResponse(going, 202)
    result: ReleaseOutcome = task.result()
    words = outcome(result, after.state)[1]
    if result.released is Released.FAILED:
        raise HTTPException(503, words)
    if result.released not in (Released.SENT, Released.REJECTED):
        raise HTTPException(409, words)
    done = {"id": entry.id, "outcome": result.released.value, "state": after.state.value, "words": words}
    return JSONResponse(done)


async def as_file(visit: Visit) -> Response:
    """What the filters let through, the newest first, as CSV; a bounded part of it."""
    wanted = _wanted(query_of(visit, shapes.ListQuery))
    entries: list[Entry] = []
    after = ""
    while len(entries) < MOST_ROWS:
        part = await visit.desk.staff.listings.messages(wanted, limit=ROUND, after=after)
        entries += part.entries
        after = part.next
        if not after:
            break
    return as_table(entries)


def _wanted(asked: shapes.MessageQuery | shapes.ListQuery, *, account: str = "", email: str = "") -> Wanted:
    return Wanted(
        states=frozenset(MessageState(word) for word in asked.state),
        rule=asked.rule,
        clause=asked.clause,
        sender=asked.sender,
        order=asked.order,
        text=asked.text,
        since=asked.since,
        until=asked.until,
        account=account,
        email=email,
    )


async def _part(visit: Visit, wanted: Wanted, asked: shapes.Paged) -> Any:
    try:
        return await visit.desk.staff.listings.messages(wanted, limit=asked.limit, after=asked.after)
    except ValueError as error:
        raise HTTPException(422, f"after: {error}") from None


async def _page(visit: Visit, wanted: Wanted, asked: shapes.Paged) -> Response:
    part = await _part(visit, wanted, asked)
    return JSONResponse(
        {"messages": [as_json(entry) for entry in part.entries], "next": part.next or None},
    )


async def entry_in(visit: Visit) -> Entry:
    """The message that the path names; 404 when there is none."""
    entry = await visit.desk.archive.show(MessageId(requests.path_id(visit.request)))
    if entry is None:
        raise HTTPException(404, "there is no such message")
    return entry


async def free_entry_in(visit: Visit) -> Entry:
    """The message that the path names, to be decided on; 409 while somebody else is at it."""
    entry = await entry_in(visit)
    if turn := (await others_turns(visit.desk, [entry.id], visit.who.name)).get(entry.id):
        raise HTTPException(409, is_at_it(turn))
    return entry


def as_json(entry: Entry) -> dict[str, Any]:
    """A message as the API gives it."""
    return {
        "id": entry.id,
        "received_at": iso(entry.received_at),
        "state": entry.state.value,
        "action": entry.action,
        "sender": entry.sender or entry.envelope.mail_from,
        "account": entry.session.account,
        "recipients": list(entry.envelope.rcpt_tos),
        "subject": entry.subject,
        "order_ids": list(entry.order_ids),
        "purpose": entry.purpose,
        "language": entry.language,
        "edition": entry.edition,
        "asks_review": entry.asks_review,
        "size_bytes": entry.size_bytes,
        "findings": [finding_as_json(finding) for finding in entry.findings],
        "deadline_at": iso(entry.deadline_at),
        "attempts": entry.attempts,
        "next_attempt_at": iso(entry.next_attempt_at),
        "last_error": entry.last_error,
        "has_source": entry.has_raw,
    }

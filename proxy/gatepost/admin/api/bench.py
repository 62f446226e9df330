"""Reviewers' work around a decision through the API: corrections, wrong findings, exceptions."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin import requests
from gatepost.admin.allowing import Asked, allowance
from gatepost.admin.api import bench_shapes as shapes
from gatepost.admin.api.messages import decided, entry_in, free_entry_in
from gatepost.admin.api.operation import body_of, query_of
from gatepost.admin.api.shapes import Paged
from gatepost.admin.pages.correct import Change, changed, held_of, judged
from gatepost.admin.pages.mail import TURN
from gatepost.admin.rewriting import Draft
from gatepost.admin.specimen import download
from gatepost.admin.visit import Visit
from gatepost.errors import JudgeError, StateError
from gatepost.model import Allowance, Entry, MessageId, MessageState
from gatepost.report import iso, verdict_as_json

CORRECTION_BYTES = 5_000_000  # text and HTML at their longest, each letter escaped


async def correct(visit: Visit) -> Response:
    """Judge a held mail's changed text and send it in place of the original; both are kept."""
    entry, body = await free_entry_in(visit), await body_of(visit, shapes.CorrectBody, limit=CORRECTION_BYTES)
    change = await _changed(visit, entry, body)
    work = visit.desk.bench.correct(
        entry.id, raw=change.raw or b"", by=visit.who.name, although=body.although
    )
    return await decided(visit, entry, work)


async def preview(visit: Visit) -> Response:
    """What a held mail would be with a changed text, and its verdict; nothing is sent."""
    entry, body = await entry_in(visit), await body_of(visit, shapes.Changes, limit=CORRECTION_BYTES)
    change = await _changed(visit, entry, body)
    try:
        verdict = await judged(visit, entry, change.raw or b"")
    except JudgeError as error:
        raise HTTPException(503, str(error)) from None
    source = (change.raw or b"").decode("utf-8", "replace")
    return JSONResponse(
        {"verdict": verdict_as_json(verdict), "layout_kept": change.is_carried, "source": source}
    )


async def _changed(visit: Visit, entry: Entry, body: shapes.Changes) -> Change:
    """The mail with what the body says; 409 when it is not held."""
    raw = await visit.desk.archive.raw(entry.id)
    if entry.state is not MessageState.HELD or raw is None:
        raise HTTPException(409, "it is not held (any more)")
    held = await held_of(visit, entry, raw)
    subject = held.was.subject if body.subject is None else body.subject
    layout = "follow" if body.html is None else "edit" if body.html else "none"
    draft = Draft(subject, body.text, body.html or "", body.keep_files)
    return await changed(visit, held, draft, layout)


async def corrections(visit: Visit) -> Response:
    """The changes of a mail, the first first."""
    entry = await entry_in(visit)
    made = await visit.desk.bench.reviews.corrections(entry.id)
    rows = [{"step": each.step, "by": each.by, "at": iso(each.at)} for each in made]
    return JSONResponse({"corrections": rows})


async def version(visit: Visit) -> Response:
    """A changed mail as it came, or as it went."""
    id, which = MessageId(requests.path_id(visit.request)), str(visit.request.path_params["which"])
    word = str(visit.request.path_params["step"])
    step = int(word) if word.isascii() and word.isdigit() and len(word) < 9 else 0
    found = await visit.desk.bench.reviews.versions(id, step)
    if found is None or which not in ("original", "corrected"):
        raise HTTPException(404, "there is no such version, or it is not kept (any more)")
    response = download(found[which == "corrected"], f"{id}-{which}.eml")
    response.headers["content-type"] = "message/rfc822"
    return response


async def wrong(visit: Visit) -> Response:
    """The findings in a mail that were called wrong."""
    return await _wrong(visit, (await entry_in(visit)).id)


async def call_wrong(visit: Visit) -> Response:
    """Call what a rule found in a mail wrong: it counts against the rule's precision."""
    entry, body = await entry_in(visit), await body_of(visit, shapes.WrongBody)
    try:
        await visit.desk.bench.reviews.call_wrong(entry.id, body.rule, by=visit.who.name, note=body.note)
    except StateError as error:
        raise HTTPException(409, str(error)) from None
    return await _wrong(visit, entry.id)


async def call_right(visit: Visit) -> Response:
    """Take back that a finding is wrong."""
    entry, rule = await entry_in(visit), str(visit.request.path_params["rule"])[:100]
    try:
        await visit.desk.bench.reviews.call_right(entry.id, rule, by=visit.who.name)
    except StateError as error:
        raise HTTPException(404, str(error)) from None
    return Response(status_code=204)


async def turn(visit: Visit) -> Response:
    """Take a mail over from whoever is at it, or leave it to others."""
    entry, body = await entry_in(visit), await body_of(visit, shapes.TurnBody)
    reviews, by = visit.desk.bench.reviews, visit.who.name
    if body.take:
        await reviews.take_over(entry.id, by=by, turn=TURN)
    else:
        await reviews.give_up(by=by, id=entry.id)
    return Response(status_code=204)


async def allow(visit: Visit) -> Response:
    """Make an exception from what a rule found in a mail."""
    entry, body = await entry_in(visit), await body_of(visit, shapes.ExceptionBody)
    asked = Asked(**body.model_dump())
    try:
        made = allowance(entry, asked, visitor=visit.who, now=visit.desk.clock.now())
        await visit.desk.bench.exceptions.allow(made)
    except ValueError as error:
        raise HTTPException(422, str(error)) from None
    except StateError as error:
        raise HTTPException(409, str(error)) from None
    return JSONResponse(exception_as_json(made), 201)


async def exceptions(visit: Visit) -> Response:
    """All exceptions, the newest first."""
    asked = query_of(visit, Paged)
    found = await visit.desk.bench.exceptions.list(limit=asked.limit + 1, after=asked.after)
    shown = found[: asked.limit]
    after = shown[-1].id if len(found) > asked.limit else None
    return JSONResponse({"exceptions": [exception_as_json(each) for each in shown], "next": after})


async def end_exception(visit: Visit) -> Response:
    """End an exception before its time."""
    try:
        await visit.desk.bench.exceptions.end(requests.path_id(visit.request), by=visit.who.name)
    except StateError as error:
        raise HTTPException(404, str(error)) from None
    return Response(status_code=204)


async def _wrong(visit: Visit, id: MessageId) -> Response:
    found = await visit.desk.bench.reviews.wrong(id)
    rows = [{"rule": each.rule, "by": each.by, "at": iso(each.at), "note": each.note} for each in found]
    return JSONResponse({"wrong": rows})


def exception_as_json(made: Allowance) -> dict[str, Any]:
    """An exception as the API gives it."""
    return {
        "id": made.id,
        "rule": made.rule,
        "reason": made.reason,
        "by": made.by,
        "at": iso(made.at),
        "until": iso(made.until),
        "sender": made.sender,
        "account": made.account,
        "order": made.order,
        "words": made.words,
        "message_id": made.message,
        "ended_at": iso(made.ended_at),
        "ended_by": made.ended_by,
    }

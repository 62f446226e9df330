"""One message: what it says, what was found, what became of it; its layout, source and files."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.pages.queue import HELD
from gatepost.admin.specimen import Specimen, download, missing
from gatepost.admin.visit import Visit
from gatepost.admin.words import story
from gatepost.errors import StateError
from gatepost.model import Entry, MessageId, MessageState

NEIGHBOURS = 25


async def mail(visit: Visit) -> Response:
    """The page of one message, whatever its state."""
    entry = await _entry(visit)
    base = f"/mail/{entry.id}"
    raw = await visit.desk.archive.raw(entry.id) if entry.has_raw else None
    if raw is None:
        values = missing(base)
    else:
        values = await Specimen(raw, base).values(visit, entry.findings)
    return visit.page("mail.html", entry=entry, next=await _next(visit, entry), story=story(entry), **values)


async def layout(visit: Visit) -> Response:
    """One HTML part as a document of its own, for the sandboxed frame."""
    return await (await _specimen(visit)).layout(visit, int(visit.request.path_params["part"]))


async def file(visit: Visit) -> Response:
    """One attachment to be saved."""
    return await (await _specimen(visit)).file(visit, int(visit.request.path_params["number"]))


async def source(visit: Visit) -> Response:
    """The whole mail to be saved."""
    return download((await _specimen(visit)).raw, f"{requests.path_id(visit.request)}.eml")


async def settle(visit: Visit) -> Response:
    """End a doubt by what a person found out."""
    id = MessageId(requests.path_id(visit.request))
    async with requests.form_of(visit.request) as form:
        word = requests.text(form, "delivered")
    if word not in ("yes", "no"):
        raise HTTPException(400)
    try:
        state = await visit.desk.archive.settle(id, delivered=word == "yes", by=visit.who.name)
    except StateError:
        visit.note("wait", "Someone else was first: this mail is not in doubt any more.", id)
    else:
        visit.note("good", _SETTLED.get(state, "Settled."), id)
    return visit.go(f"/mail/{id}")


_SETTLED = {
    MessageState.RELAYED: "Settled: it went out.",
    MessageState.SPOOLED: "Settled: it goes out again now.",
    MessageState.ABANDONED: "Settled: it did not go out. The sender may send it again.",
}


async def _entry(visit: Visit) -> Entry:
    entry = await visit.desk.archive.show(MessageId(requests.path_id(visit.request)))
    if entry is None:
        raise HTTPException(404)
    return entry


async def _specimen(visit: Visit) -> Specimen:
    id = MessageId(requests.path_id(visit.request))
    raw = await visit.desk.archive.raw(id)
    if raw is None:
        raise HTTPException(404)
    return Specimen(raw, f"/mail/{id}")


async def _next(visit: Visit, entry: Entry) -> str:
    """The held mail to decide on after this one: the one below it in the queue, or the most urgent."""
    if entry.state is not MessageState.HELD:
        return ""
    ids = [held.id for held in (await visit.desk.archive.find(HELD, limit=NEIGHBOURS)).entries]
    below = ids[ids.index(entry.id) + 1 :] if entry.id in ids else ids
    return next((id for id in (*below, *ids) if id != entry.id), "")

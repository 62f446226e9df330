"""One message: what it says, what was found, what became of it; its layout, source and files."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.access import Permission
from gatepost.admin.allowing import DAYS, may_allow, scopes
from gatepost.admin.pages.queue import HELD
from gatepost.admin.specimen import Specimen, download, missing
from gatepost.admin.visit import Visit
from gatepost.admin.words import story
from gatepost.errors import StateError
from gatepost.model import Entry, MessageId, MessageState

TURN = timedelta(minutes=5)
"""How long a mail that somebody opened is theirs; an open page keeps it so."""
DEEDS = 30


async def mail(visit: Visit) -> Response:
    """The page of one message, whatever its state."""
    entry = await entry_of(visit)
    base = f"/mail/{entry.id}"
    raw = await visit.desk.archive.raw(entry.id) if entry.has_raw else None
    if raw is None:
        values = missing(base)
    else:
        values = await Specimen(raw, base).values(visit, entry.findings)
    values |= await _around(visit, entry)
    return visit.page("mail.html", entry=entry, next=await _next(visit, entry), story=story(entry), **values)


async def _around(visit: Visit, entry: Entry) -> dict[str, Any]:
    """What people did about this mail, and who is at it; whoever decides has it as theirs from now on."""
    reviews, who = visit.desk.bench.reviews, visit.who
    if entry.state is MessageState.HELD and visit.may(Permission.READ):
        await reviews.see(entry.id, by=who.name, turn=TURN if visit.may(Permission.DECIDE) else None)
    turn = (await reviews.turns([entry.id])).get(entry.id)
    return {
        "views_of_it": (await reviews.views([entry.id])).get(entry.id, ()),
        "turn": turn if turn and turn.by != who.name else None,
        "wrong": {each.rule: each for each in await reviews.wrong(entry.id)},
        "corrections": await reviews.corrections(entry.id),
        "deeds": await visit.desk.archive.deeds(limit=DEEDS, subject=entry.id),
        "scopes": scopes,
        "may_allow": partial(may_allow, who),
        "days": DAYS,
    }


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


async def entry_of(visit: Visit) -> Entry:
    """The message in the path; 404 when there is none."""
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
    archive = visit.desk.archive
    below = (await archive.find(HELD, limit=1, after=entry.id)).entries
    found = below or (await archive.find(HELD, limit=1)).entries
    return next((held.id for held in found if held.id != entry.id), "")

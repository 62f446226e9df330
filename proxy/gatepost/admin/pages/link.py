"""The page that a link in a notice opens: it shows one mail, and only its buttons decide."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.deciding import DECIDE_SECONDS
from gatepost.admin.links import Link
from gatepost.admin.pages.queue import MAX_NOTE
from gatepost.admin.visit import Visit
from gatepost.admin.words import outcome, story
from gatepost.model import Entry, MessageState


async def show(visit: Visit) -> Response:
    """What became of the mail, and for a reviewer the buttons. Opening it changes nothing."""
    link, entry = await _opened(visit)
    return _page(visit, link, entry)


async def decide(visit: Visit) -> Response:
    """Release or reject the mail; of several tries, by whomever, one decides."""
    link, entry = await _opened(visit)
    async with requests.form_of(visit.request) as form:
        do, note = requests.text(form, "do"), requests.text(form, "note", MAX_NOTE)
    if not link.decides or do not in ("release", "reject"):
        raise HTTPException(403)
    desk, by = visit.desk, f"{link.to} (link)"
    work = desk.release(link.id, by=by) if do == "release" else desk.reject(link.id, by=by, note=note)
    task = desk.tasks.start(work, f"decide {link.id}")
    await asyncio.wait({task}, timeout=DECIDE_SECONDS)
    if not task.done():
        return _page(visit, link, entry, said=("wait", "The relay takes its time; the release goes on."))
    after = await desk.archive.show(link.id)
    said = outcome(task.result(), after.state if after else None)
    return _page(visit, link, after or entry, said=said)


async def _opened(visit: Visit) -> tuple[Link, Entry]:
    token = str(visit.request.path_params["token"])
    link = visit.desk.links.read(token, visit.desk.clock.now())
    entry = await visit.desk.archive.show(link.id) if link else None
    if link is None or entry is None:
        raise HTTPException(404, "This link has expired, or is not whole.")
    return link, entry


def _page(visit: Visit, link: Link, entry: Entry, *, said: tuple[str, str] = ("", "")) -> Response:
    open_ = link.decides and entry.state is MessageState.HELD
    return visit.page("link.html", entry=entry, story=story(entry), open=open_, link=link, said=said)

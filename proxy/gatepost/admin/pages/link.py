"""The page that a link in a notice opens: it shows one mail, and only its buttons decide."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.deciding import DECIDE_SECONDS, is_at_it, others_turns
from gatepost.admin.links import Link
from gatepost.admin.pages.mail import TURN
from gatepost.admin.pages.queue import MAX_NOTE
from gatepost.admin.visit import Visit
from gatepost.admin.words import outcome, story
from gatepost.model import Entry, MessageState, Turn


async def show(visit: Visit) -> Response:
    """What became of the mail, and for a reviewer the buttons. Opening it changes nothing."""
    link, entry = await _opened(visit)
    return await _page(visit, link, entry)


async def decide(visit: Visit) -> Response:
    """Release or reject the mail; of several tries, by whomever, one decides.

    While somebody else is at it, it can only be taken over, as on the site.
    """
    link, entry = await _opened(visit)
    async with requests.form_of(visit.request) as form:
        do, note = requests.text(form, "do"), requests.text(form, "note", MAX_NOTE)
    if not link.decides or do not in ("release", "reject", "take"):
        raise HTTPException(403)
    if do == "take":
        await visit.desk.bench.reviews.take_over(link.id, by=_name(link), turn=TURN)
        return await _page(visit, link, entry)
    if turn := await _others_turn(visit, link):
        return await _page(visit, link, entry, said=("bad", is_at_it(turn)))
    return await _decide(visit, link, entry, do=do, note=note)


async def _decide(visit: Visit, link: Link, entry: Entry, *, do: str, note: str) -> Response:
    desk, by = visit.desk, _name(link)
    work = desk.release(link.id, by=by) if do == "release" else desk.reject(link.id, by=by, note=note)
    task = desk.tasks.start(work, f"decide {link.id}")
    await asyncio.wait({task}, timeout=DECIDE_SECONDS)
    if not task.done():
        said = ("wait", "The relay takes its time; the release goes on.")
        return await _page(visit, link, entry, said=said)
    after = await desk.archive.show(link.id)
    said = outcome(task.result(), after.state if after else None)
    return await _page(visit, link, after or entry, said=said)


def _name(link: Link) -> str:
    """Who decides by a link, for the audit trail and for turns."""
    return f"{link.to} (link)"


async def _others_turn(visit: Visit, link: Link) -> Turn | None:
    """The turn of somebody else. Who has the mail open on the site is nobody else to their own link."""
    turn = (await others_turns(visit.desk, [link.id], _name(link))).get(link.id)
    if turn is None:
        return None
    user = await visit.desk.staff.accounts.find(turn.by)
    is_reader = user is not None and user.email.lower() == link.to.lower()
    return None if is_reader else turn


async def _opened(visit: Visit) -> tuple[Link, Entry]:
    token = str(visit.request.path_params["token"])
    link = visit.desk.links.read(token, visit.desk.clock.now())
    entry = await visit.desk.archive.show(link.id) if link else None
    if link is None or entry is None:
        raise HTTPException(404, "This link has expired, or is not whole.")
    return link, entry


async def _page(visit: Visit, link: Link, entry: Entry, *, said: tuple[str, str] = ("", "")) -> Response:
    open_ = link.decides and entry.state is MessageState.HELD
    turn = await _others_turn(visit, link) if open_ else None
    return visit.page(
        "link.html", entry=entry, story=story(entry), open=open_, link=link, said=said, turn=turn
    )

"""Correcting a held mail: its text can be changed, is judged again, and goes out in place of the original."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import deciding, requests
from gatepost.admin.deciding import STILL_GOING, is_at_it, others_turns
from gatepost.admin.differences import Stretch, differences
from gatepost.admin.mailview import source_of
from gatepost.admin.pages.mail import TURN, entry_of
from gatepost.admin.rewriting import MAX_HTML, MAX_SUBJECT, MAX_TEXT, Draft, draft_of, followed, rewrite
from gatepost.admin.specimen import Specimen, download, in_thread, reading_of, view_of
from gatepost.admin.visit import Visit
from gatepost.admin.words import outcome
from gatepost.errors import JudgeError
from gatepost.model import Entry, Envelope, Message, MessageId, MessageState
from gatepost.release import Excusing, Released
from gatepost_policies.model import Action, Mail, Verdict

_FORM_BYTES = (MAX_TEXT + MAX_HTML) * 12  # percent-encoded, four bytes a character
LAYOUTS = ("follow", "edit", "none")
"""What becomes of the HTML: the changes are carried into it, it is as edited, it goes."""


@dataclass(frozen=True, slots=True)
class Held:
    """A held mail that is to be corrected."""

    entry: Entry
    raw: bytes
    mail: Mail
    was: Draft


@dataclass(frozen=True, slots=True)
class Change:
    """What was made of it: the draft, what became of its layout, and the bytes that go out."""

    draft: Draft
    layout: str = LAYOUTS[0]
    is_carried: bool = True
    raw: bytes | None = None  # None before anything was changed


async def form(visit: Visit) -> Response:
    """The mail's text, to be changed."""
    held = await _held(visit)
    await visit.desk.bench.reviews.see(held.entry.id, by=visit.who.name, turn=TURN)
    return await _page(visit, held, Change(held.was))


async def correct(visit: Visit) -> Response:
    """Judge the changed text, show what would go out, and when it is to go out, send it."""
    held = await _held(visit)
    async with requests.form_of(visit.request, _FORM_BYTES) as given:
        draft, layout = _draft(given, held)
        do, although = requests.text(given, "do"), requests.text(given, "although") == "yes"
    if do not in ("check", "layout", "send"):
        raise HTTPException(400)
    change = await changed(visit, held, draft, layout)
    if do == "layout":
        return await Specimen(change.raw or b"", "").layout(visit, 0)
    if do == "check":
        return await _page(visit, held, change)
    if turn := (await others_turns(visit.desk, [held.entry.id], visit.who.name)).get(held.entry.id):
        return await _page(visit, held, change, fault=is_at_it(turn))
    return await _send(visit, held, change, although=although)


def _draft(given: FormData, held: Held) -> tuple[Draft, str]:
    text, html = (str(given.get(name, "")) for name in ("text", "html"))
    layout = requests.text(given, "layout")
    draft = Draft(
        subject=requests.text(given, "subject", MAX_SUBJECT),
        text=text[:MAX_TEXT],
        html=html[:MAX_HTML],
        keeps_files=requests.text(given, "files") == "yes",
    )
    return draft, layout if held.was.html and layout in LAYOUTS else LAYOUTS[0]


async def changed(visit: Visit, held: Held, draft: Draft, layout: str) -> Change:
    """The mail with this draft, its layout made as was asked."""
    is_carried = True
    if layout == "none":
        draft = replace(draft, html="")
    elif layout == "follow":
        draft, is_carried = await in_thread(visit.desk, followed, held.was, draft)
    raw = await in_thread(visit.desk, rewrite, held.raw, draft, held.mail)
    return Change(draft, layout, is_carried, raw)


async def versions(visit: Visit) -> Response:
    """A corrected mail as it came and as it went, woven into each other."""
    entry, step = await entry_of(visit), int(visit.request.path_params["step"])
    found = await visit.desk.bench.reviews.versions(entry.id, step)
    if found is None:
        raise HTTPException(404)
    old, new = [draft_of(raw, (await reading_of(visit.desk, raw)).mail) for raw in found]
    both = [("Subject", old.subject, new.subject), ("Text", old.text, new.text)]
    both += [("HTML", old.html, new.html)] if old.html or new.html else []
    woven = [(name, await _woven(visit, before, after)) for name, before, after in both]
    return visit.page("versions.html", entry=entry, step=step, parts_of_it=woven)


async def _woven(visit: Visit, before: str, after: str) -> Sequence[Stretch]:
    found: Sequence[Stretch] = await in_thread(visit.desk, differences, before, after)
    return found


async def version(visit: Visit) -> Response:
    """One version of a corrected mail, to be saved."""
    id, which = MessageId(requests.path_id(visit.request)), str(visit.request.path_params["which"])
    found = await visit.desk.bench.reviews.versions(id, int(visit.request.path_params["step"]))
    if found is None or which not in ("original", "corrected"):
        raise HTTPException(404)
    return download(found[which == "corrected"], f"{id}-{which}.eml")


async def _send(visit: Visit, held: Held, change: Change, *, although: bool) -> Response:
    desk, id = visit.desk, held.entry.id
    work = desk.bench.correct(id, raw=change.raw or b"", by=visit.who.name, although=although)
    task = desk.tasks.start(work, f"correct {id}")
    await asyncio.wait({task}, timeout=deciding.DECIDE_SECONDS)
    if not task.done():
        visit.note(*STILL_GOING, id)
        return visit.go(f"/mail/{id}")
    result = task.result()
    after = await desk.archive.show(id)
    kind, said = outcome(result, after.state if after else None)
    if result.released in (Released.FOUND, Released.UNJUDGED, Released.SPENT):
        fault = "" if result.released is Released.FOUND else said
        return await _page(visit, held, change, fault=fault, status=422)
    visit.note(kind, said, id)
    return visit.go(f"/mail/{id}" if result.released is not Released.SENT else "/queue")


async def _held(visit: Visit) -> Held:
    entry = await entry_of(visit)
    raw = await visit.desk.archive.raw(entry.id)
    if entry.state is not MessageState.HELD or raw is None:
        raise HTTPException(404)
    return await held_of(visit, entry, raw)


async def held_of(visit: Visit, entry: Entry, raw: bytes) -> Held:
    """A held mail as it can be changed."""
    mail = (await reading_of(visit.desk, raw)).mail
    return Held(entry, raw, mail, await in_thread(visit.desk, draft_of, raw, mail))


async def _page(visit: Visit, held: Held, change: Change, *, fault: str = "", status: int = 200) -> Response:
    values: dict[str, Any] = {"verdict": None, "shown": None, "may_although": False, "source": ""}
    if change.raw is not None:
        try:
            verdict = await judged(visit, held.entry, change.raw)
        except JudgeError as error:
            fault, status = f"It could not be judged: {error}.", 503
        else:
            values["verdict"] = verdict
            values["shown"] = await view_of(visit.desk, change.raw, verdict.findings, verdict.links)
            values["may_although"] = verdict.action is Action.QUARANTINE
            values["source"], values["source_cut"] = source_of(change.raw)
    turn = (await others_turns(visit.desk, [held.entry.id], visit.who.name)).get(held.entry.id)
    return visit.page(
        "correct.html",
        status,
        entry=held.entry,
        draft=change.draft,
        change=change,
        at_it=is_at_it(turn) if turn and not fault else "",
        has_layout=bool(held.was.html),
        page_so_far=change.draft.html or held.was.html,
        fault=fault,
        files=held.mail.attachments,
        **values,
    )


async def judged(visit: Visit, entry: Entry, changed: bytes) -> Verdict:
    """The verdict that the changed mail will get. Raises JudgeError."""
    envelope = Envelope(entry.envelope.mail_from, entry.envelope.recipients)
    message = Message(entry.id, entry.received_at, entry.session, envelope, changed)
    judgement = await Excusing(visit.desk.judge, visit.desk.bench.exceptions).judge(message)
    if judgement.verdict is None or judgement.is_too_deep:
        raise JudgeError("there is no verdict on the whole of it")
    return judgement.verdict

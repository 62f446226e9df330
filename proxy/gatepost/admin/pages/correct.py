"""Correcting a held mail: its text can be changed, is judged again, and goes out in place of the original."""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import deciding, requests
from gatepost.admin.deciding import STILL_GOING, is_at_it, others_turns
from gatepost.admin.differences import differences
from gatepost.admin.pages.mail import entry_of
from gatepost.admin.rewriting import MAX_SUBJECT, MAX_TEXT, Draft, draft_of, rewrite
from gatepost.admin.specimen import download, in_thread, reading_of, view_of
from gatepost.admin.visit import Visit
from gatepost.admin.words import outcome
from gatepost.errors import JudgeError
from gatepost.model import Entry, Envelope, Message, MessageId, MessageState
from gatepost.release import Excusing, Released
from gatepost_policies.model import Action, Mail, Verdict

_FORM_BYTES = MAX_TEXT * 12  # percent-encoded, four bytes a character


async def form(visit: Visit) -> Response:
    """The mail's text, to be changed."""
    entry, _, mail = await _held(visit)
    return await _page(visit, entry, draft_of(mail), mail)


async def correct(visit: Visit) -> Response:
    """Judge the changed text, and when it is to go out, send it."""
    entry, raw, mail = await _held(visit)
    async with requests.form_of(visit.request, _FORM_BYTES) as given:
        text = str(given.get("text", ""))[:MAX_TEXT]
        keeps = requests.text(given, "files") == "yes"
        draft = Draft(requests.text(given, "subject", MAX_SUBJECT), text, keeps)
        do, although = requests.text(given, "do"), requests.text(given, "although") == "yes"
    changed = rewrite(raw, draft, mail.attachments)
    if do == "check":
        return await _page(visit, entry, draft, mail, changed=changed)
    if do != "send":
        raise HTTPException(400)
    if turn := (await others_turns(visit.desk, [entry.id], visit.who.name)).get(entry.id):
        return await _page(visit, entry, draft, mail, changed=changed, fault=is_at_it(turn))
    return await _send(visit, entry, draft, (mail, changed), although=although)


async def versions(visit: Visit) -> Response:
    """A corrected mail as it came and as it went, woven into each other."""
    entry, step = await entry_of(visit), int(visit.request.path_params["step"])
    found = await visit.desk.bench.reviews.versions(entry.id, step)
    if found is None:
        raise HTTPException(404)
    old, new = [draft_of((await reading_of(visit.desk, raw)).mail) for raw in found]
    woven = [
        (name, await in_thread(visit.desk, differences, before, after))
        for name, before, after in (("Subject", old.subject, new.subject), ("Text", old.text, new.text))
    ]
    return visit.page("versions.html", entry=entry, step=step, parts_of_it=woven)


async def version(visit: Visit) -> Response:
    """One version of a corrected mail, to be saved."""
    id, which = MessageId(requests.path_id(visit.request)), str(visit.request.path_params["which"])
    found = await visit.desk.bench.reviews.versions(id, int(visit.request.path_params["step"]))
    if found is None or which not in ("original", "corrected"):
        raise HTTPException(404)
    return download(found[which == "corrected"], f"{id}-{which}.eml")


async def _send(
    visit: Visit, entry: Entry, draft: Draft, mails: tuple[Mail, bytes], *, although: bool
) -> Response:
    desk, (mail, changed) = visit.desk, mails
    work = desk.bench.correct(entry.id, raw=changed, by=visit.who.name, although=although)
    task = desk.tasks.start(work, f"correct {entry.id}")
    await asyncio.wait({task}, timeout=deciding.DECIDE_SECONDS)
    if not task.done():
        visit.note(*STILL_GOING, entry.id)
        return visit.go(f"/mail/{entry.id}")
    result = task.result()
    after = await desk.archive.show(entry.id)
    kind, said = outcome(result, after.state if after else None)
    if result.released in (Released.FOUND, Released.UNJUDGED, Released.SPENT):
        fault = "" if result.released is Released.FOUND else said
        return await _page(visit, entry, draft, mail, changed=changed, fault=fault, status=422)
    visit.note(kind, said, entry.id)
    return visit.go(f"/mail/{entry.id}" if result.released is not Released.SENT else "/queue")


async def _held(visit: Visit) -> tuple[Entry, bytes, Mail]:
    entry = await entry_of(visit)
    raw = await visit.desk.archive.raw(entry.id)
    if entry.state is not MessageState.HELD or raw is None:
        raise HTTPException(404)
    return entry, raw, (await reading_of(visit.desk, raw)).mail


async def _page(
    visit: Visit,
    entry: Entry,
    draft: Draft,
    mail: Mail,
    *,
    changed: bytes | None = None,
    fault: str = "",
    status: int = 200,
) -> Response:
    values: dict[str, Any] = {"verdict": None, "shown": None, "may_although": False}
    if changed is not None:
        try:
            verdict = await _judged(visit, entry, changed)
        except JudgeError as error:
            fault, status = f"It could not be judged: {error}.", 503
        else:
            values["verdict"] = verdict
            values["shown"] = await view_of(visit.desk, changed, verdict.findings, verdict.links)
            values["may_although"] = verdict.action is Action.QUARANTINE
    return visit.page(
        "correct.html", status, entry=entry, draft=draft, fault=fault, files=mail.attachments, **values
    )


async def _judged(visit: Visit, entry: Entry, changed: bytes) -> Verdict:
    """The verdict that the changed mail will get. Raises JudgeError."""
    envelope = Envelope(entry.envelope.mail_from, entry.envelope.recipients)
    message = Message(entry.id, entry.received_at, entry.session, envelope, changed)
    judgement = await Excusing(visit.desk.judge, visit.desk.bench.exceptions).judge(message)
    if judgement.verdict is None or judgement.is_too_deep:
        raise JudgeError("there is no verdict on the whole of it")
    return judgement.verdict

"""The draft check: the verdict that a mail would get, without sending it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from gatepost.admin import draft, requests
from gatepost.admin.specimen import view_of
from gatepost.admin.visit import Visit
from gatepost.admin.words import OUTCOMES
from gatepost.errors import JudgeError

MAX_DRAFT = 1_000_000  # characters pasted
_OVERHEAD = 65_536  # of a form around its file
_EMPTY: Mapping[str, Any] = {"subject": "", "text": "", "kind": "text", "fault": "", "shown": None}


async def form(visit: Visit) -> Response:
    """The empty form."""
    return visit.page("check.html", **_EMPTY)


async def check(visit: Visit) -> Response:
    """Judge what was pasted or uploaded, and show it with the words marked."""
    limit = visit.desk.about.message_bytes
    async with requests.form_of(visit.request, limit + _OVERHEAD) as given:
        subject = requests.text(given, "subject", 998)
        text = str(given.get("text", ""))[:MAX_DRAFT]
        kind = "html" if requests.text(given, "kind") == "html" else "text"
        name, upload = await requests.file(given, "file")
    values: dict[str, Any] = {**_EMPTY, "subject": subject, "text": text, "kind": kind}
    if not upload and not text.strip() and not subject:
        return visit.page("check.html", 422, **{**values, "fault": "Paste a draft, or choose a file."})
    raw = (
        draft.from_file(upload, name, subject=subject, text=text, html=kind == "html")
        if upload
        else draft.compose(subject, text, html=kind == "html")
    )
    if len(raw) > limit:
        return visit.page("check.html", 413, **{**values, "fault": "That is larger than a mail may be."})
    try:
        checked = await draft.check(visit.desk, raw, by=visit.who.name)
    except JudgeError as error:
        return visit.page("check.html", 503, **{**values, "fault": f"It could not be judged: {error}."})
    verdict = checked.verdict
    shown = await view_of(visit.desk, raw, verdict.findings, verdict.links)
    values |= {"shown": shown, "verdict": verdict, "assumed": checked.assumed, "outcomes": OUTCOMES}
    return visit.page("check.html", **values)

"""The check of a draft through the API: the verdict that a mail would get, without sending it."""

from __future__ import annotations

import base64

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin import draft, requests
from gatepost.admin.api import shapes
from gatepost.admin.api.operation import JSON, content_type, parsed
from gatepost.admin.problems import Problem
from gatepost.admin.visit import Visit
from gatepost.errors import JudgeError
from gatepost.report import verdict_as_json

MAIL = "message/rfc822"


async def check(visit: Visit) -> Response:
    """Judge a mail, or the parts of one."""
    kind = content_type(visit)
    if kind not in (MAIL, JSON):
        raise HTTPException(415, f"send {MAIL} or {JSON}")
    body = await requests.body_of(visit.request, visit.desk.about.message_bytes)
    raw, recipients = (draft.from_file(body), ()) if kind == MAIL else _from_json(body)
    try:
        checked = await draft.check(visit.desk, raw, by=visit.who.name, recipients=recipients)
    except JudgeError as error:
        raise HTTPException(503, str(error)) from None
    return JSONResponse({**verdict_as_json(checked.verdict), "buyer_assumed": checked.assumed})


def _from_json(body: bytes) -> tuple[bytes, tuple[str, ...]]:
    given = parsed(body, shapes.Draft)
    if bool(given.text) == bool(given.html):
        raise HTTPException(422, "give either text or html")
    files = [(file.name, _content(file, number)) for number, file in enumerate(given.files)]
    raw = draft.compose(given.subject, given.text or given.html, html=bool(given.html), files=files)
    return raw, tuple(given.recipients)


def _content(file: shapes.DraftFile, number: int) -> bytes:
    try:
        return base64.b64decode(file.content, validate=True)
    except ValueError:
        fault = {"at": f"body/files/{number}/content", "detail": "this is no base64"}
        raise Problem(422, "the body is not as it should be", [fault]) from None

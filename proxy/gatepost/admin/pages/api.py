"""The JSON API's first calls: the held mails, the check of a draft. Errors are problem details (RFC 9457)."""

from __future__ import annotations

import json

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin import draft, requests
from gatepost.admin.pages.queue import HELD
from gatepost.admin.ports import PAGE
from gatepost.admin.visit import Visit
from gatepost.errors import JudgeError
from gatepost.report import entry_as_json, verdict_as_json

_MAIL = "message/rfc822"
_JSON = "application/json"


async def held(visit: Visit) -> Response:
    """The held mails, the most urgent first: `GET /api/v1/held?page=1`."""
    number = requests.page_number(visit.request)
    found = await visit.desk.archive.find(HELD, limit=PAGE, offset=(number - 1) * PAGE)
    return JSONResponse(
        {
            "total": found.total,
            "page": number,
            "pages": -(-found.total // PAGE),
            "held": [entry_as_json(entry) for entry in found.entries],
        }
    )


async def check(visit: Visit) -> Response:
    """The verdict on a draft: `POST /api/v1/check`, a mail as message/rfc822 or the parts of one as JSON."""
    kind = visit.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = await requests.body_of(visit.request, visit.desk.about.message_bytes)
    recipients: tuple[str, ...] = ()
    if kind == _MAIL:
        raw = draft.from_file(body)
    elif kind == _JSON:
        raw, recipients = _from_json(body)
    else:
        raise HTTPException(415, f"send {_MAIL} or {_JSON}")
    try:
        checked = await draft.check(visit.desk, raw, by=visit.who.name, recipients=recipients)
    except JudgeError as error:
        raise HTTPException(503, str(error)) from None
    return JSONResponse({**verdict_as_json(checked.verdict), "buyer_assumed": checked.assumed})


def _from_json(body: bytes) -> tuple[bytes, tuple[str, ...]]:
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON") from None
    if not isinstance(given, dict) or not set(given) <= {"subject", "text", "html", "recipients"}:
        raise HTTPException(422, "expected an object with subject, text or html, and recipients")
    texts = {name: given.get(name, "") for name in ("subject", "text", "html")}
    recipients = given.get("recipients", [])
    if not all(isinstance(text, str) for text in texts.values()) or not _are_texts(recipients):
        raise HTTPException(422, "subject, text and html are strings, recipients a list of strings")
    if bool(texts["text"]) == bool(texts["html"]):
        raise HTTPException(422, "give either text or html")
    raw = draft.compose(texts["subject"], texts["text"] or texts["html"], html=bool(texts["html"]))
    return raw, tuple(recipients)


def _are_texts(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)

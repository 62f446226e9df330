"""One mail through the API as the judge reads it: words, links, files; and what people did about it."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin import requests
from gatepost.admin.api import reading_shapes as shapes
from gatepost.admin.api.messages import entry_in
from gatepost.admin.api.operation import query_of
from gatepost.admin.api.orders import deed_as_json
from gatepost.admin.mailview import MAX_HIDDEN, MAX_LINKS, MAX_PASSAGES, MAX_TEXT
from gatepost.admin.pages.mail import DEEDS
from gatepost.admin.ports import PAGE, CaptureRow
from gatepost.admin.specimen import Specimen, download, reading_of
from gatepost.admin.visit import Visit
from gatepost.model import MessageId
from gatepost.ports import Captured
from gatepost.report import iso
from gatepost_policies.model import Mail


async def words(visit: Visit) -> Response:
    """What a mail says, where it leads, what it hides, and the files that it carries."""
    return JSONResponse(as_json((await reading_of(visit.desk, await _raw(visit))).mail))


async def file(visit: Visit) -> Response:
    """One file of a mail, as bytes of no type."""
    word = str(visit.request.path_params["number"])
    number = int(word) if word.isascii() and word.isdigit() and len(word) < 5 else -1
    return await Specimen(await _raw(visit), "").file(visit, number)


async def history(visit: Visit) -> Response:
    """What people did about a mail, who has opened it, and who is at it."""
    entry = await entry_in(visit)
    reviews = visit.desk.bench.reviews
    turn = (await reviews.turns([entry.id])).get(entry.id)
    views = (await reviews.views([entry.id])).get(entry.id, ())
    deeds = await visit.desk.archive.deeds(limit=DEEDS, subject=entry.id)
    return JSONResponse(
        {
            "turn": {"by": turn.by, "until": iso(turn.until)} if turn else None,
            "seen": [{"by": view.by, "at": iso(view.at)} for view in views],
            "deeds": [deed_as_json(deed) for deed in deeds],
        }
    )


async def captured_mails(visit: Visit) -> Response:
    """What the capture relay kept, the newest first."""
    number = query_of(visit, shapes.CapturedQuery).page
    rows = await visit.desk.archive.captures(limit=PAGE + 1, offset=(number - 1) * PAGE)
    shown = [_row(row) for row in rows[:PAGE]]
    return JSONResponse({"captured": shown, "next": number + 1 if len(rows) > PAGE else None})


async def captured_words(visit: Visit) -> Response:
    """What a captured mail says."""
    return JSONResponse(as_json((await reading_of(visit.desk, (await _captured(visit)).raw)).mail))


async def captured_source(visit: Visit) -> Response:
    """A captured mail itself."""
    mail = await _captured(visit)
    response = download(mail.raw, f"{mail.id}.eml")
    response.headers["content-type"] = "message/rfc822"
    return response


def as_json(mail: Mail) -> dict[str, Any]:
    """A mail as it was read; very long ones are cut, their source has it all."""
    return {
        "passages": [
            {"part": each.label, "text": each.text[:MAX_TEXT]} for each in mail.passages[:MAX_PASSAGES]
        ],
        "links": [
            {"url": each.url, "host": each.host, "shown": each.shown, "part": each.label}
            for each in mail.links[:MAX_LINKS]
        ],
        "hidden": [{"how": each.how.value, "text": each.text} for each in mail.hidden[:MAX_HIDDEN]],
        "files": [
            {
                "name": each.name,
                "content_type": each.content_type,
                "detected_type": each.detected_type,
                "size_bytes": each.size_bytes,
                "inline": each.inline,
                "sha256": each.digest,
            }
            for each in mail.attachments
        ],
        "defects": list(mail.defects),
    }


def _row(row: CaptureRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "at": iso(row.at),
        "mail_from": row.mail_from,
        "recipients": list(row.rcpt_tos),
        "size_bytes": row.size_bytes,
    }


async def _raw(visit: Visit) -> bytes:
    raw = await visit.desk.archive.raw(MessageId(requests.path_id(visit.request)))
    if raw is None:
        raise HTTPException(404, "the mail itself is not kept (any more)")
    return raw


async def _captured(visit: Visit) -> Captured:
    mail = await visit.desk.archive.captured(MessageId(requests.path_id(visit.request)))
    if mail is None:
        raise HTTPException(404, "there is no such captured mail")
    return mail

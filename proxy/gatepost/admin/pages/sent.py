"""What the capture relay kept in place of a real relay."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.ports import PAGE
from gatepost.admin.specimen import Specimen, download, reading_of
from gatepost.admin.visit import Visit
from gatepost.model import MessageId
from gatepost.ports import Captured


async def sent(visit: Visit) -> Response:
    """All captured mails, the newest first."""
    number = requests.page_number(visit.request)
    rows = await visit.desk.archive.captures(limit=PAGE + 1, offset=(number - 1) * PAGE)
    return visit.page("sent.html", captured=rows[:PAGE], number=number, more=len(rows) > PAGE)


async def captured(visit: Visit) -> Response:
    """One captured mail."""
    mail = await _captured(visit)
    values = await Specimen(mail.raw, f"/sent/{mail.id}").values(visit)
    subject = (await reading_of(visit.desk, mail.raw)).mail.subject
    return visit.page("captured.html", captured=mail, subject=subject, **values)


async def layout(visit: Visit) -> Response:
    """One HTML part as a document of its own, for the sandboxed frame."""
    return await (await _specimen(visit)).layout(visit, int(visit.request.path_params["part"]))


async def file(visit: Visit) -> Response:
    """One attachment to be saved."""
    return await (await _specimen(visit)).file(visit, int(visit.request.path_params["number"]))


async def source(visit: Visit) -> Response:
    """The whole mail to be saved."""
    return download((await _specimen(visit)).raw, f"{requests.path_id(visit.request)}.eml")


async def _captured(visit: Visit) -> Captured:
    mail = await visit.desk.archive.captured(MessageId(requests.path_id(visit.request)))
    if mail is None:
        raise HTTPException(404)
    return mail


async def _specimen(visit: Visit) -> Specimen:
    mail = await _captured(visit)
    return Specimen(mail.raw, f"/sent/{mail.id}")

"""The visitor's own mails: what an agent sent, and what was decided about it."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.ports import PAGE
from gatepost.admin.visit import Visit
from gatepost.directory import Wanted


async def mine(visit: Visit) -> Response:
    """The own mails of the last 90 days, the newest first."""
    who, after = visit.who, requests.asked(visit.request, "after", 500)
    wanted = Wanted(account=who.name, email=who.email)
    try:
        part = await visit.desk.staff.listings.messages(wanted, limit=PAGE, after=after)
    except ValueError:
        raise HTTPException(404) from None
    return visit.page("mine.html", entries=part.entries, older=part.next)

"""The trail of who did what."""

from __future__ import annotations

from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.ports import PAGE
from gatepost.admin.visit import Visit


async def audit(visit: Visit) -> Response:
    """The trail, the newest row first."""
    word = requests.asked(visit.request, "before", 20)
    before = int(word) if word.isascii() and word.isdigit() else 0
    subject = requests.asked(visit.request, "subject", 100)
    deeds = await visit.desk.archive.deeds(limit=PAGE + 1, before=before, subject=subject)
    checks = requests.asked(visit.request, "verify", 3) == "yes"
    return visit.page(
        "audit.html",
        subject=subject,
        chain=await visit.desk.archive.chain() if checks else None,
        records=deeds[:PAGE],
        older=deeds[PAGE - 1].seq if len(deeds) > PAGE else 0,
        before=before,
    )

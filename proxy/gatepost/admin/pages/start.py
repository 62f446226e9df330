"""The first page: what waits, and how to send the first mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from gatepost.admin.access import Permission
from gatepost.admin.pages.queue import HELD
from gatepost.admin.visit import Desk, Visit
from gatepost.model import MessageState

_SEND = "python3 docs/examples/send.py docs/examples/{name}.eml{to}"
_USUAL = "127.0.0.1:2525"


@dataclass(frozen=True, slots=True)
class Counts:
    """What waits."""

    held: int
    spooled: int
    in_doubt: int
    oldest: datetime | None  # the nearest deadline of a held mail


async def start(visit: Visit) -> Response:
    """The start page."""
    address = visit.desk.about.smtp_address
    to = "" if address == _USUAL else f" {address}"
    return visit.page(
        "start.html",
        counts=await _counts(visit.desk) if visit.may(Permission.READ) else None,
        good=_SEND.format(name="compliant", to=to),
        bad=_SEND.format(name="refused", to=to),
    )


async def _counts(desk: Desk) -> Counts:
    states = await desk.archive.counts()
    held = await desk.archive.find(HELD, limit=1)
    return Counts(
        held=states.get(MessageState.HELD, 0),
        spooled=states.get(MessageState.SPOOLED, 0),
        in_doubt=states.get(MessageState.IN_DOUBT, 0),
        oldest=held.entries[0].deadline_at if held.entries else None,
    )

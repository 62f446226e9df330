"""The first page: what waits, and how to send the first mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from starlette.responses import Response

from gatepost.admin.access import Permission
from gatepost.admin.pages.queue import HELD
from gatepost.admin.visit import Desk, Visit
from gatepost.model import MessageState

SENDER, BUYER = "service@shop.example", "k3v9x2m7q4w8z1p@marketplace.amazon.com"
GOOD = "Your parcel is with UPS: https://www.ups.com/track?tracknum=1Z12345E0205271688"
BAD = "You find the manual in our shop: www.shop-lamps.com/manual"
_SEND = """curl -v --crlf smtp://{address} --mail-from {sender} --mail-rcpt {buyer} -T - <<'END'
From: {sender}
To: {buyer}
Subject: Your order 112-4821093-7733164

Hello, thank you for your message about the lamp.
{words}
END"""


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
    return visit.page(
        "start.html",
        counts=await _counts(visit.desk) if visit.may(Permission.READ) else None,
        good=_SEND.format(address=address, sender=SENDER, buyer=BUYER, words=GOOD),
        bad=_SEND.format(address=address, sender=SENDER, buyer=BUYER, words=BAD),
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

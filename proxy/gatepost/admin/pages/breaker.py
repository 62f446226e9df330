"""The breaker: how it stands, and a person who trips or resets it, with a reason for the audit trail."""

from __future__ import annotations

from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.allowing import LEAST_REASON, MOST_REASON
from gatepost.admin.visit import Visit
from gatepost.errors import StateError


async def breaker(visit: Visit) -> Response:
    """How it stands, and the form that changes it."""
    tripped = await visit.desk.bench.breaker.tripped(fresh=True)
    return visit.page("breaker.html", standing=tripped, least=LEAST_REASON, most=MOST_REASON)


async def change(visit: Visit) -> Response:
    """Trip it, or reset it."""
    async with requests.form_of(visit.request) as form:
        reason, what = requests.text(form, "reason", MOST_REASON), requests.text(form, "do")
    if len(reason) < LEAST_REASON:
        visit.note("bad", "Say why: the reason stands in the audit trail.")
    elif what == "trip":
        await _trip(visit, reason)
    elif what == "reset":
        await _reset(visit, reason)
    return visit.go("/breaker")


async def _trip(visit: Visit, reason: str) -> None:
    if await visit.desk.bench.breaker.trip(by=visit.who.name, reason=reason):
        visit.note("good", "Tripped: only answers to buyers go out.")
    else:
        visit.note("wait", "It was tripped already.")


async def _reset(visit: Visit, reason: str) -> None:
    try:
        await visit.desk.bench.breaker.reset(by=visit.who.name, reason=reason)
    except StateError as error:
        visit.note("wait", f"Nothing was changed: {error}.")
    else:
        visit.note("good", "Reset: mail goes out again. What was held waits in the queue.")

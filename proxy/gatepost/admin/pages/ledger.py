"""The ledger of review requests: look up an order, allow another request with a reason (D4b)."""

from __future__ import annotations

import re

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.access import Permission
from gatepost.admin.ports import PAGE
from gatepost.admin.visit import Visit
from gatepost.admin.words import CLAIMS
from gatepost.errors import StateError
from gatepost.model import ClaimState, OrderId
from gatepost.states import CLAIM

_ORDER = re.compile(r"[A-Za-z0-9-]{1,40}")
_DIGITS = re.compile(r"(\d{3})\D?(\d{7})\D?(\d{7})")


async def ledger(visit: Visit) -> Response:
    """All orders that were asked, the newest first; or straight to the one asked for."""
    wanted = requests.asked(visit.request, "order", 60)
    if wanted:
        whole = _DIGITS.search(wanted)
        order = "-".join(whole.groups()) if whole else wanted
        if not _ORDER.fullmatch(order):
            visit.note("wait", "An order ID looks like 112-1234567-1234567.")
            return visit.go("/ledger")
        return visit.go(f"/ledger/{order}")
    number = requests.page_number(visit.request)
    word = requests.asked(visit.request, "state", 20)
    state = next((each for each in ClaimState if each.value == word), None)
    claims = await visit.desk.archive.orders(limit=PAGE + 1, offset=(number - 1) * PAGE, state=state)
    return visit.page(
        "ledger.html",
        claims=claims[:PAGE],
        number=number,
        more=len(claims) > PAGE,
        state=state.value if state else "",
        claim_states=[each.value for each in ClaimState],
    )


async def order(visit: Visit) -> Response:
    """One order: its claim, what happened to it, and every mail about it."""
    id = _order(visit)
    history = await visit.desk.archive.order(id)
    claim = history.claim
    return visit.page(
        "order.html",
        order=id,
        claim=claim,
        meaning=CLAIMS[claim.state] if claim else "",
        steps=history.steps,
        entries=history.entries,
        grantable=claim is not None
        and ClaimState.GRANTED in CLAIM[claim.state]
        and visit.may(Permission.GRANT),
    )


async def grant(visit: Visit) -> Response:
    """Allow another review request for an order."""
    id = _order(visit)
    async with requests.form_of(visit.request) as form:
        reason = requests.text(form, "reason", 500)
    if len(reason) < 3:
        visit.note("bad", "Say why: the reason stands in the audit trail.")
        return visit.go(f"/ledger/{id}")
    try:
        await visit.desk.archive.grant(id, by=visit.who.name, reason=reason)
    except StateError as error:
        visit.note("wait", f"Nothing to allow: {error}.")
    else:
        visit.note("good", "Another review request is allowed for this order.")
    return visit.go(f"/ledger/{id}")


def _order(visit: Visit) -> OrderId:
    id = str(visit.request.path_params["order"])
    if not _ORDER.fullmatch(id):
        raise HTTPException(404)
    return OrderId(id)

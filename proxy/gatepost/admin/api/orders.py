"""The ledger and the audit trail through the API."""

from __future__ import annotations

import re
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin.api import shapes
from gatepost.admin.api.messages import as_json
from gatepost.admin.api.operation import body_of, query_of
from gatepost.admin.ports import Deed
from gatepost.admin.visit import Visit
from gatepost.errors import StateError
from gatepost.model import Claim, ClaimState, OrderId
from gatepost.report import iso

_ORDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,60}")


async def orders(visit: Visit) -> Response:
    """The orders that were asked for a review, the newest first."""
    asked = query_of(visit, shapes.OrdersQuery)
    state = ClaimState(asked.state) if asked.state else None
    listings = visit.desk.staff.listings
    try:
        claims, after = await listings.claims(limit=asked.limit, after=asked.after, state=state)
    except ValueError as error:
        raise HTTPException(422, f"after: {error}") from None
    return JSONResponse({"orders": [_claim(claim) for claim in claims], "next": after or None})


async def order(visit: Visit) -> Response:
    """One order: its review request, what happened to it, and the mails about it."""
    id = _order(visit)
    history = await visit.desk.archive.order(id)
    steps = [
        {"at": iso(step.at), "state": step.state.value, "by": step.by, "note": step.note}
        for step in history.steps
    ]
    return JSONResponse(
        {
            "order_id": id,
            "claim": _claim(history.claim) if history.claim else None,
            "steps": steps,
            "messages": [as_json(entry) for entry in history.entries],
        }
    )


async def grant(visit: Visit) -> Response:
    """Allow another review request for an order."""
    id, body = _order(visit), await body_of(visit, shapes.GrantBody)
    try:
        await visit.desk.archive.grant(id, by=visit.who.name, reason=body.reason)
    except StateError as error:
        raise HTTPException(409, str(error)) from None
    history = await visit.desk.archive.order(id)
    if history.claim is None:
        raise HTTPException(409, "there is nothing to allow: it was never asked for")
    return JSONResponse(_claim(history.claim))


async def audit(visit: Visit) -> Response:
    """The trail of who did what, the newest row first."""
    asked = query_of(visit, shapes.AuditQuery)
    archive = visit.desk.archive
    deeds = await archive.deeds(limit=asked.limit + 1, before=asked.after, subject=asked.subject)
    shown = deeds[: asked.limit]
    rows = [deed_as_json(deed) for deed in shown]
    return JSONResponse({"deeds": rows, "next": shown[-1].seq if len(deeds) > asked.limit else None})


async def chain(visit: Visit) -> Response:
    """Check every row of the trail against the one before."""
    found = await visit.desk.archive.chain()
    return JSONResponse({"rows": found.rows, "head": found.head, "broken_at": found.broken_at})


def deed_as_json(deed: Deed) -> dict[str, Any]:
    """One row of the trail."""
    return {
        "seq": deed.seq,
        "at": iso(deed.at),
        "by": deed.by,
        "what": deed.what,
        "subject": deed.subject,
        "details": deed.details,
        "hash": deed.hash,
    }


def _claim(claim: Claim) -> dict[str, Any]:
    return {
        "order_id": claim.order,
        "state": claim.state.value,
        "message_id": claim.message,
        "at": iso(claim.at),
    }


def _order(visit: Visit) -> OrderId:
    id = str(visit.request.path_params["order"])
    if not _ORDER.fullmatch(id):
        raise HTTPException(404, "this can be no order ID")
    return OrderId(id)

"""The breaker through the API."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin.api import bench_shapes as shapes
from gatepost.admin.api.operation import body_of
from gatepost.admin.visit import Visit
from gatepost.errors import StateError
from gatepost.report import iso


async def breaker(visit: Visit) -> Response:
    """How it stands."""
    tripped = await visit.desk.bench.breaker.tripped(fresh=True)
    return JSONResponse(
        {
            "tripped": tripped is not None,
            "at": iso(tripped.at) if tripped else None,
            "by": tripped.by if tripped else "",
            "reason": tripped.reason if tripped else "",
        }
    )


async def trip(visit: Visit) -> Response:
    """Hold all mail that answers no buyer."""
    body = await body_of(visit, shapes.BreakerBody)
    if not await visit.desk.bench.breaker.trip(by=visit.who.name, reason=body.reason):
        raise HTTPException(409, "the breaker is tripped already")
    return await breaker(visit)


async def reset(visit: Visit) -> Response:
    """Let mail out again."""
    body = await body_of(visit, shapes.BreakerBody)
    try:
        await visit.desk.bench.breaker.reset(by=visit.who.name, reason=body.reason)
    except StateError as error:
        raise HTTPException(409, str(error)) from None
    return await breaker(visit)

"""The overview through the API: figures of a span of days, the queue's age, and the tables as CSV."""

from __future__ import annotations

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin.api import bench_shapes as shapes
from gatepost.admin.api.operation import query_of
from gatepost.admin.pages.overview import AGES, LONGEST_DAYS, Span, ages_of, table_of
from gatepost.admin.visit import Visit


async def figures(visit: Visit) -> Response:
    """What went through, was held, refused and repaired; the rules and senders that stand out; the queue."""
    span, found = _span(visit), visit.desk.bench.figures
    days = await found.days(span.since, span.until)
    rules, senders = await found.rules(span.since, span.until), await found.senders(span.since, span.until)
    kinds = ("went", "held", "refused", "repaired")
    marks = ("rule", "found", "upheld", "overruled", "wrong", "precision")
    return JSONResponse(
        {
            "days": [
                {"on": day.on.isoformat(), **{each: getattr(day, each) for each in kinds}} for day in days
            ],
            "rules": [{each: getattr(rule, each) for each in marks} for rule in rules],
            "senders": [
                {"sender": each.sender, "mails": each.mails, "held": each.held, "refused": each.refused}
                for each in senders
            ],
            "waiting": [
                {"from_hours": hours, "held": count}
                for (hours, _), (_, count) in zip(AGES, await ages_of(visit), strict=True)
            ],
        }
    )


async def as_file(visit: Visit) -> Response:
    """One of the tables as CSV."""
    return await table_of(visit, str(visit.request.path_params["table"]), _span(visit))


def _span(visit: Visit) -> Span:
    asked = query_of(visit, shapes.FiguresQuery)
    last = asked.last or visit.desk.clock.now().date()
    first = asked.first or last - timedelta(days=min(29, last.toordinal() - 1))
    if not timedelta(0) <= last - first < timedelta(days=LONGEST_DAYS):
        raise HTTPException(422, f"first and last: expected 1 to {LONGEST_DAYS} days")
    if not 2000 <= first.year <= last.year <= 2200:
        raise HTTPException(422, "first and last: expected a day between 2000 and 2200")
    return Span(first, last)

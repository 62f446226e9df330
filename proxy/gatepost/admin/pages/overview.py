"""Figures over time: what became of mails, who sent them, how right the rules are, how long mails wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.charts import by_week, stacked
from gatepost.admin.spreadsheet import as_csv
from gatepost.admin.visit import Visit

PRESETS = (7, 30, 90, 365)
LONGEST_DAYS = 731
AGES = (
    (0, "under 1 hour"),
    (1, "1 to 4 hours"),
    (4, "4 to 12 hours"),
    (12, "12 to 24 hours"),
    (24, "over 24 hours"),
)
"""From how many hours on, and the words."""


@dataclass(frozen=True, slots=True)
class Span:
    """The days that were asked for, both included."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """Where it begins, UTC."""
        return datetime.combine(self.first, time(), UTC)

    @property
    def until(self) -> datetime:
        """Where it ends, UTC."""
        return datetime.combine(self.last + timedelta(days=1), time(), UTC)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    @property
    def query(self) -> str:
        """It as a query string."""
        return f"from={self.first.isoformat()}&to={self.last.isoformat()}"


async def overview(visit: Visit) -> Response:
    """The figures of a span of days, and the queue as it is now."""
    span, figures = _span(visit), visit.desk.bench.figures
    days = await figures.days(span.since, span.until)
    bars = by_week(days)
    rules = await figures.rules(span.since, span.until)
    return visit.page(
        "overview.html",
        span=span,
        presets=PRESETS,
        timedelta=timedelta,
        today=visit.desk.clock.now().date(),
        chart=stacked(bars),
        bars=bars,
        weekly=len(bars) != len(days),
        total={
            kind: sum(getattr(day, kind) for day in days) for kind in ("went", "held", "refused", "repaired")
        },
        rules=rules,
        most=max((rule.found for rule in rules), default=0),
        senders=await figures.senders(span.since, span.until),
        ages=await ages_of(visit),
    )


async def as_file(visit: Visit) -> Response:
    """One of the page's tables, as CSV."""
    return await table_of(visit, str(visit.request.path_params["table"]), _span(visit))


async def table_of(visit: Visit, table: str, span: Span) -> Response:
    """One of the tables of a span of days, as CSV; 404 for another."""
    figures = visit.desk.bench.figures
    name = f"gatepost-{table}-{span.first}-{span.last}"
    if table == "days":
        days = await figures.days(span.since, span.until)
        rows = [(day.on.isoformat(), day.went, day.held, day.refused, day.repaired) for day in days]
        return as_csv(name, ("day (UTC)", "went through", "held", "refused", "repaired"), rows)
    if table == "rules":
        heads = ("rule", "mails", "upheld", "overruled", "called wrong", "precision")
        found = await figures.rules(span.since, span.until)
        return as_csv(
            name,
            heads,
            [
                (each.rule, each.found, each.upheld, each.overruled, each.wrong, _share(each.precision))
                for each in found
            ],
        )
    if table == "senders":
        senders = await figures.senders(span.since, span.until)
        rows_of = [(each.sender, each.mails, each.held, each.refused) for each in senders]
        return as_csv(name, ("sender", "mails to buyers", "held", "refused"), rows_of)
    raise HTTPException(404)


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _span(visit: Visit) -> Span:
    """The days asked for; nonsense gives the last 30 days, too long a span its last part."""
    today = visit.desk.clock.now().date()
    last = _day(requests.asked(visit.request, "to", 10)) or today
    first = _day(requests.asked(visit.request, "from", 10)) or last - timedelta(days=29)
    if first > last:
        first, last = last, first
    return Span(max(first, last - timedelta(days=LONGEST_DAYS - 1)), last)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None
    return found if found and 2000 <= found.year <= 2200 else None


async def ages_of(visit: Visit) -> list[tuple[str, int]]:
    """How many held mails there are of each age."""
    now = visit.desk.clock.now()
    older = await visit.desk.bench.figures.waiting([now - timedelta(hours=hours) for hours, _ in AGES])
    beyond = [*older[1:], 0]
    return [(words, count - next_) for (_, words), count, next_ in zip(AGES, older, beyond, strict=True)]

"""Bars of a chart as numbers for an inline SVG: no script, readable in print, a table beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from gatepost.model import DayFigures

WIDTH, HEIGHT, LEFT, BELOW, ABOVE = 720, 220, 44, 24, 8
KINDS = ("went", "repaired", "held", "refused")
"""From the ground up."""
LONGEST_BY_DAY = 62
MOST_LABELS = 8


@dataclass(frozen=True, slots=True)
class Piece:
    """One kind's part of a bar."""

    kind: str
    y: float
    height: float
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One day, or one week."""

    x: float
    width: float
    label: str
    shown: bool  # whether its label fits below
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart, and its number."""

    y: float
    value: int


@dataclass(frozen=True, slots=True)
class Chart:
    """A whole chart."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT


def by_week(days: Sequence[DayFigures]) -> Sequence[DayFigures]:
    """The days of each week (from Monday) as one, where there are too many for a bar each."""
    if len(days) <= LONGEST_BY_DAY:
        return days
    weeks: dict[date, DayFigures] = {}
    for day in days:
        monday = day.on - timedelta(days=day.on.weekday())
        week = weeks.get(monday, DayFigures(monday))
        weeks[monday] = DayFigures(
            monday,
            went=week.went + day.went,
            held=week.held + day.held,
            refused=week.refused + day.refused,
            repaired=week.repaired + day.repaired,
        )
    return [weeks[monday] for monday in sorted(weeks)]


def stacked(days: Sequence[DayFigures]) -> Chart:
    """A bar for each, its kinds on top of each other."""
    highest = max((sum(getattr(day, kind) for kind in KINDS) for day in days), default=0)
    top = _round_up(highest)
    scale = (HEIGHT - BELOW - ABOVE) / top
    step = (WIDTH - LEFT) / max(len(days), 1)
    every = -(-len(days) // MOST_LABELS) or 1
    bars = tuple(
        Bar(
            x=round(LEFT + number * step + step * 0.1, 2),
            width=round(step * 0.8, 2),
            label=day.on.strftime("%d %b"),
            shown=number % every == 0,
            pieces=_pieces(day, scale),
        )
        for number, day in enumerate(days)
    )
    ground = HEIGHT - BELOW
    ticks = tuple(Tick(round(ground - value * scale, 2), value) for value in _values(top))
    return Chart(bars, ticks)


def _pieces(day: DayFigures, scale: float) -> tuple[Piece, ...]:
    pieces, y = [], float(HEIGHT - BELOW)
    for kind in KINDS:
        count = getattr(day, kind)
        if count:
            height = count * scale
            y -= height
            pieces.append(Piece(kind, round(y, 2), round(max(height, 1.0), 2), count))
    return tuple(pieces)


def _values(top: int) -> Sequence[int]:
    return (0, top // 2, top) if top % 2 == 0 else (0, top)


def _round_up(count: int) -> int:
    """The next number that is easy to read: 1, 2, 4, 5 or 10 times a power of ten."""
    power = 1
    while True:
        for lead in (1, 2, 4, 5):
            if count <= lead * power:
                return lead * power
        power *= 10

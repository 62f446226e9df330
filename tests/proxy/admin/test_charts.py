from __future__ import annotations

from datetime import date, timedelta

import pytest

from gatepost.admin.charts import ABOVE, BELOW, HEIGHT, LEFT, WIDTH, by_week, stacked
from gatepost.model import DayFigures

DAY = date(2026, 11, 23)  # a Monday


def days(count: int, **figures: int) -> list[DayFigures]:
    return [DayFigures(DAY + timedelta(days=number), **figures) for number in range(count)]


def test_a_bar_is_as_high_as_its_number_and_its_kinds_stand_on_each_other() -> None:
    chart = stacked([DayFigures(DAY, went=60, held=40)])
    (bar,) = chart.bars
    went, held = bar.pieces
    ground = HEIGHT - BELOW
    assert (went.kind, held.kind) == ("went", "held")
    assert went.y + went.height == pytest.approx(ground)
    assert held.y + held.height == pytest.approx(went.y)
    assert held.y == pytest.approx(ABOVE)
    assert [tick.value for tick in chart.ticks] == [0, 50, 100]


@pytest.mark.parametrize("count", [0, 1, 7, 62])
def test_all_bars_stand_within_the_chart(count: int) -> None:
    chart = stacked(days(count, went=3, refused=999))
    assert len(chart.bars) == count
    for bar in chart.bars:
        assert LEFT <= bar.x <= bar.x + bar.width <= WIDTH
        assert all(0 <= piece.y <= HEIGHT for piece in bar.pieces)
    assert sum(bar.shown for bar in chart.bars) <= 8


def test_a_time_without_mail_has_a_chart_too() -> None:
    assert [bar.pieces for bar in stacked(days(3)).bars] == [(), (), ()]


def test_a_long_time_is_shown_by_weeks() -> None:
    weeks = by_week(days(70, held=1))
    assert [week.held for week in weeks] == [7] * 10
    assert [week.on.weekday() for week in weeks] == [0] * 10
    assert by_week(days(62)) == days(62)

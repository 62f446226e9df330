from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from gatepost.daemon.housekeeping import DAY_SECONDS, Trust

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def after(**time: float) -> datetime:
    return AT + timedelta(**time)


def test_a_clock_that_goes_as_time_does_is_believed() -> None:
    trust = Trust(AT, 1_000.0)
    assert trust.in_clock(after(minutes=5), 1_300.0)
    assert trust.in_clock(after(days=30, minutes=20), 1_000.0 + 30 * DAY_SECONDS)


@pytest.mark.parametrize("jump", [timedelta(days=4_000), timedelta(days=-2), timedelta(hours=2)])
def test_a_clock_that_jumped_is_not_believed_for_a_day(jump: timedelta) -> None:
    trust = Trust(AT, 0.0)
    assert not trust.in_clock(after(seconds=300) + jump, 300.0)
    assert not trust.in_clock(after(seconds=600) + jump, 600.0)
    assert trust.in_clock(after(seconds=300 + DAY_SECONDS) + jump, 300.0 + DAY_SECONDS)


def test_a_clock_that_is_set_right_again_waits_its_day_too() -> None:
    trust = Trust(AT, 0.0)
    assert not trust.in_clock(after(days=4_000), 300.0)
    assert not trust.in_clock(after(seconds=600), 600.0)
    assert not trust.in_clock(after(seconds=599 + DAY_SECONDS), 599.0 + DAY_SECONDS)
    assert trust.in_clock(after(seconds=600 + DAY_SECONDS), 600.0 + DAY_SECONDS)


def test_a_clock_that_drifts_is_believed() -> None:
    trust = Trust(AT, 0.0)
    assert all(trust.in_clock(after(seconds=round * 300 * 1.01), round * 300.0) for round in range(1, 1_000))

"""kill -9 at named steps and at random instants: nothing lost, nothing twice, one review request an order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kit.campaign import Campaign, Totals

KILLS = 250
SEEDS = 5  # tries to meet a fault that is there


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
async def test_a_thousand_kills_lose_and_double_nothing(
    tmp_path: Path, seed: int, tell: Callable[[str], None]
) -> None:
    totals = await Campaign(tmp_path, kills=KILLS, seed=seed).run()
    tell(totals.line(seed))
    assert totals.broken() == []
    assert min(totals.kills.values()) >= KILLS // len(totals.kills)
    assert totals.acknowledged > KILLS // 2


async def test_the_campaign_finds_an_answer_before_its_time(tmp_path: Path) -> None:
    totals = await found(tmp_path, "hasty", ("client dot", "random"), lambda totals: bool(totals.lost))
    assert totals.lost


async def test_the_campaign_finds_a_second_request(tmp_path: Path) -> None:
    def twice(totals: Totals) -> bool:
        return bool(totals.second_requests or totals.duplicated)

    totals = await found(tmp_path, "forgetful", ("relay recorded", "relay dot"), twice)
    assert twice(totals)


async def found(
    tmp_path: Path, fault: str, steps: tuple[str, ...], wanted: Callable[[Totals], bool]
) -> Totals:
    """The totals of the first campaign to meet the fault; few kills of a busy machine meet its moment."""
    for seed in range(1, SEEDS + 1):
        home = tmp_path / str(seed)
        home.mkdir()
        totals = await Campaign(home, kills=60, seed=seed, fault=fault, steps=steps).run()
        if wanted(totals):
            break
    return totals

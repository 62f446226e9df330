"""kill -9 at named steps and at random instants: nothing lost, nothing twice, one review request an order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kit.campaign import Campaign

KILLS = 250


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
    steps = ("client dot", "random")
    totals = await Campaign(tmp_path, kills=60, seed=1, fault="hasty", steps=steps).run()
    assert totals.lost


async def test_the_campaign_finds_a_second_request(tmp_path: Path) -> None:
    steps = ("relay recorded", "relay dot")
    totals = await Campaign(tmp_path, kills=60, seed=1, fault="forgetful", steps=steps).run()
    assert totals.second_requests or totals.duplicated

"""New rules are judged by their own examples before they are put in force."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.config.schema import Policy
from gatepost.errors import ConfigError
from gatepost.worker.trial import failures, tried


async def test_a_policy_that_breaks_nothing_passes() -> None:
    await tried(Policy(modes={"style": "off"}), Policy(), seconds=120)


async def test_a_host_that_an_example_forbids_is_told() -> None:
    hosts = ("shop.example", "shop.example.com", "www.shop-lamps.com", "shop-lamps.com", "example.com")
    before = set(failures(Policy()))
    broken = [each for each in failures(Policy(allowed_hosts=hosts)) if each not in before]
    if not broken:
        pytest.fail("none of these hosts stands in an example any more: name one that does")
    with pytest.raises(ConfigError, match="would fail their own examples"):
        await tried(Policy(allowed_hosts=hosts), Policy(), seconds=120)


async def test_rules_that_can_not_be_built_are_refused() -> None:
    with pytest.raises(ConfigError, match="could not be tried"):
        await tried(Policy(rules_folder=Path("/nowhere")), Policy(), seconds=120)


async def test_a_trial_has_its_deadline() -> None:
    with pytest.raises(ConfigError, match="within"):
        await tried(Policy(), Policy(), seconds=0.01)

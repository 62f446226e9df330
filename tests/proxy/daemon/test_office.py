"""The configuration in force: set here, taken over elsewhere, left out where it does not fit any more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from gatepost.admin import second
from gatepost.config import Config
from gatepost.config.schema import Policy
from gatepost.daemon.office import Office
from gatepost.errors import ConfigError
from gatepost.store import Store
from gatepost_policies import Rulebook, load
from kit.ports import StillClock
from kit.stores import open_store


class Process:
    """One process of the gateway: what it has taken over, and its office."""

    def __init__(self, store: Store, filed: Config | None = None) -> None:
        self.applied: list[Config] = []
        self.breaks: set[str] = set()
        self.office = Office(filed or Config(), store, apply=self.apply, book=self.book, trial=self.trial)

    def apply(self, config: Config) -> None:
        if self.breaks & set(config.policy.modes):
            raise ConfigError("there is no such rule")
        self.applied.append(config)

    def book(self) -> Rulebook:
        return load()

    async def trial(self, new: Policy, old: Policy) -> None:
        if "bad" in new.modes:
            raise ConfigError("an example fails")


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await open_store(tmp_path / "gatepost.db", StillClock())
    yield opened
    await opened.close()


async def test_a_setting_is_in_force_here_at_once_and_elsewhere_at_the_next_look(store: Store) -> None:
    here, there = Process(store), Process(store)
    await here.office.put("policy.modes", {"style": "off"}, by="rita")
    looked = await there.office.refresh(), await there.office.refresh()

    assert here.office.config.policy.modes == {"style": "off"}
    assert there.applied[-1].policy.modes == {"style": "off"}
    assert looked == (True, False)


async def test_what_breaks_is_not_kept(store: Store) -> None:
    process = Process(store)
    for name, value in (
        ("policy.modes", {"bad": "off"}),
        ("policy.modes", {"style": "of"}),
        ("log.level", "x"),
    ):
        with pytest.raises(ConfigError):
            await process.office.put(name, value, by="rita")

    assert await process.office.settings() == {}
    assert process.applied == []


async def test_going_back_leads_to_what_the_file_says(store: Store) -> None:
    process = Process(store, Config(policy=Policy(modes={"style": "shadow"})))
    await process.office.put("policy.modes", {"style": "off"}, by="rita")
    dropped = (
        await process.office.drop("policy.modes", by="rita"),
        await process.office.drop("policy.modes", by="rita"),
    )

    assert dropped == (True, False)
    assert process.office.config.policy.modes == {"style": "shadow"}
    assert [deed.what for deed in await store.audit.list()] == ["setting.dropped", "setting.set"]


async def test_a_setting_whose_rule_is_gone_is_left_out_and_the_rest_holds(store: Store) -> None:
    await Process(store).office.put("policy.modes", {"own-rule": "off"}, by="rita")
    await Process(store).office.put("notices.enabled", True, by="rita")
    process = Process(store)
    process.breaks = {"own-rule"}
    await process.office.refresh()

    assert process.office.config.policy.modes == {}
    assert process.office.config.notices.enabled
    assert process.office.refused == {"policy.modes": "there is no such rule"}


async def test_a_file_read_anew_stands_under_the_settings(store: Store) -> None:
    process = Process(store)
    await process.office.put("policy.modes", {"style": "off"}, by="rita")
    process.office.file_again(Config(policy=Policy(allowed_hosts=("track.example",))))

    assert process.office.config.policy.modes == {"style": "off"}
    assert process.office.config.policy.allowed_hosts == ("track.example",)


async def test_a_notices_setting_needs_no_trial(store: Store) -> None:
    process = Process(store)
    await process.office.put("notices.reviewers", ["desk@shop.example"], by="rita")

    assert process.office.config.notices.reviewers == ("desk@shop.example",)


def test_the_editions_are_those_that_are_shipped(store: Store) -> None:
    office = Process(store).office

    assert "amazon-2018-10" in office.editions()
    assert office.rules().edition == "amazon-2018-10"


async def test_a_second_factor_that_is_not_installed_can_not_be_asked_of_anybody(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = Process(store)
    monkeypatch.setattr(second, "is_available", lambda: False)
    with pytest.raises(ConfigError, match=r"gatepost\[totp\]"):
        await process.office.put("site.require_totp", ["admin"], by="rita")

    assert await store.settings.all() == {}


async def test_of_several_changes_at_once_none_is_lost(store: Store) -> None:
    process = Process(store)
    rules = [f"rule-{number}" for number in range(5)]

    def changed(rule: str) -> Callable[[dict[str, str]], dict[str, str]]:
        return lambda modes: {**modes, rule: "off"}

    await asyncio.gather(*(process.office.alter("policy.modes", changed(rule), by=rule) for rule in rules))
    assert set(process.office.config.policy.modes) == set(rules)

from __future__ import annotations

from typing import Any

import pytest

from gatepost.directory import Scope
from kit.program import program
from kit.site import TestSite


async def test_a_setting_is_put_shown_and_dropped(site: TestSite) -> None:
    async with program(site) as client:
        put = await client.put("settings/policy.modes", json={"value": {"style": "off"}})
        shown = {each["name"]: each for each in (await client.get("settings")).json()["settings"]}
        dropped = await client.delete("settings/policy.modes")
        again = await client.delete("settings/policy.modes")
    deeds = await site.store.audit.list(subject="policy.modes")

    assert (put.status_code, put.json()["value"], put.json()["set_by"]) == (200, {"style": "off"}, "pat")
    assert (shown["policy.modes"]["filed"], shown["notices.enabled"]["set_by"]) == ({}, None)
    assert (dropped.status_code, again.status_code) == (204, 404)
    assert [(deed.what, deed.by) for deed in deeds] == [("setting.dropped", "pat"), ("setting.set", "pat")]


@pytest.mark.parametrize(
    ("key", "body", "status"),
    [
        ("policy.modes", {"value": {"style": "of"}}, 422),
        ("policy.modes", {"value": 5}, 422),
        ("policy.modes", {}, 422),
        ("policy.modes", {"value": {}, "more": 1}, 422),
        ("relay.host", {"value": "evil.example"}, 404),
    ],
)
async def test_what_can_not_be_set_says_why(site: TestSite, key: str, body: Any, status: int) -> None:
    async with program(site) as client:
        response = await client.put(f"settings/{key}", json=body)

    assert response.status_code == status
    assert response.json()["detail"]
    assert await site.store.settings.all() == {}


async def test_the_rules_in_force_are_listed(site: TestSite) -> None:
    async with program(site, Scope.READ) as client:
        answer = (await client.get("rules")).json()

    assert answer["edition"] == "amazon-2018-10"
    assert {"id", "clause", "title", "category", "action", "mode"} == set(answer["rules"][0])

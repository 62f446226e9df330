from __future__ import annotations

from typing import Any

import pytest

from gatepost.directory import Role
from kit.site import OWN, TestSite


async def setting(site: TestSite, name: str) -> Any:
    known = await site.store.settings.all()
    return known[name].value if name in known else None


@pytest.mark.parametrize(
    ("name", "given", "expected"),
    [
        ("policy.edition", "amazon-2020-11", "amazon-2020-11"),
        ("policy.by_account", "shop-de: amazon-2020-11\n\n", {"shop-de": "amazon-2020-11"}),
        ("policy.allowed_hosts", " track.example \n\nhelp.example", ["track.example", "help.example"]),
        ("policy.actions", "marketing: reject", {"marketing": "reject"}),
        ("notices.enabled", "yes", True),
        ("notices.enabled", "", False),
        ("notices.sender", ["held", "refused"], ["held", "refused"]),
        ("notices.alarm_hours", "6\n2", [6, 2]),
        ("notices.time_zone", "Europe/Berlin", "Europe/Berlin"),
        ("site.require_totp", ["admin"], ["admin"]),
    ],
)
async def test_each_kind_of_setting_is_read_from_its_form(
    site: TestSite, name: str, given: Any, expected: Any
) -> None:
    async with site.logged_in("root", Role.ADMIN) as client:
        data = {"name": name, "do": "set", "value": given}
        response = await client.post("/settings", data=data, headers=OWN)

    assert (response.status_code, response.headers["location"]) == (303, f"/settings#{name}")
    assert await setting(site, name) == expected


async def test_one_rules_mode_is_set_and_the_others_stay(site: TestSite) -> None:
    async with site.logged_in("root", Role.ADMIN) as client:
        for rule, mode in (("p4-marketing", "shadow"), ("style", "off"), ("p4-marketing", "")):
            data = {"name": "policy.modes", "do": "mode", "rule": rule, "value": mode}
            await client.post("/settings", data=data, headers=OWN)
        page = await client.get("/settings")

    assert await setting(site, "policy.modes") == {"style": "off"}
    assert "Set by root" in page.text


async def test_going_back_to_the_file_is_one_click(site: TestSite) -> None:
    async with site.logged_in("root", Role.ADMIN) as client:
        for do in ("set", "drop"):
            data = {"name": "notices.enabled", "do": do, "value": "yes"}
            await client.post("/settings", data=data, headers=OWN)

    assert await setting(site, "notices.enabled") is None


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("notices.reviewers", "no address"),
        ("notices.alarm_hours", "soon"),
        ("policy.actions", "marketing: explode"),
    ],
)
async def test_what_is_wrong_is_told_beside_the_form_and_changes_nothing(
    site: TestSite, name: str, given: str
) -> None:
    async with site.logged_in("root", Role.ADMIN) as client:
        response = await client.post(
            "/settings", data={"name": name, "do": "set", "value": given}, headers=OWN
        )

    assert response.status_code == 422
    assert "Nothing was changed." in response.text
    assert await setting(site, name) is None


@pytest.mark.parametrize(
    "data", [{}, {"name": "relay.host", "do": "set"}, {"name": "policy.modes", "do": "x"}]
)
async def test_nonsense_is_a_400(site: TestSite, data: dict[str, str]) -> None:
    async with site.logged_in("root", Role.ADMIN) as client:
        assert (await client.post("/settings", data=data, headers=OWN)).status_code == 400


async def test_an_auditor_sees_the_settings_and_has_no_button(site: TestSite) -> None:
    async with site.logged_in("audrey", Role.AUDITOR) as client:
        page = (await client.get("/settings")).text

    assert "policy.allowed_hosts" in page
    assert 'name="do"' not in page


async def test_a_stale_page_does_not_undo_what_somebody_else_set(site: TestSite) -> None:
    form = {"name": "policy.allowed_hosts", "do": "set", "seen": ""}
    async with site.logged_in("root", Role.ADMIN) as client:
        await client.post("/settings", data={**form, "value": "track.example"}, headers=OWN)
        stale = await client.post("/settings", data={**form, "value": "other.example"}, headers=OWN)

    assert stale.status_code == 409
    assert "Somebody set this while your page was open." in stale.text
    assert await setting(site, "policy.allowed_hosts") == ["track.example"]

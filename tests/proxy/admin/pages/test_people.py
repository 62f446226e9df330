from __future__ import annotations

import re

import pytest

from gatepost.directory import Role
from kit.site import OWN, TestSite


async def test_a_user_is_added_with_a_password_that_is_shown_once(site: TestSite) -> None:
    async with site.logged_in("root", Role.ADMIN) as client:
        data = {"name": "Ada", "role": "agent", "email": "ada@shop.example"}
        page = await client.post("/people", data=data, headers=OWN)
        password = re.findall(r'id="password">([^<]+)<', page.text)[0]
        again = await client.get("/people")
    async with site.client() as client:
        login = await client.post("/login", data={"name": "ada", "password": password}, headers=OWN)
        first = await client.get("/check")

    assert password not in again.text
    assert login.status_code == 303
    assert first.headers["location"] == "/account/password"


@pytest.mark.parametrize("name", ["rita", "", "a\x00b", "x" * 201])
async def test_a_name_that_can_not_be_is_told(site: TestSite, name: str) -> None:
    await site.user("rita")
    async with site.logged_in("root", Role.ADMIN) as client:
        page = await client.post("/people", data={"name": name, "role": "agent"}, headers=OWN)
        listed = len(await site.store.users.list())

    assert (page.status_code, listed) == ((200, 3) if len(name) > 200 else (422, 2))


@pytest.mark.parametrize(
    ("do", "value", "field", "expected"),
    [
        ("role", "auditor", "role", Role.AUDITOR),
        ("email", "a@shop.example", "email", "a@shop.example"),
        ("disable", "", "disabled", True),
        ("second-factor", "", "has_totp", False),
    ],
)
async def test_an_admin_changes_one_thing(
    site: TestSite, do: str, value: str, field: str, expected: object
) -> None:
    await site.user("rita")
    await site.store.proofs.enrol("rita", "SECRET", 1, [], by="rita")
    async with site.logged_in("root", Role.ADMIN) as client:
        response = await client.post("/people/rita", data={"do": do, "value": value}, headers=OWN)

    assert response.status_code == 303
    assert getattr(await site.store.users.find("rita"), field) == expected
    assert (await site.store.audit.list(subject="rita"))[0].by == "root"


async def test_a_new_password_is_made_and_shown_once(site: TestSite) -> None:
    await site.user("rita")
    await site.store.sessions.begin("rita")
    async with site.logged_in("root", Role.ADMIN) as client:
        page = await client.post("/people/rita", data={"do": "password"}, headers=OWN)
    password = re.findall(r'id="password">([^<]+)<', page.text)[0]

    assert await site.store.users.verify("rita", password) is not None
    assert await site.store.sessions.list("rita") == []


async def test_all_sessions_of_somebody_end(site: TestSite) -> None:
    await site.user("rita")
    await site.store.sessions.begin("rita")
    async with site.logged_in("root", Role.ADMIN) as client:
        await client.post("/people/rita", data={"do": "sessions"}, headers=OWN)

    assert await site.store.sessions.list("rita") == []


async def test_the_last_admin_can_not_be_locked_out(site: TestSite) -> None:
    async with site.logged_in("root", Role.ADMIN) as client:
        await client.post("/people/root", data={"do": "disable"}, headers=OWN)
        page = await client.get("/people/root")

    assert "last admin" in page.text


@pytest.mark.parametrize("data", [{"do": "crown"}, {"do": "role", "value": "king"}])
async def test_nonsense_is_a_400(site: TestSite, data: dict[str, str]) -> None:
    async with site.logged_in("root", Role.ADMIN) as client:
        assert (await client.post("/people/root", data=data, headers=OWN)).status_code == 400


async def test_an_auditor_sees_and_has_no_buttons(site: TestSite) -> None:
    async with site.logged_in("audrey", Role.AUDITOR) as client:
        pages = [(await client.get(path)).text for path in ("/people", "/people/audrey", "/tokens")]

    assert all('name="do"' not in page and "audrey" in page for page in pages)

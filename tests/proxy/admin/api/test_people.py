from __future__ import annotations

import pytest

from gatepost.directory import Role, Scope
from kit.program import program
from kit.site import PASSWORD, TestSite

NEW = {"name": "Ada", "role": "agent", "password": "a much better phrase", "email": "ada@shop.example"}


async def test_a_user_is_added_and_must_choose_a_password(site: TestSite) -> None:
    async with program(site) as client:
        added = await client.post("users", json=NEW)
        again = await client.post("users", json=NEW)
        listed = (await client.get("users")).json()["users"]

    assert (added.status_code, added.json()["name"], added.json()["must_change"]) == (201, "ada", True)
    assert again.status_code == 409
    assert [user["name"] for user in listed] == ["ada", "pat"]
    assert "hash" not in str(listed)


@pytest.mark.parametrize(
    "bad",
    [{"password": "short"}, {"password": "adaadaadaada"}, {"name": ""}, {"name": "a\nb"}, {"role": "king"}],
)
async def test_what_can_be_no_user_is_refused(site: TestSite, bad: dict[str, str]) -> None:
    async with program(site) as client:
        assert (await client.post("users", json={**NEW, **bad})).status_code == 422


async def test_a_user_is_changed_and_locked_out(site: TestSite) -> None:
    await site.user("rita", Role.AGENT)
    async with program(site) as client:
        changed = (await client.patch("users/rita", json={"role": "reviewer", "disabled": True})).json()
        missing = await client.patch("users/nobody", json={})

    assert (changed["role"], changed["disabled"]) == ("reviewer", True)
    assert missing.status_code == 404
    assert await site.store.users.verify("rita", PASSWORD) is None


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "agent"}])
async def test_the_last_admin_stays_one(site: TestSite, change: dict[str, object]) -> None:
    async with program(site) as client:
        response = await client.patch("users/pat", json=change)

    assert response.status_code == 409
    assert "last admin" in response.json()["detail"]


async def test_a_password_is_given_and_a_second_factor_taken_away(site: TestSite) -> None:
    await site.user("rita")
    await site.store.proofs.enrol("rita", "SECRET", 1, [], by="rita")
    await site.store.sessions.begin("rita")
    async with program(site) as client:
        given = await client.post("users/rita/password", json={"password": "a much better phrase"})
        taken = await client.delete("users/rita/second-factor")
        shown = (await client.get("users/rita")).json()

    assert (given.status_code, taken.status_code) == (204, 204)
    assert (shown["must_change"], shown["second_factor"]) == (True, False)
    assert await site.store.sessions.list("rita") == []


async def test_a_program_learns_what_it_may_do(site: TestSite) -> None:
    async with program(site, Scope.CHECK) as client:
        me = (await client.get("me")).json()

    assert me == {"name": "pat", "role": "admin", "scopes": ["check"], "may": ["own", "check"]}


async def test_a_login_is_listed_and_ended_by_its_owner_only(site: TestSite) -> None:
    async with site.logged_in("rita") as browser:
        (session,) = (await browser.get("/api/v1/sessions")).json()["sessions"]
        async with program(site) as other:
            tried = await other.delete(f"sessions/{session['id']}")
        own = {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8025"}
        ended = await browser.delete(f"/api/v1/sessions/{session['id']}", headers=own)
        after = await browser.get("/api/v1/sessions")

    assert (tried.status_code, ended.status_code, after.status_code) == (404, 204, 401)
    assert session["user"] == "rita"


async def test_an_admin_sees_and_ends_where_somebody_is_logged_in(site: TestSite) -> None:
    async with program(site) as client, site.logged_in("rita") as person:
        shown = (await client.get("users/rita/sessions")).json()["sessions"]
        ended = await client.delete("users/rita/sessions")
        after = await person.get("/queue")
        nobody = await client.get("users/nobody/sessions")

    assert [each["user"] for each in shown] == ["rita"]
    assert (ended.status_code, after.headers["location"], nobody.status_code) == (
        204,
        "/login?next=/queue",
        404,
    )

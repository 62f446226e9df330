from __future__ import annotations

from gatepost.directory import Role, Scope
from kit.program import program
from kit.site import OWN, TestSite

NEW = {"label": "helpdesk", "scopes": ["read", "check"]}


async def test_a_token_is_made_shown_once_used_and_ended(site: TestSite) -> None:
    async with site.logged_in() as browser:
        made = (await browser.post("/api/v1/tokens", json=NEW, headers=OWN)).json()
        async with site.client() as client:
            client.headers["authorization"] = f"Bearer {made['secret']}"
            used = await client.get("/api/v1/held")
            listed = (await browser.get("/api/v1/tokens")).json()["tokens"]
            ended = await browser.delete(f"/api/v1/tokens/{made['token']['id']}", headers=OWN)
            dead = await client.get("/api/v1/held")

    assert (used.status_code, ended.status_code, dead.status_code) == (200, 204, 401)
    assert made["secret"] not in str(listed)
    assert listed[0]["used_at"] is not None


async def test_a_token_gives_no_more_than_it_has(site: TestSite) -> None:
    async with program(site, Scope.ADMIN, name="rita", role=Role.REVIEWER) as client:
        made = await client.post("tokens", json={**NEW, "scopes": ["admin"]})
        async with site.client() as reader:
            reader.headers["authorization"] = f"Bearer {made.json()['secret']}"
            users = await reader.get("/api/v1/users")

    assert made.status_code == 201
    assert users.status_code == 403  # a reviewer's, whatever its scopes


async def test_only_who_manages_users_makes_and_ends_tokens_of_others(site: TestSite) -> None:
    await site.user("ada", Role.AGENT)
    async with program(site, Scope.ADMIN, name="rita", role=Role.REVIEWER) as client:
        tried = await client.post("tokens", json={**NEW, "user": "ada"})
        seen = await client.get("tokens?user=ada")
    async with program(site) as admin:
        made = await admin.post("tokens", json={**NEW, "user": "ada"})
        nobody = await admin.post("tokens", json={**NEW, "user": "nobody"})
        ended = await admin.delete(f"tokens/{made.json()['token']['id']}")
        listed = (await admin.get("tokens?user=ada")).json()["tokens"]

    assert (tried.status_code, seen.status_code) == (403, 403)
    assert (made.status_code, nobody.status_code, ended.status_code) == (201, 404, 204)
    assert [token["user"] for token in listed] == ["ada"]


async def test_somebody_elses_token_is_not_there_to_be_ended(site: TestSite) -> None:
    async with program(site, name="pat") as admin:
        made = (await admin.post("tokens", json=NEW)).json()
    async with program(site, Scope.ADMIN, name="rita", role=Role.REVIEWER) as client:
        response = await client.delete(f"tokens/{made['token']['id']}")

    assert response.status_code == 404


async def test_the_list_goes_on_behind_its_last_row(site: TestSite) -> None:
    async with program(site) as client:
        for number in range(3):
            await client.post("tokens", json={**NEW, "label": str(number)})
        first = (await client.get("tokens?limit=2")).json()
        rest = (await client.get("tokens", params={"after": first["next"]})).json()

    assert len({token["id"] for token in (*first["tokens"], *rest["tokens"])}) == 4
    assert rest["next"] is None

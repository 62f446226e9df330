from __future__ import annotations

import re

import pytest

from gatepost.directory import Role
from kit.program import token_for
from kit.site import OWN, TestSite

NEW = {"do": "make", "label": "helpdesk", "scope": "read", "days": "30"}


async def test_a_token_is_made_and_its_secret_shown_once(site: TestSite) -> None:
    async with site.logged_in() as client:
        page = await client.post("/account/tokens", data=NEW, headers=OWN)
        secret = re.findall(r'id="secret">([^<]+)<', page.text)[0]
        again = await client.get("/account")
        async with site.client() as program:
            used = await program.get("/api/v1/held", headers={"authorization": f"Bearer {secret}"})

    assert used.status_code == 200
    assert secret not in again.text
    assert "helpdesk" in again.text


@pytest.mark.parametrize(
    "bad", [{"label": ""}, {"scope": "all"}, {"days": "0"}, {"days": "401"}, {"days": "x"}]
)
async def test_what_can_be_no_token_is_told(site: TestSite, bad: dict[str, str]) -> None:
    async with site.logged_in() as client:
        page = await client.post("/account/tokens", data={**NEW, **bad}, headers=OWN)

    assert page.status_code == 422
    assert await site.store.tokens.list() == []


async def test_one_ends_ones_own_token_and_no_others(site: TestSite) -> None:
    await token_for(site, name="pat")
    async with site.logged_in() as client:
        await client.post("/account/tokens", data=NEW, headers=OWN)
        tokens = {token.user: token.id for token in await site.store.tokens.list()}
        for id in tokens.values():
            await client.post("/account/tokens", data={"do": "end", "id": id}, headers=OWN)

    ended = {token.user: token.revoked_at is not None for token in await site.store.tokens.list()}
    assert ended == {"rita": True, "pat": False}


async def test_an_admin_ends_anybodys(site: TestSite) -> None:
    await token_for(site, name="pat")
    (token,) = await site.store.tokens.list()
    async with site.logged_in("root", Role.ADMIN) as client:
        listed = await client.get("/tokens")
        await client.post("/tokens", data={"id": token.id}, headers=OWN)
        nothing = await client.post("/tokens", data={}, headers=OWN)

    assert "pat" in listed.text
    assert nothing.status_code == 400
    assert (await site.store.tokens.list())[0].revoked_at is not None

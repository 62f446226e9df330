"""Single sign-on against a provider that runs beside the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey

from gatepost.config.schema import Oidc, Site
from gatepost.directory import Role
from kit.browser import served
from kit.ports import StillClock
from kit.provider import CLIENT, SECRET, TestProvider
from kit.site import OWN, PASSWORD, TestSite, open_site

RITA = {"sub": "u-1", "email": "Rita@shop.example", "email_verified": True}

pytestmark = pytest.mark.filterwarnings("ignore:The httpx module is deprecated")


@asynccontextmanager
async def both(
    folder: Path, *, roles: tuple[Any, ...] = (), **claims: Any
) -> AsyncIterator[tuple[TestSite, TestProvider]]:
    """A site and its provider; `claims` are added to Rita's."""
    provider = TestProvider(StillClock(), claims={**RITA, **claims})
    (folder / "secret").write_text(SECRET)
    async with served(provider.app) as url:
        provider.issuer = url
        oidc = Oidc(issuer=url, client_id=CLIENT, client_secret_file=folder / "secret")
        async with open_site(folder, config=Site(oidc=oidc, require_totp=roles)) as site:
            provider.clock = site.clock
            await site.user("rita@shop.example", Role.REVIEWER)
            yield site, provider


async def sign_on(client: httpx.AsyncClient, onward: str = "/queue?rule=x") -> httpx.Response:
    """Out to the provider and back, as a browser goes."""
    out = await client.get("/login/oidc", params={"next": onward})
    assert out.status_code == 303, out.text
    async with httpx.AsyncClient() as outside:
        given = await outside.get(out.headers["location"])
    return await client.get(given.headers["location"].replace("http://127.0.0.1:8025", ""))


async def test_whom_the_provider_names_is_logged_in_and_goes_where_they_wanted(tmp_path: Path) -> None:
    async with both(tmp_path) as (site, _), site.client() as client:
        page = await client.get("/login")
        back = await sign_on(client)
        queue = await client.get("/queue")
        user = await site.store.users.find("rita@shop.example")

    assert "Log in with single sign-on" in page.text
    assert (back.status_code, queue.status_code) == (200, 200)
    assert 'content="0; url=/queue?rule=x"' in back.text
    assert user is not None
    assert user.oidc.endswith(" u-1")


async def test_who_was_once_known_is_known_by_the_providers_name_for_them(tmp_path: Path) -> None:
    async with both(tmp_path) as (site, provider):
        async with site.client() as client:
            await sign_on(client)
        provider.claims["email"] = "rita.new@shop.example"
        async with site.client() as client:
            renamed = (await sign_on(client)).status_code
        provider.claims |= {"sub": "u-2", "email": "rita@shop.example"}
        async with site.client() as client:
            impostor = (await sign_on(client)).status_code

    assert (renamed, impostor) == (200, 401)


@pytest.mark.parametrize(
    "claims",
    [
        pytest.param({"email": "nobody@shop.example"}, id="nobody here"),
        pytest.param({"email_verified": False}, id="not verified"),
        pytest.param({"email": None}, id="no name"),
        pytest.param({"aud": "another"}, id="for another"),
        pytest.param({"aud": [CLIENT, "another"]}, id="for another too"),
        pytest.param({"iss": "https://evil.example"}, id="by another"),
        pytest.param({"nonce": "old"}, id="an old one"),
        pytest.param({"exp": 1}, id="expired"),
    ],
)
async def test_a_word_that_is_not_good_logs_nobody_in(tmp_path: Path, claims: dict[str, Any]) -> None:
    async with both(tmp_path, **claims) as (site, _), site.client() as client:
        back = await sign_on(client)
        queue = await client.get("/queue")

    assert (back.status_code, queue.status_code) == (401, 303)


async def test_a_word_signed_by_another_key_logs_nobody_in(tmp_path: Path) -> None:
    async with both(tmp_path) as (site, provider), site.client() as client:
        provider.shown = RSAKey.generate_key(2048, {"kid": "k1"})
        assert (await sign_on(client)).status_code == 401


async def test_a_provider_that_calls_itself_otherwise_is_not_asked(tmp_path: Path) -> None:
    async with both(tmp_path) as (site, provider), site.client() as client:
        provider.says_issuer = "https://evil.example"
        assert (await client.get("/login/oidc")).status_code == 401


async def test_a_provider_that_is_gone_is_told_as_a_login_that_did_not_work(tmp_path: Path) -> None:
    config = Site(oidc=Oidc(issuer="http://127.0.0.1:1", client_id=CLIENT))
    async with open_site(tmp_path, config=config) as site, site.client() as client:
        assert (await client.get("/login/oidc")).status_code == 401


async def test_what_was_not_asked_for_here_is_not_taken(tmp_path: Path) -> None:
    async with both(tmp_path) as (site, _), site.client() as victim, site.client() as attacker:
        out = await attacker.get("/login/oidc")
        async with httpx.AsyncClient() as outside:
            given = await outside.get(out.headers["location"])
        path = given.headers["location"].replace("http://127.0.0.1:8025", "")
        without = await victim.get(path)
        await victim.get("/login/oidc")
        with_another = await victim.get(path)

    assert (without.status_code, with_another.status_code) == (401, 401)


async def test_a_locked_out_user_stays_out(tmp_path: Path) -> None:
    async with both(tmp_path) as (site, _), site.client() as client:
        await site.store.users.disable("rita@shop.example", by="root")
        assert (await sign_on(client)).status_code == 401


async def test_a_second_factor_is_the_providers_matter_and_asked_for_with_a_password(tmp_path: Path) -> None:
    async with both(tmp_path, roles=("reviewer",)) as (site, _):
        async with site.client() as client:
            await sign_on(client)
            signed_on = await client.get("/queue")
        async with site.client() as client:
            data = {"name": "rita@shop.example", "password": PASSWORD}
            await client.post("/login", data=data, headers=OWN)
            by_password = await client.get("/queue")

    assert signed_on.status_code == 200
    assert by_password.headers["location"] == "/account/second-factor"


async def test_without_a_provider_there_is_nothing(site: TestSite) -> None:
    async with site.client() as client:
        codes = [(await client.get(path)).status_code for path in ("/login/oidc", "/login/oidc/back")]
        page = await client.get("/login")

    assert codes == [404, 404]
    assert "single sign-on" not in page.text


@pytest.mark.parametrize("issuer", ["http://login.example", "login.example", "https://x?y=z"])
def test_a_provider_has_a_whole_address_over_tls(issuer: str) -> None:
    with pytest.raises(ValueError, match="provider's address"):
        Oidc(issuer=issuer, client_id="x")

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from starlette.requests import Request

from gatepost.admin.login import address_of, fault_of
from gatepost.admin.pages.account import own_path
from gatepost.config.schema import Site
from gatepost.store.users import Role
from kit.site import OWN, PASSWORD, TestSite, open_site

PUBLIC = Site(public_url="https://gate.example")


async def log_in(
    client: httpx.AsyncClient, password: str = PASSWORD, name: str = "rita", **more: str
) -> httpx.Response:
    return await client.post("/login", data={"name": name, "password": password, **more}, headers=OWN)


async def test_the_right_password_opens_the_site(site: TestSite) -> None:
    await site.user("rita")
    async with site.client() as client:
        before = await client.get("/queue")
        response = await log_in(client, next="/queue")
        after = await client.get("/queue")

    assert (before.status_code, before.headers["location"]) == (303, "/login?next=/queue")
    assert (response.status_code, response.headers["location"]) == (303, "/queue")
    assert after.status_code == 200


@pytest.mark.parametrize(
    ("name", "password"), [("rita", "wrong"), ("nobody", PASSWORD), ("", ""), ("rita\0", "x")]
)
async def test_a_wrong_login_says_nothing_of_which_half_was_wrong(
    site: TestSite, name: str, password: str
) -> None:
    await site.user("rita")
    async with site.client() as client:
        response = await log_in(client, password, name)

    assert response.status_code == 401
    assert "don&#39;t belong together" in response.text
    assert "set-cookie" not in response.headers


async def test_the_cookie_is_kept_from_scripts_and_other_sites(site: TestSite) -> None:
    await site.user("rita")
    async with site.client() as client:
        cookie = (await log_in(client)).headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "expires" not in cookie.lower()


async def test_over_tls_the_cookie_is_secure_and_bound_to_the_host(tmp_path: Path) -> None:
    config = Site(public_url="https://gate.example")
    async with open_site(tmp_path, config=config) as site, site.client(base="https://gate.example") as client:
        await site.user("rita")
        own = {"origin": "https://gate.example", "sec-fetch-site": "same-origin"}
        response = await client.post("/login", data={"name": "rita", "password": PASSWORD}, headers=own)

    cookie = response.headers["set-cookie"]
    assert cookie.startswith("__Host-gatepost=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


async def test_a_login_begins_a_new_session_and_ends_the_old(site: TestSite) -> None:
    async with site.logged_in() as client:
        first = client.cookies["gatepost"]
        await log_in(client)
        second = client.cookies["gatepost"]
    async with site.client() as stolen:
        stolen.cookies.set("gatepost", first)
        response = await stolen.get("/queue")

    assert first != second
    assert response.status_code == 303


async def test_a_cookie_from_before_the_login_is_worth_nothing(site: TestSite) -> None:
    await site.user("rita")
    async with site.client() as client:
        client.cookies.set("gatepost", "planted", domain="127.0.0.1")
        await log_in(client)
    async with site.client() as attacker:
        attacker.cookies.set("gatepost", "planted")
        assert (await attacker.get("/queue")).status_code == 303


async def test_logging_out_ends_the_session_on_the_server(site: TestSite) -> None:
    async with site.logged_in() as client:
        token = client.cookies["gatepost"]
        await client.post("/logout", headers=OWN)
    async with site.client() as again:
        again.cookies.set("gatepost", token)
        assert (await again.get("/queue")).status_code == 303


async def test_an_idle_session_ends(site: TestSite) -> None:
    async with site.logged_in() as client:
        site.clock.pass_by(minutes=59)
        in_use = await client.get("/queue")
        site.clock.pass_by(minutes=61)
        idle = await client.get("/queue")

    assert (in_use.status_code, idle.status_code) == (200, 303)


async def test_a_session_in_use_ends_after_its_longest_time(site: TestSite) -> None:
    async with site.logged_in() as client:
        codes = []
        for _ in range(14):
            site.clock.pass_by(minutes=55)
            codes.append((await client.get("/queue")).status_code)

    assert codes == [200] * 13 + [303]


async def test_disabling_a_user_ends_the_sessions(site: TestSite) -> None:
    async with site.logged_in() as client:
        await site.store.users.disable("rita", by="admin")
        assert (await client.get("/queue")).status_code == 303


async def test_guessing_is_braked_and_the_owner_gets_in_from_elsewhere(site: TestSite) -> None:
    await site.user("rita")
    async with site.client("192.0.2.66", "http://127.0.0.1:8025") as attacker:
        codes = [(await log_in(attacker, f"guess {number}")).status_code for number in range(20)]
        braked = await log_in(attacker)
    async with site.client("192.0.2.7") as owner:
        owned = await log_in(owner)

    assert codes[:10] == [401] * 10
    assert codes[10:] == [429] * 10
    assert (braked.status_code, braked.headers["retry-after"]) == (429, "900")
    assert owned.status_code == 303


@pytest.mark.parametrize(
    ("peer", "site", "said", "address"),
    [
        pytest.param("127.0.0.1", PUBLIC, "192.0.2.1", "192.0.2.1", id="proxy here"),
        pytest.param(
            "127.0.0.1", PUBLIC, "10.9.9.9, 192.0.2.1", "192.0.2.1", id="what the client claims is skipped"
        ),
        pytest.param("127.0.0.1", PUBLIC, "", "127.0.0.1", id="proxy that says nothing"),
        pytest.param("198.51.100.1", PUBLIC, "192.0.2.1", "198.51.100.1", id="a stranger's claim"),
        pytest.param("127.0.0.1", Site(), "192.0.2.1", "127.0.0.1", id="no proxy"),
    ],
)
def test_the_address_behind_a_proxy_is_believed_only_of_one_here(
    peer: str, site: Site, said: str, address: str
) -> None:
    headers = [(b"x-forwarded-for", said.encode())] if said else []

    assert address_of(Request({"type": "http", "client": (peer, 1), "headers": headers}), site) == address


async def test_a_made_password_must_be_replaced_first(site: TestSite) -> None:
    await site.user("new", Role.ADMIN, must_change=True)
    change = {"old": PASSWORD, "new": "a much better phrase", "again": "a much better phrase"}
    async with site.client() as client:
        await log_in(client, name="new")
        barred = await client.get("/queue")
        changed = await client.post("/account/password", data=change, headers=OWN)
        opened = await client.get("/queue")
        again = await log_in(client, "a much better phrase", "new")

    assert barred.headers["location"] == "/account/password"
    assert (changed.status_code, opened.status_code, again.status_code) == (303, 200, 303)


async def test_a_new_password_ends_the_other_sessions(site: TestSite) -> None:
    change = {"old": PASSWORD, "new": "a much better phrase", "again": "a much better phrase"}
    async with site.logged_in() as client, site.client() as other:
        await log_in(other)
        await client.post("/account/password", data=change, headers=OWN)
        codes = (await client.get("/queue")).status_code, (await other.get("/queue")).status_code

    assert codes == (200, 303)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(
            {"old": "wrong", "new": "a much better phrase", "again": "a much better phrase"}, id="old"
        ),
        pytest.param({"old": PASSWORD, "new": "short", "again": "short"}, id="short"),
        pytest.param({"old": PASSWORD, "new": "a much better phrase", "again": "another"}, id="typo"),
        pytest.param({"old": PASSWORD, "new": PASSWORD, "again": PASSWORD}, id="same"),
        pytest.param({}, id="nothing"),
    ],
)
async def test_a_bad_new_password_changes_nothing(site: TestSite, change: dict[str, str]) -> None:
    async with site.logged_in() as client:
        response = await client.post("/account/password", data=change, headers=OWN)
        again = await log_in(client)

    assert response.status_code == 422
    assert again.status_code == 303


@pytest.mark.parametrize(
    ("path", "onward"),
    [
        ("/queue?rule=x", "/queue?rule=x"),
        ("//evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\\evil.example", "/"),
        ("", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nset-cookie: x=y", "/"),
    ],
)
def test_a_login_leads_only_into_the_site(path: str, onward: str) -> None:
    assert own_path(path) == onward


@pytest.mark.parametrize("password", ["rita rita rita", "aaaaaaaaaaaaaaa", "eleven char", "x" * 1001])
def test_easy_passwords_are_refused(password: str) -> None:
    assert fault_of(password, password, name="rita")


async def test_nothing_in_the_shipped_product_logs_in(site: TestSite) -> None:
    async with site.client() as client:
        codes = {
            (await log_in(client, password, name)).status_code
            for name, password in (
                ("admin", "admin"),
                ("admin", ""),
                ("admin", "password"),
                ("gatepost", "gatepost"),
            )
        }

    assert codes == {401}

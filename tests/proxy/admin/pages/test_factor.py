"""The second factor: enrolled on the site, asked for at the login, replaced by a recovery code."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pyotp

from gatepost.config.schema import Site
from gatepost.directory import Role
from kit.site import OWN, PASSWORD, TestSite, open_site


def now_code(site: TestSite, secret: str) -> str:
    return pyotp.TOTP(secret).at(site.clock.now())


async def log_in(client: httpx.AsyncClient, name: str = "rita", onward: str = "") -> httpx.Response:
    data = {"name": name, "password": PASSWORD, "next": onward}
    return await client.post("/login", data=data, headers=OWN)


async def code(client: httpx.AsyncClient, given: str) -> httpx.Response:
    return await client.post("/login/code", data={"code": given}, headers=OWN)


async def enrol(site: TestSite, client: httpx.AsyncClient) -> tuple[str, list[str]]:
    page = (await client.get("/account/second-factor")).text
    found = re.search(r"secret: <code>([A-Z2-7 ]+)</code>", page)
    sealed = re.search(r'name="sealed" value="([^"]+)"', page)
    assert found is not None
    assert sealed is not None
    secret = found[1].replace(" ", "")
    data = {"do": "enrol", "sealed": sealed[1], "code": now_code(site, secret), "password": PASSWORD}
    done = await client.post("/account/second-factor", data=data, headers=OWN)
    assert done.status_code == 200, done.text
    return secret, re.findall(r"<li><code>([a-z0-9-]+)</code>", done.text)


async def test_once_enrolled_the_password_alone_opens_nothing(site: TestSite) -> None:
    async with site.logged_in() as client:
        secret, codes = await enrol(site, client)
    site.clock.pass_by(minutes=1)
    async with site.client() as client:
        first = await log_in(client, onward="/queue?rule=x")
        before = [(await client.get(path)).headers["location"] for path in ("/queue", "/account", "/")]
        call = await client.get("/api/v1/held")
        opened = await client.post(
            "/login/code", data={"code": now_code(site, secret), "next": "/queue?rule=x"}, headers=OWN
        )
        after = await client.get("/queue")

    assert first.headers["location"] == "/login/code?next=%2Fqueue%3Frule%3Dx"
    assert before == ["/login/code"] * 3
    assert call.status_code == 403
    assert opened.headers["location"] == "/queue?rule=x"
    assert after.status_code == 200
    assert len(codes) == 10


async def test_a_code_opens_once(site: TestSite) -> None:
    async with site.logged_in() as client:
        secret, _ = await enrol(site, client)
    site.clock.pass_by(minutes=1)
    given = now_code(site, secret)
    answers = []
    for _ in range(2):
        async with site.client() as client:
            await log_in(client)
            answers.append((await code(client, given)).status_code)

    assert answers == [303, 401]


async def test_the_code_of_the_enrolment_opens_nothing(site: TestSite) -> None:
    async with site.logged_in() as client:
        secret, _ = await enrol(site, client)
    async with site.client() as client:
        await log_in(client)
        assert (await code(client, now_code(site, secret))).status_code == 401


async def test_a_session_is_another_one_after_the_code(site: TestSite) -> None:
    async with site.logged_in() as client:
        secret, _ = await enrol(site, client)
    site.clock.pass_by(minutes=1)
    async with site.client() as client:
        await log_in(client)
        pending = client.cookies["gatepost"]
        await code(client, now_code(site, secret))
        assert client.cookies["gatepost"] != pending
        client.cookies.set("gatepost", pending, domain="127.0.0.1")


async def test_a_recovery_code_opens_once(site: TestSite) -> None:
    async with site.logged_in() as client:
        _, codes = await enrol(site, client)
    answers = []
    for _ in range(2):
        async with site.client() as client:
            await log_in(client)
            answers.append((await code(client, codes[0].upper())).status_code)

    assert answers == [303, 401]


async def test_guessing_codes_is_braked(site: TestSite) -> None:
    async with site.logged_in() as client:
        secret, _ = await enrol(site, client)
    site.clock.pass_by(minutes=1)
    async with site.client() as client:
        await log_in(client)
        answers = [(await code(client, f"{number:06}")).status_code for number in range(12)]
        braked = await code(client, now_code(site, secret))

    assert answers == [401] * 10 + [429] * 2
    assert (braked.status_code, braked.headers["retry-after"]) == (429, "900")


async def test_a_login_without_its_code_ends_soon(site: TestSite) -> None:
    async with site.logged_in() as client:
        await enrol(site, client)
    async with site.client() as client:
        await log_in(client)
        site.clock.pass_by(minutes=11)
        assert (await client.get("/login/code")).headers["location"].startswith("/login?")


async def test_enrolling_needs_the_password_a_right_code_and_the_own_page(site: TestSite) -> None:
    async with site.logged_in() as client:
        page = (await client.get("/account/second-factor")).text
        sealed = re.findall(r'name="sealed" value="([^"]+)"', page)[0]
        secret = re.findall(r"secret: <code>([A-Z2-7 ]+)</code>", page)[0].replace(" ", "")
        good = {"do": "enrol", "sealed": sealed, "code": now_code(site, secret), "password": PASSWORD}
        answers = [
            (await client.post("/account/second-factor", data={**good, **bad}, headers=OWN)).status_code
            for bad in ({"password": "wrong"}, {"code": "000000"}, {"sealed": "x"}, {"sealed": sealed[:-4]})
        ]
        secret_kept = await site.store.proofs.secret("rita")

    assert answers == [422] * 4
    assert secret_kept == ""


async def test_it_can_be_given_up_with_the_password(site: TestSite) -> None:
    async with site.logged_in() as client:
        await enrol(site, client)
        bad = await client.post("/account/second-factor", data={"do": "drop", "password": "x"}, headers=OWN)
        done = await client.post(
            "/account/second-factor", data={"do": "drop", "password": PASSWORD}, headers=OWN
        )
        still_in = await client.get("/queue")
    async with site.client() as client:
        again = await log_in(client)

    assert (bad.status_code, done.status_code, still_in.status_code) == (422, 303, 200)
    assert again.headers["location"] == "/"


async def test_a_role_that_must_have_one_sets_it_up_first_and_keeps_it(tmp_path: Path) -> None:
    async with open_site(tmp_path, config=Site(require_totp=("reviewer",))) as site:
        async with site.logged_in() as client:
            first = await client.get("/queue")
            await enrol(site, client)
            opened = await client.get("/queue")
            kept = await client.post(
                "/account/second-factor", data={"do": "drop", "password": PASSWORD}, headers=OWN
            )
        async with site.logged_in("ada", Role.AGENT) as client:
            others = await client.get("/check")

    assert first.headers["location"] == "/account/second-factor"
    assert (opened.status_code, kept.status_code, others.status_code) == (200, 422, 200)

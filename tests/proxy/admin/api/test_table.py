"""Every operation is open to exactly the tokens it names, and every fault is a problem."""

from __future__ import annotations

import httpx
import pytest

from gatepost.admin.api.operation import Operation
from gatepost.admin.api.table import OPERATIONS
from gatepost.admin.routes import CAPTURE_ROUTES, ROUTES
from gatepost.directory import Role, Scope
from kit import parity, permitted
from kit.program import program, token_for
from kit.site import OWN, TestSite


def path_of(operation: Operation) -> str:
    path = operation.path.replace("{id}", "nothing").replace("{order}", "112-1234567-1234567")
    path = path.replace("{language}", "de").replace("{address}", "a").replace("{value}", "a")
    return path.replace("{name}", "nobody").replace("{key}", "policy.modes").lstrip("/")


def is_problem(response: httpx.Response, status: int) -> bool:
    kind = response.headers["content-type"]
    return (response.status_code, kind, response.json()["status"]) == (
        status,
        "application/problem+json",
        status,
    )


def test_every_operation_has_its_row() -> None:
    rows = {(each.method, each.path) for each in OPERATIONS} | {("GET", "/openapi.json")}
    assert rows == set(permitted.API)


def test_everything_that_the_site_can_do_the_api_can_do() -> None:
    """Each page and each form has its calls; those without say why no program needs them."""
    routes = {(page.method, page.path) for page in (*ROUTES, *CAPTURE_ROUTES)}
    beside = {"api"}
    site = {(method, path) for method, path in routes if path.split("/")[1] not in beside}
    calls = {f"{each.method} {each.path}" for each in OPERATIONS}

    assert site == set(parity.AS_CALLS) | set(parity.NOT_FOR_PROGRAMS)
    assert not set(parity.AS_CALLS) & set(parity.NOT_FOR_PROGRAMS)
    assert {call for named in parity.AS_CALLS.values() for call in named} <= calls


@pytest.mark.parametrize("scope", Scope)
async def test_a_token_opens_exactly_the_operations_that_its_scope_names(
    site: TestSite, scope: Scope
) -> None:
    async with program(site, scope) as client:
        got = {
            (each.method, each.path)
            for each in OPERATIONS
            if (await client.request(each.method, path_of(each))).status_code not in (401, 403)
        }
    public = {("GET", "/openapi.json")}
    assert got | public == {row for row, (_, scopes) in permitted.API.items() if scope.value in scopes}


async def test_without_a_login_every_operation_is_a_401_problem_and_no_redirect(site: TestSite) -> None:
    async with site.client() as client:
        for operation in OPERATIONS:
            path = f"/api/v1/{path_of(operation)}"
            response = await client.request(operation.method, path, headers=OWN)
            assert is_problem(response, 401), operation
            assert response.headers["www-authenticate"] == "Bearer"


async def test_an_agents_token_reads_nothing_of_others_whatever_its_scopes(site: TestSite) -> None:
    async with program(site, *Scope, name="ada", role=Role.AGENT) as client:
        responses = [await client.get(path) for path in ("held", "messages", "users", "audit", "orders")]

    assert all(is_problem(response, 403) for response in responses)


@pytest.mark.parametrize("secret", ["gatepost_" + "a" * 43, "x", "a" * 5_000])
async def test_a_token_that_is_not_good_is_a_401(site: TestSite, secret: str) -> None:
    async with site.client() as client:
        response = await client.get("/api/v1/me", headers={"authorization": f"Bearer {secret}"})

    assert is_problem(response, 401)


async def test_guessing_tokens_is_a_429_and_a_good_one_still_works(site: TestSite) -> None:
    good = await token_for(site)
    async with site.client() as client:
        bad = {"authorization": "Bearer gatepost_guess"}
        guessed = [await client.get("/api/v1/me", headers=bad) for _ in range(12)]
        used = await client.get("/api/v1/me", headers={"authorization": f"Bearer {good}"})

    assert [response.status_code for response in guessed] == [401] * 10 + [429] * 2
    assert is_problem(guessed[-1], 429)
    assert int(guessed[-1].headers["retry-after"]) > 0
    assert used.status_code == 200


async def test_a_bad_token_is_not_mended_by_a_good_cookie(site: TestSite) -> None:
    async with site.logged_in() as client:
        response = await client.get("/api/v1/me", headers={"authorization": "Bearer gatepost_bad"})

    assert response.status_code == 401


async def test_a_cookie_changes_nothing_from_another_site(site: TestSite) -> None:
    async with site.logged_in(role=Role.ADMIN) as client:
        foreign = {"sec-fetch-site": "cross-site", "origin": "https://evil.example"}
        response = await client.post("/api/v1/users", json={}, headers=foreign)

    assert is_problem(response, 403)


async def test_a_token_opens_the_api_and_no_page(site: TestSite) -> None:
    secret = await token_for(site)
    async with site.client() as client:
        response = await client.get("/queue", headers={"authorization": f"Bearer {secret}"})

    assert response.headers["location"].startswith("/login")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "nothing", 404),
        ("GET", "", 404),
        ("GET", "messages/nothing", 404),
        ("GET", "messages/%00", 404),
        ("DELETE", "held", 405),
        ("GET", "held?limit=0", 422),
        ("GET", "held?limit=1_0", 422),
        ("GET", "held?limit=1&limit=2", 422),
        ("GET", "held?colour=red", 422),
        ("GET", "held?after=nonsense", 422),
        ("GET", "messages?state=lost", 422),
        ("GET", "messages?since=yesterday", 422),
        ("GET", "messages?since=2026-11-23T09:00:00", 422),
        ("POST", "users", 415),
    ],
)
async def test_every_fault_is_a_problem(site: TestSite, method: str, path: str, status: int) -> None:
    async with program(site) as client:
        assert is_problem(await client.request(method, path), status)


async def test_a_405_names_all_methods_of_the_path(site: TestSite) -> None:
    async with program(site) as client:
        response = await client.put("users/pat")

    assert response.headers["allow"] == "GET, HEAD, PATCH"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("[" * 100_000, 413),
        ("[" * 50_000, 400),
        ("[]", 422),
        ('{"note": 1}', 422),
        ('{"x": 1}', 422),
    ],
)
async def test_a_body_that_is_none_is_a_problem(site: TestSite, body: str, status: int) -> None:
    await site.hold()
    async with program(site) as client:
        headers = {"content-type": "application/json"}
        response = await client.post("messages/held1/reject", content=body, headers=headers)

    assert is_problem(response, status)


async def test_a_422_names_the_place_and_not_the_value(site: TestSite) -> None:
    await site.hold()
    async with program(site) as client:
        body = {"password": "short secret", "name": 1, "role": "king"}
        response = await client.post("users", json=body)

    assert {error["at"] for error in response.json()["errors"]} == {"body/name", "body/role"}
    assert "short secret" not in response.text

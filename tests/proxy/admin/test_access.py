from __future__ import annotations

import httpx
import pytest

from gatepost.admin.access import GRANTS, Permission, Role, Visitor
from gatepost.admin.routes import CAPTURE_ROUTES, ROUTES, Page
from gatepost.store.users import Role as UserRole
from kit import permitted
from kit.site import OWN, TestSite

ALL = {"agent", "reviewer", "admin", "auditor"}
READERS = {"reviewer", "admin", "auditor"}
DECIDERS = {"reviewer", "admin"}
ANYONE = {*ALL, "anonymous"}

EXPECTED = {
    ("GET", "/static/{name}"): ANYONE,
    ("GET", "/healthz"): ANYONE,
    ("GET", "/readyz"): ANYONE,
    ("GET", "/metrics"): ANYONE,  # of those on this machine, as the test's client is
    ("GET", "/login"): ANYONE,
    ("POST", "/login"): ANYONE,
    ("POST", "/logout"): ALL,
    ("GET", "/account/password"): ALL,
    ("POST", "/account/password"): ALL,
    ("GET", "/link/{token}"): ANYONE,  # who has a link of ours; without one there is nothing
    ("POST", "/link/{token}"): ANYONE,
    ("GET", "/"): ALL,
    ("GET", "/check"): ALL,
    ("POST", "/check"): ALL,
    ("GET", "/queue"): READERS,
    ("GET", "/queue/live"): READERS,
    ("POST", "/queue"): DECIDERS,
    ("GET", "/mail/{id}"): READERS,
    ("GET", "/mail/{id}/html/{part:int}"): READERS,
    ("GET", "/mail/{id}/file/{number:int}"): READERS,
    ("GET", "/mail/{id}/download"): READERS,
    ("POST", "/mail/{id}/release"): DECIDERS,
    ("POST", "/mail/{id}/reject"): DECIDERS,
    ("POST", "/mail/{id}/settle"): DECIDERS,
    ("GET", "/mail/{id}/correct"): DECIDERS,
    ("POST", "/mail/{id}/correct"): DECIDERS,
    ("GET", "/mail/{id}/versions/{step:int}"): READERS,
    ("GET", "/mail/{id}/versions/{step:int}/{which}"): READERS,
    ("GET", "/mail/{id}/status"): READERS,
    ("POST", "/mail/{id}/turn"): DECIDERS,
    ("POST", "/mail/{id}/wrong"): DECIDERS,
    ("POST", "/mail/{id}/allow"): DECIDERS,
    ("GET", "/exceptions"): READERS,
    ("POST", "/exceptions/{id}/end"): DECIDERS,
    ("GET", "/decisions"): READERS,
    ("GET", "/decisions.csv"): READERS,
    ("GET", "/overview"): READERS,
    ("GET", "/overview/{table}.csv"): READERS,
    ("GET", "/outgoing"): READERS,
    ("GET", "/ledger"): READERS,
    ("GET", "/ledger/{order}"): READERS,
    ("POST", "/ledger/{order}/grant"): {"admin"},
    ("GET", "/audit"): {"admin", "auditor"},
    ("GET", "/sent"): READERS,
    ("GET", "/sent/{id}"): READERS,
    ("GET", "/sent/{id}/html/{part:int}"): READERS,
    ("GET", "/sent/{id}/file/{number:int}"): READERS,
    ("GET", "/sent/{id}/download"): READERS,
    **permitted.ROUTES,
}

OPEN = (Permission.PUBLIC, Permission.LOCAL)
ROWS = (*ROUTES, *CAPTURE_ROUTES)
PAGES = [pytest.param(page, id=f"{page.method} {page.path}") for page in ROWS]
CLOSED = [pytest.param(page, id=f"{page.method} {page.path}") for page in ROWS if page.permission not in OPEN]


def test_every_route_has_its_row_in_this_table() -> None:
    assert {(page.method, page.path) for page in (*ROUTES, *CAPTURE_ROUTES)} == set(EXPECTED)


@pytest.mark.parametrize("page", PAGES)
async def test_a_route_is_open_to_exactly_those_it_names(site: TestSite, page: Page) -> None:
    allowed = EXPECTED[page.method, page.path]
    got = set()
    for who in (*ALL, "anonymous"):
        opening = site.client() if who == "anonymous" else site.logged_in(who, UserRole(who))
        async with opening as client:
            if _is_open(await _ask(client, page)):
                got.add(who)
    assert got == allowed


@pytest.mark.parametrize("page", CLOSED)
async def test_a_made_password_opens_nothing_but_its_change(site: TestSite, page: Page) -> None:
    await site.user("new", UserRole.ADMIN, must_change=True)
    async with site.client() as client:
        await client.post("/login", data={"name": "new", "password": "correct horse battery"}, headers=OWN)
        response = await _ask(client, page)
    sent_away = response.headers.get("location") == "/account/password" or (
        page.path.startswith("/api/") and "/account/password" in response.text
    )
    assert sent_away == (page.path not in ("/logout", "/account/password"))


def test_a_permission_that_no_role_lists_is_denied() -> None:
    visitor = Visitor("a", Role.ADMIN, "s")

    assert not visitor.may(Permission.PUBLIC)
    assert not visitor.may(Permission.LOCAL)


def test_an_auditor_changes_nothing() -> None:
    assert GRANTS[Role.AUDITOR].isdisjoint({Permission.DECIDE, Permission.GRANT, Permission.MANAGE})


async def _ask(client: httpx.AsyncClient, page: Page) -> httpx.Response:
    path = page.path.replace("{id}", "nothing").replace("{order}", "112-1234567-1234567")
    path = path.replace("{key}", "policy.modes")
    path = path.replace("{token}", "none").replace("{step:int}", "1").replace("{which}", "original")
    path = path.replace("{name}", "site.css").replace("{part:int}", "0").replace("{number:int}", "0")
    return await client.request(page.method, path, headers=OWN)


def _is_open(response: httpx.Response) -> bool:
    path = response.request.url.path
    if path == "/login":
        return response.status_code != 403  # a wrong login is 401 and still an open page
    if path == "/logout":
        return response.status_code == 303  # and leads to /login
    to_login = response.headers.get("location", "").startswith("/login")
    return response.status_code not in (401, 403) and not to_login

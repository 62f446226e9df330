"""Everyone can use the site: axe finds nothing on any page, light, dark or on a phone (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Browser

from gatepost.admin.routes import ROUTES
from kit.browser import DESK, PHONE, axe, chromium, log_in, served, tab, width
from kit.site import TestSite
from kit.tour import GUIDE, PAGES, furnish

NO_PAGES = {"/healthz", "/readyz", "/metrics", "/queue/live"}  # for programs
DOWNLOADS = {"/orders/feed"}
BEFORE_LOGIN = {"/login", "/login/code", "/login/oidc", "/login/oidc/back"}


def test_the_tour_leads_through_every_page() -> None:
    shown = {path.partition("?")[0] for path in PAGES}
    plain = {page.path for page in ROUTES if page.method == "GET" and "{" not in page.path}
    pages = {path for path in plain if not path.startswith("/api/") and not path.endswith(".csv")}
    assert pages - shown == NO_PAGES | DOWNLOADS | BEFORE_LOGIN


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest.mark.peer
@pytest.mark.parametrize(
    ("scheme", "size"),
    [("light", DESK), ("dark", DESK), ("light", PHONE)],
    ids=["light", "dark", "phone"],
)
async def test_axe_finds_nothing_on_any_page_and_none_is_too_wide(
    site: TestSite, browser: Browser, scheme: str, size: dict[str, int]
) -> None:
    await furnish(site)
    wide = []
    async with served(site.app) as url, tab(browser, color_scheme=scheme, viewport=size) as watched:
        page = watched.page
        await page.goto(f"{url}/login")
        found = {"/login": await axe(page)}
        await log_in(page, url, "/", name=GUIDE)
        for path in PAGES:
            await page.goto(url + path)
            found[path] = await axe(page)
            wide += [path] if await width(page) > size["width"] else []
        await page.goto(f"{url}/queue")
        await page.keyboard.press("?")
        found["help"] = await axe(page)
    assert {path: each for path, each in found.items() if each} == {}
    assert wide == []
    assert watched.errors == []


@pytest.mark.peer
async def test_axe_would_find_something(browser: Browser) -> None:
    async with tab(browser) as watched:
        await watched.page.set_content("<html><body><img src='x.png'><input></body></html>")
        assert any(fault.startswith("image-alt") for fault in await axe(watched.page))

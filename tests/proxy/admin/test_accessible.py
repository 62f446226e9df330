"""Everyone can use the site: axe finds nothing on any page, in light and in dark (WCAG 2.2 AA)."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from gatepost.admin.routes import ROUTES
from kit.browser import chromium, log_in, served, tab
from kit.site import TestSite
from kit.tour import GUIDE, PAGES, furnish

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


NO_PAGES = {"/healthz", "/readyz", "/metrics", "/queue/live"}  # for programs
BEFORE_LOGIN = {"/login", "/login/code", "/login/oidc", "/login/oidc/back"}


def test_the_tour_leads_through_every_page() -> None:
    shown = {path.partition("?")[0] for path in PAGES}
    plain = {page.path for page in ROUTES if page.method == "GET" and "{" not in page.path}
    pages = {path for path in plain if not path.startswith("/api/") and not path.endswith(".csv")}
    assert pages - shown == NO_PAGES | BEFORE_LOGIN


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


async def faults(page: Page) -> list[str]:
    """What axe finds on the page as it stands."""
    found = await Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    violations = found.response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in violations for node in each["nodes"]]


@pytest.mark.peer
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page(site: TestSite, browser: Browser, scheme: str) -> None:
    await furnish(site)
    async with served(site.app) as url, tab(browser, color_scheme=scheme) as watched:
        page = watched.page
        await page.goto(f"{url}/login")
        found = {"/login": await faults(page)}
        await log_in(page, url, "/", name=GUIDE)
        for path in PAGES:
            await page.goto(url + path)
            found[path] = await faults(page)
        await page.goto(f"{url}/queue")
        await page.keyboard.press("?")
        found["help"] = await faults(page)
    assert {path: each for path, each in found.items() if each} == {}
    assert watched.errors == []


@pytest.mark.peer
async def test_axe_would_find_something(browser: Browser) -> None:
    async with tab(browser) as watched:
        await watched.page.set_content("<html><body><img src='x.png'><input></body></html>")
        assert any(fault.startswith("image-alt") for fault in await faults(watched.page))


@pytest.mark.peer
async def test_no_page_is_wider_than_a_phone(site: TestSite, browser: Browser) -> None:
    await furnish(site)
    phone = {"width": 360, "height": 740}
    async with served(site.app) as url, tab(browser, viewport=phone) as watched:
        page = watched.page
        await log_in(page, url, "/", name=GUIDE)
        wide = []
        for path in PAGES:
            await page.goto(url + path)
            if await page.evaluate("document.documentElement.scrollWidth") > phone["width"]:
                wide.append(path)
    assert wide == []

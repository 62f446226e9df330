"""The pictures of the README and the docs, taken anew by `make screenshots`; here they are tried only."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.async_api import Page

from kit.browser import chromium, log_in, served, tab
from kit.site import TestSite
from kit.tour import GUIDE, furnish

pytestmark = pytest.mark.peer

PICTURES = Path(__file__).parents[3] / "docs" / "images"
MOST_BYTES = 150_000
SIZE = {"width": 1120, "height": 720}
PHONE = {"width": 390, "height": 760}
SHOTS = {
    "queue": ("/queue", "light", SIZE),
    "mail": ("/mail/held1", "light", SIZE),
    "correct": ("/mail/held1/correct", "light", SIZE),
    "overview": ("/overview?from=2026-10-25&to=2026-11-23", "light", SIZE),
    "queue-dark": ("/queue", "dark", SIZE),
    "queue-phone": ("/queue", "light", PHONE),
}


async def shoot(page: Page, to: Path, name: str, url: str) -> None:
    path, scheme, size = SHOTS[name]
    await page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    await page.set_viewport_size({"width": size["width"], "height": size["height"]})
    await page.goto(url + path)
    await page.screenshot(path=to / f"site-{name}.png", animations="disabled")


async def test_the_main_pages_have_their_picture(site: TestSite, tmp_path: Path) -> None:
    to = Path(os.environ.get("GATEPOST_SCREENSHOTS", tmp_path))
    await furnish(site)
    async with chromium() as browser, served(site.app) as url, tab(browser) as watched:
        await log_in(watched.page, url, "/", name=GUIDE)
        for name in SHOTS:
            await shoot(watched.page, to, name, url)
    sizes = {name: (to / f"site-{name}.png").stat().st_size for name in SHOTS}
    assert {name: size for name, size in sizes.items() if not 5_000 < size < MOST_BYTES} == {}


@pytest.mark.parametrize("name", SHOTS)
def test_each_picture_is_kept_and_small(name: str) -> None:
    content = (PICTURES / f"site-{name}.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) < MOST_BYTES

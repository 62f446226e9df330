"""The site as a person uses it, in a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from gatepost.model import MessageId, MessageState
from gatepost.store.users import Role
from kit.browser import SECONDS, Canary, chromium, log_in, served, tab
from kit.site import TestSite, raw_of

pytestmark = pytest.mark.peer

HOSTILE = """
<img src="{canary}/img" srcset="{canary}/srcset 2x" onerror="alert('onerror')">
<script src="{canary}/script.js"></script><script>alert('inline'); document.title = 'pwned'</script>
<svg><feImage href="{canary}/fe"/><image href="{canary}/svg"/><script>alert('svg')</script></svg>
<style>@import "{canary}/import.css"; body {{ background: url({canary}/style) }}</style>
<div style="background: url({canary}/inline)">styled</div><table background="{canary}/table"><tr><td>x</table>
<link rel="stylesheet" href="{canary}/link.css"><link rel="prefetch" href="{canary}/prefetch">
<meta http-equiv="refresh" content="0;url={canary}/refresh"><base href="{canary}/">
<iframe src="{canary}/frame"></iframe><iframe srcdoc="<script>parent.alert('srcdoc')</script>"></iframe>
<object data="{canary}/object"></object><embed src="{canary}/embed"><video src="{canary}/video"></video>
<form action="{canary}/form"><input name=a autofocus onfocus="alert('focus')"><button>Go</button></form>
<a href="{canary}/link" target="_top">a link to click</a><a href="javascript:alert('href')">another</a>
<details open ontoggle="alert('toggle')"><summary>More</summary>text</details>
<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert('mxss')&gt;">
"""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest.fixture
async def url(site: TestSite) -> AsyncIterator[str]:
    await site.user("rita", Role.REVIEWER)
    async with served(site.app) as address:
        yield address


async def state_of(site: TestSite, id: str) -> MessageState:
    return (await site.store.quarantine.show(MessageId(id))).state


async def test_a_reviewer_reads_and_releases_by_keys_alone(
    site: TestSite, browser: Browser, url: str
) -> None:
    await site.hold("later", fingerprint="1")
    await site.hold("urgent", fingerprint="2", deadline_at=site.clock.now() + timedelta(minutes=30))
    async with tab(browser) as watched:
        await log_in(watched.page, url)
        page = watched.page
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await page.wait_for_url(url + "/mail/urgent")
        await expect(page.locator("mark")).to_contain_text("20% off your next order")
        await page.keyboard.press("r")
        await page.wait_for_url(url + "/mail/later")
        await expect(page.get_by_role("status")).to_contain_text("Released: the relay has it.")

    assert [message.id for message in site.upstream.sent] == ["urgent"]
    assert site.upstream.sent[0].raw == raw_of("urgent")
    assert watched.errors == []


async def test_a_mail_is_released_from_the_queue_by_one_key(
    site: TestSite, browser: Browser, url: str
) -> None:
    for id in ("a1", "a2", "a3"):
        await site.hold(id, fingerprint=id, deadline_at=site.clock.now() + timedelta(hours=int(id[1])))
    async with tab(browser) as watched:
        await log_in(watched.page, url)
        for key in "jjr":
            await watched.page.keyboard.press(key)
        await expect(watched.page.get_by_role("status")).to_contain_text("Released")

    assert [message.id for message in site.upstream.sent] == ["a2"]


async def test_a_rejection_asks_for_a_note_first(site: TestSite, browser: Browser, url: str) -> None:
    await site.hold("held1")
    async with tab(browser) as watched:
        await log_in(watched.page, url, "/mail/held1")
        page = watched.page
        await page.keyboard.press("x")
        await page.keyboard.type("r is no key here")
        assert await state_of(site, "held1") is MessageState.HELD
        await page.keyboard.press("Enter")
        await expect(page.get_by_role("status")).to_contain_text("Rejected.")

    assert await state_of(site, "held1") is MessageState.REJECTED
    assert (await site.store.quarantine.show(MessageId("held1"))).last_error == "r is no key here"


async def test_help_opens_and_closes_by_key(site: TestSite, browser: Browser, url: str) -> None:
    await site.hold("held1")
    async with tab(browser) as watched:
        await log_in(watched.page, url)
        await watched.page.keyboard.press("?")
        await expect(watched.page.get_by_role("dialog")).to_be_visible()
        await watched.page.keyboard.press("Escape")
        await expect(watched.page.get_by_role("dialog")).to_be_hidden()


async def test_everything_works_without_script(site: TestSite, browser: Browser, url: str) -> None:
    await site.hold("held1", fingerprint="1")
    await site.hold("held2", fingerprint="2")
    async with tab(browser, java_script_enabled=False) as watched:
        await log_in(watched.page, url)
        page = watched.page
        await page.locator("input[name=id]").first.check()
        await page.get_by_role("button", name="Release selected").click()
        await expect(page.get_by_role("status")).to_contain_text("Released")
        await page.locator("a.subject").click()
        await page.get_by_role("button", name="Reject").click()
        await expect(page.get_by_role("status")).to_contain_text("Rejected.")

    assert [message.id for message in site.upstream.sent] == ["held1"]
    assert await state_of(site, "held2") is MessageState.REJECTED


@pytest.mark.parametrize("view", ["words", "layout", "headers", "source"])
async def test_hostile_mail_runs_nothing_and_loads_nothing(
    site: TestSite, browser: Browser, url: str, view: str
) -> None:
    async with Canary().listening() as canary, tab(browser) as watched:
        await site.hold(
            "held1", html=HOSTILE.format(canary=canary.url), subject="<img src=x onerror=alert(1)>"
        )
        await log_in(watched.page, url, f"/mail/held1?view={view}")
        page = watched.page
        await page.wait_for_load_state("networkidle")
        if view == "layout":
            await page.frame_locator("iframe").get_by_text("a link to click").click()
            await page.wait_for_load_state("networkidle")

    assert (canary.hits, watched.dialogs) == (0, [])
    assert all(request.startswith(url) for request in watched.requests)
    assert page.url == f"{url}/mail/held1?view={view}"


async def test_a_frame_opened_by_itself_is_as_powerless(site: TestSite, browser: Browser, url: str) -> None:
    async with Canary().listening() as canary, tab(browser) as watched:
        await site.hold("held1", html=HOSTILE.format(canary=canary.url))
        await log_in(watched.page, url, "/mail/held1/html/0")
        await watched.page.wait_for_load_state("networkidle")

    assert (canary.hits, watched.dialogs) == (0, [])


async def test_a_corrected_layout_is_shown_before_and_runs_and_loads_nothing(
    site: TestSite, browser: Browser, url: str
) -> None:
    async with Canary().listening() as canary, tab(browser) as watched:
        await site.hold("held1", html=HOSTILE.format(canary=canary.url))
        await log_in(watched.page, url, "/mail/held1/correct")
        page = watched.page
        for _ in range(2):  # the page stays usable after the frame was filled
            await page.get_by_role("button", name="Check", exact=True).click()
            await page.get_by_role("heading", name="What goes out").wait_for()
            await page.get_by_role("button", name="Show the layout").click()
            await page.frame_locator("iframe[name=layout]").get_by_text("a link to click").click()
            await page.wait_for_load_state("networkidle")

    assert (canary.hits, watched.dialogs, watched.errors) == (0, [], [])
    assert all(request.startswith(url) for request in watched.requests)
    assert await state_of(site, "held1") is MessageState.HELD


async def test_the_canary_sings_where_nothing_guards(browser: Browser) -> None:
    async with Canary().listening() as canary, tab(browser) as watched:
        body = HOSTILE.format(canary=canary.url)

        async def unguarded(request: Request) -> Response:
            return HTMLResponse(body)

        async with served(Starlette(routes=[Route("/", unguarded)])) as url:
            await watched.page.goto(url, wait_until="commit")
            async with asyncio.timeout(SECONDS):
                await canary.called.wait()

    assert canary.hits > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_no_page_is_wider_than_a_phone(site: TestSite, browser: Browser, url: str, scheme: str) -> None:
    long = "W" * 200
    await site.hold("held1", subject=long, sender=f"{long}@shop.example", html=f"<p>{long}</p>")
    phone = {"width": 360, "height": 740}
    async with tab(browser, viewport=phone, color_scheme=scheme) as watched:
        await log_in(watched.page, url)
        for path in (
            "/",
            "/queue",
            "/mail/held1",
            "/mail/held1?view=headers",
            "/decisions",
            "/check",
            "/ledger",
        ):
            await watched.page.goto(url + path)
            width = await watched.page.evaluate("document.documentElement.scrollWidth")
            assert (path, width) == (path, 360)

"""The queue and one mail under several hands, in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from gatepost.model import MessageId, MessageState
from gatepost.store.users import Role
from kit.browser import chromium, log_in, served, tab
from kit.site import TestSite

pytestmark = pytest.mark.peer

ROUNDS = 20_000.0
"""Milliseconds in which an open page has asked several times, on a busy machine too."""


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest.fixture
async def url(site: TestSite) -> AsyncIterator[str]:
    await site.user("rita", Role.REVIEWER)
    await site.user("anna", Role.REVIEWER)
    async with served(site.app) as address:
        yield address


async def state_of(site: TestSite, id: str) -> MessageState:
    return (await site.store.quarantine.show(MessageId(id))).state


async def test_new_mail_appears_without_reloading_and_the_selection_stays(
    site: TestSite, browser: Browser, url: str
) -> None:
    await site.hold("held1", fingerprint="1", subject="The first")
    async with tab(browser) as watched:
        page = watched.page
        await log_in(page, url)
        await page.keyboard.press("j")
        await page.keyboard.press("s")
        urgent = site.clock.now() + timedelta(minutes=30)
        await site.hold("held2", fingerprint="2", subject="The second", deadline_at=urgent)
        await expect(page.get_by_role("link", name="The second")).to_be_visible(timeout=ROUNDS)
        await expect(page.get_by_role("heading", name="Held mail 2")).to_be_visible()
        await expect(page.locator("#news")).to_have_text("One more mail is held.")
        await expect(page.locator("[data-due] a.urgent")).to_be_visible()
        await expect(page.get_by_label("Select The first")).to_be_checked()
        await page.keyboard.press("r")
        await expect(page.get_by_role("status").first).to_contain_text("Released")

    assert await state_of(site, "held1") is MessageState.RELAYED
    assert await state_of(site, "held2") is MessageState.HELD
    assert watched.errors == []


async def test_a_mail_that_somebody_decided_leaves_the_others_screen(
    site: TestSite, browser: Browser, url: str
) -> None:
    await site.hold("held1")
    async with tab(browser) as watched:
        page = watched.page
        await log_in(page, url)
        await expect(page.locator("[data-row]")).to_have_count(1)
        await site.store.quarantine.reject(MessageId("held1"), by="anna", note="")
        await expect(page.get_by_text("Nothing waits for you.")).to_be_visible(timeout=ROUNDS)


async def test_two_reviewers_do_not_collide(site: TestSite, browser: Browser, url: str) -> None:
    await site.hold("held1")
    async with tab(browser) as rita, tab(browser) as anna:
        await log_in(rita.page, url, "/mail/held1", name="rita")
        await log_in(anna.page, url, "/mail/held1", name="anna")
        await expect(anna.page.get_by_text("rita is at this mail")).to_be_visible()
        await expect(anna.page.get_by_role("button", name="Release")).to_have_count(0)
        await anna.page.get_by_role("button", name="Take it over").click()
        await expect(rita.page.get_by_text("anna is at this mail now.")).to_be_visible(timeout=ROUNDS)
        await anna.page.keyboard.press("r")
        await expect(anna.page.get_by_role("status").first).to_contain_text("Released")
        changed = rita.page.locator("#changed")
        await expect(changed).to_contain_text("Somebody has decided on this mail", timeout=ROUNDS)


async def test_several_are_decided_only_once_confirmed(site: TestSite, browser: Browser, url: str) -> None:
    for id in ("a1", "a2"):
        await site.hold(id, fingerprint=id, subject=f"Mail {id}")
    async with tab(browser) as watched:
        page = watched.page
        await log_in(page, url)
        await page.get_by_label("All on this page").check()
        await page.keyboard.press("Escape")
        await page.get_by_role("button", name="Release selected").click()
        await expect(page.get_by_role("heading", name="Release 2 mails?")).to_be_visible()
        assert site.upstream.sent == []
        await page.get_by_role("button", name="Release them").click()
        await expect(page.get_by_role("status").first).to_contain_text("2 mails: Released")

    assert sorted(message.id for message in site.upstream.sent) == ["a1", "a2"]


async def test_a_text_is_corrected_and_goes_out(site: TestSite, browser: Browser, url: str) -> None:
    await site.hold("held1")
    async with tab(browser) as watched:
        page = watched.page
        await log_in(page, url, "/mail/held1")
        await page.keyboard.press("e")
        await expect(page.get_by_role("heading", name="Correct and release")).to_be_visible()
        await page.locator("textarea[name=text]").fill("Thank you for your order.\n\nYour shop")
        await page.get_by_role("button", name="Check").click()
        await expect(page.get_by_text("Nothing speaks against it.")).to_be_visible()
        await page.get_by_role("button", name="Release the corrected mail").click()
        await expect(page.get_by_role("status").first).to_contain_text("Released")
        await page.goto(f"{url}/mail/held1")
        await expect(page.get_by_text("Corrected by rita")).to_be_visible()

    (sent,) = site.upstream.sent
    assert b"Your shop" in sent.raw
    assert b"20% off" not in sent.raw


async def test_an_exception_is_made_and_a_finding_called_wrong(
    site: TestSite, browser: Browser, url: str
) -> None:
    await site.hold("held1")
    async with tab(browser) as watched:
        page = watched.page
        await log_in(page, url, "/mail/held1")
        await page.get_by_text("This is wrong").click()
        await page.get_by_label("What the rule misunderstood").fill("a coupon of the carrier")
        await page.get_by_role("button", name="Call it wrong").click()
        await expect(page.get_by_text("Called wrong")).to_be_visible()
        await page.get_by_text("Make an exception").click()
        await page.get_by_label("Because").fill("agreed with the carrier")
        await page.get_by_role("button", name="Make the exception").click()
        await expect(page.get_by_role("status").first).to_contain_text("Exception made")

    (made,) = await site.store.allowances.known()
    assert (made.rule, made.sender) == ("p4-marketing", "help@shop.example")
    (wrong,) = await site.store.review.wrong(MessageId("held1"))
    assert wrong.note == "a coupon of the carrier"

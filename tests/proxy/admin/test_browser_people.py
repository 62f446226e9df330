"""Logging in with a phone's code, people and settings, in a real browser."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pyotp
import pytest
from playwright.async_api import Browser, expect

from gatepost.directory import Role
from kit.browser import axe, chromium, log_in, served, tab
from kit.site import PASSWORD, TestSite

pytestmark = pytest.mark.peer


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with chromium() as opened:
        yield opened


@pytest.fixture
async def url(site: TestSite) -> AsyncIterator[str]:
    await site.user("root", Role.ADMIN)
    async with served(site.app) as address:
        yield address


async def test_a_second_factor_is_set_up_and_asked_for(site: TestSite, browser: Browser, url: str) -> None:
    async with tab(browser) as watched:
        page = watched.page
        await log_in(page, url, "/account", name="root")
        await page.get_by_role("link", name="Set up a second factor").click()
        secret = (await page.locator("form code").inner_text()).replace(" ", "")
        picture = await page.locator(".qrbox svg").bounding_box()
        await page.get_by_label("Code that the phone shows now").fill(pyotp.TOTP(secret).at(site.clock.now()))
        await page.get_by_label("Your password").fill(PASSWORD)
        await page.get_by_role("button", name="Switch it on").click()
        recovery = await page.locator(".codes code").all_inner_texts()
        found = await axe(page)
    site.clock.pass_by(minutes=1)
    async with tab(browser) as watched:
        page = watched.page
        await log_in(page, url, "/people", name="root")
        found += await axe(page)
        await page.get_by_label("Code").fill("000000")
        await page.get_by_role("button", name="Go on").click()
        await expect(page.get_by_role("alert")).to_contain_text("not good")
        await page.get_by_label("Code").fill(recovery[0])
        await page.get_by_role("button", name="Go on").click()
        await expect(page.get_by_role("heading", name="People")).to_be_visible()

    assert picture is not None
    assert picture["width"] > 100
    assert len(recovery) == 10
    assert found == []
    assert watched.errors == []


async def test_a_setting_is_changed_and_who_did_it_is_shown(
    site: TestSite, browser: Browser, url: str
) -> None:
    async with tab(browser) as watched:
        page = watched.page
        await log_in(page, url, "/settings", name="root")
        await page.get_by_role("textbox", name="Hosts that mails may link to").fill("track.example\n")
        await page.get_by_role("button", name="Save: Hosts that mails may link to").click()
        await expect(page.get_by_role("status")).to_contain_text("In force")
        await page.get_by_role("textbox", name="Reviewers' addresses").fill("no address")
        await page.get_by_role("button", name="Save: Reviewers' addresses").click()
        await expect(page.get_by_role("alert")).to_contain_text("Nothing was changed.")
        await page.get_by_role("combobox", name="Mode of p4-marketing").select_option("shadow")
        await page.get_by_role("button", name="Set the mode of p4-marketing").click()
        await expect(page.locator("section", has_text="Hosts that mails").first).to_contain_text(
            "Set by root"
        )

    settings = {name: each.value for name, each in (await site.store.settings.all()).items()}
    assert settings == {"policy.allowed_hosts": ["track.example"], "policy.modes": {"p4-marketing": "shadow"}}
    assert watched.errors == []


async def test_somebody_is_added_and_logs_in(site: TestSite, browser: Browser, url: str) -> None:
    async with tab(browser) as watched:
        page = watched.page
        await log_in(page, url, "/people", name="root")
        await page.get_by_label("Name").fill("ada")
        await page.get_by_label("Role").select_option("agent")
        await page.get_by_role("button", name="Add").click()
        password = await page.locator("#password").inner_text()
    async with tab(browser) as watched:
        page = watched.page
        await log_in(page, url, "/", name="ada", password=password)
        await expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()

"""A held mail from SMTP to the relay by way of a reviewer in a real browser, against the real service."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from kit.browser import chromium, log_in, tab
from kit.gateway import Gateway
from kit.site import PASSWORD
from kit.smtp_sink import Sink
from kit.submit import mail, submit

pytestmark = pytest.mark.peer

OFFER = "Thank you for your message. The lamp takes an E27 bulb. 20% off your next order with us!\r\n"
HELD = {"policy": {"actions": {"marketing": "quarantine"}}}
SLOW = 20_000.0
"""Milliseconds for what the relay and a busy machine take."""


async def reviewer(gateway: Gateway, page: Page) -> None:
    """Make a reviewer, log in, and choose a password of one's own, as the first login asks."""
    add = ("user", "add", "rita", "--role", "reviewer", "--password-stdin")
    status, _, error = await gateway.run(*add, input=PASSWORD.encode())
    assert status == 0, error
    await log_in(page, gateway.site)
    if await page.get_by_label("Password so far").count():
        await page.get_by_label("Password so far").fill(PASSWORD)
        await page.get_by_label("New password", exact=True).fill(f"{PASSWORD} again")
        await page.get_by_label("New password again").fill(f"{PASSWORD} again")
        await page.get_by_role("button", name="Save").click()
    await page.goto(gateway.site + "/queue")


async def test_a_held_mail_is_read_corrected_and_reaches_the_relay(tmp_path: Path) -> None:
    async with (
        Sink() as sink,
        Gateway(tmp_path, relay=sink.port, config=HELD) as gateway,
        chromium() as browser,
        tab(browser) as watched,
    ):
        code, reply = await submit(gateway.port, mail(OFFER))
        assert (code, reply.startswith("2.0.0 Held for review")) == (250, True)
        page = watched.page
        await reviewer(gateway, page)
        await page.keyboard.press("j")
        await page.keyboard.press("Enter")
        await expect(page.locator("mark").first).to_contain_text("20% off")
        await page.keyboard.press("e")
        text = page.locator("textarea[name=text]")
        await text.fill((await text.input_value()).replace(" 20% off your next order with us!", ""))
        await page.get_by_role("button", name="Release the corrected mail").click()
        await expect(page.get_by_role("status").first).to_contain_text("the relay has it", timeout=SLOW)
        (sent,) = sink.received
        assert b"an E27 bulb." in sent.raw
        assert b"20% off" not in sent.raw
        assert (await gateway.run("audit", "verify"))[0] == 0


async def test_what_was_allowed_passes_from_then_on(tmp_path: Path) -> None:
    async with (
        Sink() as sink,
        Gateway(tmp_path, relay=sink.port, config=HELD) as gateway,
        chromium() as browser,
        tab(browser) as watched,
    ):
        await submit(gateway.port, mail(OFFER))
        page = watched.page
        await reviewer(gateway, page)
        await page.locator("a.subject").click()
        await page.get_by_text("Make an exception").first.click()
        await page.get_by_label("Because").first.fill("agreed with the carrier")
        await page.get_by_role("button", name="Make the exception").first.click()
        await expect(page.get_by_role("status").first).to_contain_text("Exception made")
        code, reply = await submit(gateway.port, mail(OFFER, id="2"))
        assert (code, "Held" in reply, len(sink.received)) == (250, False, 1)

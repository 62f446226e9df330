from __future__ import annotations

from gatepost.admin.guard import MAIL_POLICY
from gatepost.model import MessageId
from gatepost.ports import Captured
from kit.messages import BUYER, SELLER
from kit.site import TestSite, raw_of


async def capture(site: TestSite, html: str = "") -> None:
    mail = Captured(MessageId("c1"), site.clock.now(), SELLER, (BUYER,), raw_of("c1", html=html))
    await site.store.captures.capture(mail)


async def test_captured_mails_are_listed_and_shown(site: TestSite) -> None:
    await capture(site)
    async with site.logged_in() as client:
        listed = (await client.get("/sent")).text
        page = (await client.get("/sent/c1")).text

    assert BUYER in listed
    assert "Thank you for your order." in page


async def test_a_captured_mail_is_shown_as_safely_as_a_held_one(site: TestSite) -> None:
    await capture(site, html="<p>Hi</p><script>alert(1)</script>")
    async with site.logged_in() as client:
        frame = await client.get("/sent/c1/html/0")
        download = await client.get("/sent/c1/download")
        file = await client.get("/sent/c1/file/0")

    assert frame.headers["content-security-policy"] == MAIL_POLICY
    assert "<script" not in frame.text
    assert download.headers["content-type"] == "application/octet-stream"
    assert file.status_code == 404


async def test_before_the_first_mail_the_page_says_how_to_send_it(site: TestSite) -> None:
    async with site.logged_in() as client:
        assert "Nothing has gone out yet." in (await client.get("/sent")).text

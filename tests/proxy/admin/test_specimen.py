from __future__ import annotations

import asyncio

from gatepost.admin.visit import MAX_READERS
from kit.site import TestSite


async def test_many_pages_at_once_are_read_a_few_at_a_time(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        pages = await asyncio.gather(*(client.get("/mail/held1") for _ in range(MAX_READERS * 4)))

    assert {page.status_code for page in pages} == {200}


async def test_a_broken_mail_shows_what_is_broken(site: TestSite) -> None:
    from kit.site import held

    nested = b"".join(
        b"Content-Type: multipart/mixed; boundary=%d\r\n\r\n--%d\r\n" % (n, n) for n in range(80)
    )
    await site.keep(held("held1", site.clock.now()), b"Subject: x\r\nMIME-Version: 1.0\r\n" + nested)
    async with site.logged_in() as client:
        page = await client.get("/mail/held1")

    assert page.status_code == 200
    assert "Broken mail:" in page.text
    assert "too-deep" in page.text

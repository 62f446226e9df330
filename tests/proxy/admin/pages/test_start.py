from __future__ import annotations

from gatepost.store.users import Role
from kit.site import TestSite


async def test_the_start_page_says_what_waits_and_how_to_begin(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        page = (await client.get("/")).text

    assert "<b>1</b> held" in page
    assert "127.0.0.1:2525" in page
    assert "docs/examples/refused.eml" in page


async def test_an_agent_sees_no_counts(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in("agnes", Role.AGENT) as client:
        page = (await client.get("/")).text

    assert "<b>1</b> held" not in page
    assert 'href="/queue"' not in page
    assert 'href="/check"' in page

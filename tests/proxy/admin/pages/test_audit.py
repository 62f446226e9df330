from __future__ import annotations

from gatepost.store.users import Role
from kit.site import OWN, TestSite


async def test_what_people_did_stands_in_the_trail(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in("ada", Role.ADMIN) as client:
        await client.post("/mail/held1/reject", data={"note": "<b>no</b>"}, headers=OWN)
        page = (await client.get("/audit")).text

    assert "message.rejected" in page
    assert "&lt;b&gt;no&lt;/b&gt;" in page


async def test_a_long_trail_has_pages(site: TestSite) -> None:
    for number in range(60):
        await site.store.audit.append(by="ada", what="test.done", subject=str(number))
    async with site.logged_in("otto", Role.AUDITOR) as client:
        first = (await client.get("/audit")).text
        older = (await client.get("/audit?before=12")).text

    assert 'rel="next" href="?before=' in first
    assert older.count("test.done") == 11

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


async def test_the_chain_is_checked_from_the_page(site: TestSite) -> None:
    for number in range(3):
        await site.store.audit.append(by="ada", what="test.done", subject=str(number))
    async with site.logged_in("otto", Role.AUDITOR) as client:
        sound = (await client.get("/audit?verify=yes")).text
        await site.store.db.write(lambda tx: tx.change("UPDATE audit SET by_whom = 'eve' WHERE seq = 2"))
        broken = (await client.get("/audit?verify=yes")).text
    assert "rows fit. The last hash is" in sound
    assert "The chain is broken at row 2." in broken


async def test_the_deeds_on_one_subject_are_looked_up(site: TestSite) -> None:
    for subject in ("held1", "112-1234567-1234567"):
        await site.store.audit.append(by="ada", what=f"test.{subject[:3]}", subject=subject)
    async with site.logged_in("otto", Role.AUDITOR) as client:
        page = (await client.get("/audit?subject=112-1234567-1234567")).text
        none = (await client.get("/audit?subject=nothing")).text
    assert ("test.112" in page, "test.hel" in page) == (True, False)
    assert "Nothing was done to that." in none

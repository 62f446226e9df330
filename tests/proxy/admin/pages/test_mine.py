from __future__ import annotations

from gatepost.directory import Role
from gatepost.model import MessageId, Session
from kit.site import TestSite

OWN_SESSION = Session("192.0.2.1", "desk.example", "ESMTPA", "ada")


async def test_an_agent_sees_what_became_of_the_own_mails(site: TestSite) -> None:
    await site.hold("own", session=OWN_SESSION, subject="About the lamp")
    await site.hold("other", subject="Secret of another")
    await site.store.quarantine.reject(MessageId("own"), by="rita", note="too pushy")
    async with site.logged_in("ada", Role.AGENT) as client:
        page = (await client.get("/mine")).text

    assert "About the lamp" in page
    assert "too pushy" in page
    assert "Take the link out." in page
    assert "Secret of another" not in page


async def test_an_agents_address_finds_mails_that_came_without_a_login(site: TestSite) -> None:
    await site.hold("own", subject="About the lamp", sender="ada@shop.example")
    await site.user("ada", Role.AGENT)
    await site.store.users.change("ada", by="root", email="Ada@Shop.example")
    async with site.client() as client:
        from kit.site import OWN, PASSWORD

        await client.post("/login", data={"name": "ada", "password": PASSWORD}, headers=OWN)
        page = (await client.get("/mine")).text

    assert "About the lamp" in page


async def test_a_cursor_of_nobodys_leads_nowhere(site: TestSite) -> None:
    async with site.logged_in("ada", Role.AGENT) as client:
        assert (await client.get("/mine?after=nonsense")).status_code == 404

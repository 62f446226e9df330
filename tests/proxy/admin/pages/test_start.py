from __future__ import annotations

from gatepost.admin.draft import BUYER, compose
from gatepost.admin.pages.start import BAD, GOOD
from gatepost.store.users import Role
from gatepost_policies import judge, load, read
from gatepost_policies.model import Action
from kit.messages import ORDER
from kit.site import TestSite


async def test_the_start_page_says_what_waits_and_how_to_begin(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        page = (await client.get("/")).text

    assert "<b>1</b> held" in page
    assert "127.0.0.1:2525" in page
    assert page.count("curl -v --crlf smtp://127.0.0.1:2525 ") == 2


def test_the_two_mails_are_what_the_page_says_they_are() -> None:
    rulebook = load("amazon-2018-10")
    actions = [
        judge(read(compose(f"Your order {ORDER}", words, html=False)), rulebook, recipients=[BUYER]).action
        for words in (GOOD, BAD)
    ]

    assert actions == [Action.RELAY, Action.REJECT]


async def test_an_agent_sees_no_counts(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in("agnes", Role.AGENT) as client:
        page = (await client.get("/")).text

    assert "<b>1</b> held" not in page
    assert 'href="/queue"' not in page
    assert 'href="/check"' in page

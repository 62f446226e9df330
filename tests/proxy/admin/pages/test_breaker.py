from __future__ import annotations

import pytest

from gatepost.directory import Role
from gatepost.store.breaker import Breaker
from kit.site import OWN, TestSite


async def deeds(site: TestSite) -> list[tuple[str, str, str]]:
    rows = await site.store.audit.list()
    return [(each.what, each.by, each.details["reason"]) for each in rows if each.subject == "proactive"]


async def test_a_reviewer_trips_and_resets_it_and_the_trail_says_why(site: TestSite) -> None:
    async with site.logged_in("rita") as client:
        assert "not tripped" in (await client.get("/breaker")).text
        trip = {"do": "trip", "reason": "seen in Seller Central"}
        assert (await client.post("/breaker", data=trip, headers=OWN)).headers["location"] == "/breaker"
        page = (await client.get("/breaker")).text
        tripped = await site.store.breaker.tripped(fresh=True)
        await client.post("/breaker", data={"do": "reset", "reason": "Amazon lifted it"}, headers=OWN)
        after = (await client.get("/breaker")).text

    assert tripped is not None
    assert (tripped.by, tripped.reason) == ("rita", "seen in Seller Central")
    assert "by rita: seen in Seller Central" in page
    assert "mail goes out again" in after
    assert await site.store.breaker.tripped(fresh=True) is None
    assert await deeds(site) == [
        ("breaker.reset", "rita", "Amazon lifted it"),
        ("breaker.tripped", "rita", "seen in Seller Central"),
    ]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"do": "reset", "reason": " "}, "Say why"),
        ({"do": "trip", "reason": "again"}, "tripped already"),
        ({"do": "else", "reason": "because"}, "by Amazon: restricted"),
    ],
)
async def test_what_makes_no_sense_changes_nothing(site: TestSite, given: dict[str, str], words: str) -> None:
    await site.store.breaker.trip(by="Amazon", reason="restricted")
    async with site.logged_in() as client:
        await client.post("/breaker", data=given, headers=OWN)
        assert words in (await client.get("/breaker")).text
    assert await deeds(site) == [("breaker.tripped", "Amazon", "restricted")]


async def test_one_that_is_not_tripped_is_not_reset(site: TestSite) -> None:
    async with site.logged_in() as client:
        await client.post("/breaker", data={"do": "reset", "reason": "because"}, headers=OWN)
        assert "the breaker is not tripped" in (await client.get("/breaker")).text
    assert await deeds(site) == []


async def test_every_page_leads_to_it_while_it_is_tripped(site: TestSite) -> None:
    await site.store.breaker.trip(by="Amazon", reason="restricted")
    async with site.logged_in() as client:
        assert 'href="/breaker"' in (await client.get("/queue")).text
        assert 'href="/breaker"' in (await client.get("/outgoing")).text


async def test_an_auditor_sees_it_and_changes_nothing(site: TestSite) -> None:
    await site.store.breaker.trip(by="Amazon", reason="restricted")
    async with site.logged_in("otto", Role.AUDITOR) as client:
        page = (await client.get("/breaker")).text
        done = await client.post("/breaker", data={"do": "reset", "reason": "because"}, headers=OWN)
    assert "by Amazon: restricted" in page
    assert 'action="/breaker"' not in page
    assert done.status_code == 403
    assert await site.store.breaker.tripped(fresh=True) is not None


async def test_what_another_process_did_is_shown_at_once(site: TestSite) -> None:
    async with site.logged_in() as client:
        assert "not tripped" in (await client.get("/breaker")).text
        await Breaker(site.store.db, site.clock).trip(by="Amazon", reason="restricted")
        assert "by Amazon: restricted" in (await client.get("/breaker")).text

from __future__ import annotations

import pytest

from gatepost.model import Answer, AnswerKind, ClaimState, MessageState, OrderId, RelayReply
from gatepost.ports import Settled
from gatepost.store.users import Role
from kit.messages import ORDER
from kit.site import OWN, TestSite, held, raw_of


async def spend(site: TestSite) -> None:
    entry = held("m1", site.clock.now(), state=MessageState.ATTEMPTING, asks_review=True)
    await site.keep(entry, raw_of("m1"), claims=[OrderId(ORDER)])
    await site.store.journal.mark_sending(entry.id)
    answer = Answer(AnswerKind.RELAYED, entry.id, relay=RelayReply(250, "2.0.0", "ok"))
    await site.store.journal.settle(entry.id, Settled(MessageState.RELAYED, answer))


async def test_an_order_shows_its_request_its_story_and_its_mails(site: TestSite) -> None:
    await spend(site)
    async with site.logged_in() as client:
        listed = (await client.get("/ledger")).text
        page = (await client.get(f"/ledger/{ORDER}")).text

    assert f'href="/ledger/{ORDER}"' in listed
    assert "A review was asked for" in page
    assert "reserved" in page
    assert 'href="/mail/m1"' in page
    assert "Allow another" not in page  # a reviewer may not


@pytest.mark.parametrize("typed", [ORDER, f"  order {ORDER}", "112 1234567 1234567", "11212345671234567"])
async def test_an_order_is_found_however_it_is_typed(site: TestSite, typed: str) -> None:
    async with site.logged_in() as client:
        response = await client.get("/ledger", params={"order": typed})

    assert response.headers["location"] == f"/ledger/{ORDER}"


async def test_what_can_not_be_an_order_is_not_looked_up(site: TestSite) -> None:
    async with site.logged_in() as client:
        await client.get("/ledger", params={"order": "<script>"})
        page = (await client.get("/ledger")).text
        direct = await client.get("/ledger/a%3Cb")

    assert "An order ID looks like" in page
    assert direct.status_code == 404


async def test_an_order_never_asked_is_free(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        page = (await client.get(f"/ledger/{ORDER}")).text

    assert "its one request is free" in page
    assert 'href="/mail/held1"' in page


async def test_an_admin_allows_another_request_and_says_why(site: TestSite) -> None:
    await spend(site)
    async with site.logged_in("ada", Role.ADMIN) as client:
        await client.post(f"/ledger/{ORDER}/grant", data={"reason": "the first never arrived"}, headers=OWN)
        page = (await client.get(f"/ledger/{ORDER}")).text
        trail = (await client.get("/audit")).text

    claim = await site.store.ledger.find(OrderId(ORDER))
    assert claim is not None
    assert claim.state is ClaimState.GRANTED
    assert "Another review request is allowed" in page
    assert "the first never arrived" in page
    assert "the first never arrived" in trail


async def test_a_grant_needs_a_reason_and_a_spent_request(site: TestSite) -> None:
    await spend(site)
    async with site.logged_in("ada", Role.ADMIN) as client:
        await client.post(f"/ledger/{ORDER}/grant", headers=OWN)
        no_reason = (await client.get(f"/ledger/{ORDER}")).text
        await client.post("/ledger/112-0000000-0000000/grant", data={"reason": "just so"}, headers=OWN)
        not_spent = (await client.get("/ledger")).text

    assert "Say why" in no_reason
    assert "Nothing to allow" in not_spent


async def test_the_ledger_is_narrowed_by_state(site: TestSite) -> None:
    await spend(site)
    async with site.logged_in() as client:
        confirmed = (await client.get("/ledger?state=confirmed")).text
        granted = (await client.get("/ledger?state=granted")).text
        nonsense = (await client.get("/ledger?state=x")).text
    row = f'href="/ledger/{ORDER}"'
    assert (row in confirmed, row in granted, row in nonsense) == (True, False, True)
    assert "No order is in this state." in granted

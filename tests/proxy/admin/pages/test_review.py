from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from gatepost.model import MessageId, MessageState, Session
from gatepost.store.users import Role
from gatepost_policies.model import Action
from kit.messages import allowance, finding
from kit.site import OWN, TestSite

M1 = MessageId("held1")
P4 = "p4-marketing"
REASON = {"reason": "agreed with the carrier", "days": "7"}


async def state_of(site: TestSite, id: str) -> MessageState:
    return (await site.store.quarantine.show(MessageId(id))).state


async def test_opening_a_mail_shows_the_others_who_is_at_it(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in("rita") as rita, site.logged_in("anna") as anna:
        await rita.get("/mail/held1")
        page = (await anna.get("/mail/held1")).text

    assert "<b>rita</b> is at this mail until 09:05 UTC" in page
    assert "anna opened it" in page
    assert "rita opened it" in page
    assert 'id="release"' not in page


async def test_an_auditor_looks_without_taking_a_turn(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in("olga", Role.AUDITOR) as client:
        await client.get("/mail/held1")
    assert await site.store.review.turns([M1]) == {}


@pytest.mark.parametrize("do", ["release", "reject"])
async def test_what_someone_else_is_at_is_not_decided(site: TestSite, do: str) -> None:
    await site.hold("held1")
    async with site.logged_in("rita") as rita, site.logged_in("anna") as anna:
        await rita.get("/mail/held1")
        one = await anna.post(f"/mail/held1/{do}", headers=OWN)
        await anna.post("/queue", data={"id": "held1", "do": do}, headers=OWN)
        page = (await anna.get("/queue")).text

    assert one.headers["location"] == "/mail/held1"
    assert "rita is at this mail until 09:05 UTC. Take it over first." in page
    assert "rita is at it: nothing was done." in page
    assert await state_of(site, "held1") is MessageState.HELD


async def test_a_mail_is_taken_over_and_then_decided(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in("rita") as rita, site.logged_in("anna") as anna:
        await rita.get("/mail/held1")
        await anna.post("/mail/held1/turn", data={"do": "take"}, headers=OWN)
        assert "<b>anna</b> is at this mail" in (await rita.get("/mail/held1")).text
        await anna.post("/mail/held1/release", headers=OWN)
    assert await state_of(site, "held1") is MessageState.RELAYED


async def test_a_mail_is_left_to_others(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in("rita") as client:
        await client.get("/mail/held1")
        await client.post("/mail/held1/turn", data={"do": "leave"}, headers=OWN)
        nonsense = await client.post("/mail/held1/turn", data={"do": "fly"}, headers=OWN)
    assert await site.store.review.turns([M1]) == {}
    assert nonsense.status_code == 400


async def test_an_open_page_keeps_its_turn_and_hears_of_others(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in("rita") as rita, site.logged_in("anna") as anna:
        await rita.get("/mail/held1")
        site.clock.pass_by(minutes=4)
        assert (await rita.get("/mail/held1/status")).json() == {"state": "held", "at_it": ""}
        site.clock.pass_by(minutes=4)
        assert (await anna.get("/mail/held1/status")).json() == {"state": "held", "at_it": "rita"}
        assert (await anna.get("/mail/nothing/status")).status_code == 404


async def test_a_finding_is_called_wrong_and_the_page_says_so(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in("rita") as client:
        form = {"rule": P4, "note": "a <b>fair</b> offer"}
        await client.post("/mail/held1/wrong", data=form, headers=OWN)
        page = (await client.get("/mail/held1")).text
        assert "<b>Called wrong</b> by rita" in page
        assert "a &lt;b&gt;fair&lt;/b&gt; offer" in page
        await client.post("/mail/held1/wrong", data={"rule": P4, "do": "right"}, headers=OWN)
        await client.post("/mail/held1/wrong", data={"rule": "no-such"}, headers=OWN)
        page = (await client.get("/mail/held1")).text

    assert "Called wrong" not in page
    assert "no-such found nothing in message held1" in page


async def test_an_exception_is_made_from_a_finding_and_ended(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in("rita") as client:
        form = {"rule": P4, "sender": "domain", "words": "yes", **REASON}
        await client.post("/mail/held1/allow", data=form, headers=OWN)
        (made,) = await site.store.allowances.known()
        page = (await client.get("/exceptions")).text
        assert "in force" in page
        await client.post(f"/exceptions/{made.id}/end", headers=OWN)
        await client.post(f"/exceptions/{made.id}/end", headers=OWN)
        page = (await client.get("/exceptions")).text

    assert (made.rule, made.sender, made.words) == (P4, "@shop.example", "20% off your next order")
    assert (made.account, made.order, made.by, made.message) == ("", "", "rita", M1)
    assert made.until - made.at == (allowance().until - allowance().at)
    assert "ended" in page
    assert "is not in force" in page


@pytest.mark.parametrize(
    ("form", "words"),
    [
        pytest.param({"rule": P4, **REASON}, "Say for what it holds", id="no scope"),
        pytest.param({"rule": P4, "sender": "address", **REASON, "days": "3650"}, "ends", id="ten years"),
        pytest.param({"rule": P4, "sender": "address", **REASON, "days": "x"}, "ends", id="no number"),
        pytest.param({"rule": P4, "sender": "address", **REASON, "reason": ""}, "Say why", id="no reason"),
        pytest.param({"rule": "other", "sender": "address", **REASON}, "found nothing", id="other rule"),
        pytest.param({"rule": P4, "account": "yes", **REASON}, "Say for what", id="no such account"),
    ],
)
async def test_an_exception_without_bounds_is_not_made(
    site: TestSite, form: dict[str, str], words: str
) -> None:
    await site.hold("held1")
    async with site.logged_in("rita") as client:
        await client.post("/mail/held1/allow", data=form, headers=OWN)
        page = (await client.get("/mail/held1")).text
    assert await site.store.allowances.known() == []
    assert words in page


@pytest.mark.parametrize(("role", "made"), [(Role.REVIEWER, 0), (Role.ADMIN, 1)])
async def test_what_is_refused_for_certain_only_an_admin_allows(
    site: TestSite, role: Role, made: int
) -> None:
    await site.hold("held1", findings=(finding(),))
    async with site.logged_in("ada", role) as client:
        page = (await client.get("/mail/held1")).text
        form = {"rule": "p1-external-link", "sender": "address", **REASON}
        await client.post("/mail/held1/allow", data=form, headers=OWN)
    assert page.count("Make an exception") == made
    assert len(await site.store.allowances.known()) == made


async def test_the_ledgers_own_rule_knows_no_exception(site: TestSite) -> None:
    repeat = finding("d4b-one-per-order", category="review-repeat", action=Action.QUARANTINE)
    await site.hold("held1", findings=(repeat,))
    async with site.logged_in("ada", Role.ADMIN) as client:
        assert "Make an exception" not in (await client.get("/mail/held1")).text


async def test_a_scope_names_account_and_order_where_there_is_one(site: TestSite) -> None:
    session = Session(peer="192.0.2.7", helo="desk", protocol="ESMTPSA", account="shop-de")
    await site.hold("held1", session=session)
    async with site.logged_in("rita") as client:
        form = {"rule": P4, "account": "yes", "order": "yes", **REASON}
        await client.post("/mail/held1/allow", data=form, headers=OWN)
    (made,) = await site.store.allowances.known()
    assert (made.account, made.order, made.sender) == ("shop-de", "112-1234567-1234567", "")


async def test_exceptions_go_on_below_a_page(site: TestSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.admin.pages.review.PAGE", 1)
    for number in (1, 2):
        await site.store.allowances.allow(replace(allowance(), id=f"x{number}", reason=f"reason {number}"))
    async with site.logged_in("rita") as client:
        first = (await client.get("/exceptions")).text
        onward = re.search(r'href="(\?after=\w+)"', first)
        assert onward
        second = (await client.get(f"/exceptions{onward[1]}")).text
    assert ("reason 2" in first, "reason 1" in first) == (True, False)
    assert ("reason 2" in second, "reason 1" in second) == (False, True)


async def test_what_people_did_stands_on_the_mails_page(site: TestSite, tmp_path: Path) -> None:
    await site.hold("held1")
    async with site.logged_in("rita") as client:
        await client.post("/mail/held1/reject", data={"note": "no offers"}, headers=OWN)
        page = (await client.get("/mail/held1")).text
    assert "<b>rita</b> rejected it" in page

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest

from gatepost.errors import InDoubt, JudgeError, Refused, TryLater
from gatepost.model import ClaimState, MessageId, MessageState, OrderId, RelayReply
from gatepost.release import ReleaseOutcome
from kit.messages import ORDER, UNREADABLE, judgement
from kit.ports import ToldJudge
from kit.site import OWN, TestSite, held, open_site, raw_of

SLY = "<img src=x onerror=alert(1)>\u202e"


async def state_of(site: TestSite, id: str) -> MessageState:
    return (await site.store.quarantine.show(MessageId(id))).state


async def test_the_most_urgent_comes_first(site: TestSite) -> None:
    now = site.clock.now()
    for id, hours in (("later", 20), ("first", 1), ("second", 5)):
        await site.hold(id, deadline_at=now + timedelta(hours=hours), fingerprint=id)
    async with site.logged_in() as client:
        page = (await client.get("/queue")).text

    assert re.findall(r'href="/mail/(\w+)"', page) == ["first", "second", "later"]
    assert "1 h 0 min left" in page


async def test_a_row_tells_who_what_and_why(site: TestSite) -> None:
    await site.hold("held1", subject="Your parcel")
    async with site.logged_in() as client:
        page = (await client.get("/queue")).text

    for words in ("Your parcel", "help@shop.example", "abcdefghij12345@marketplace", ORDER, "p4-marketing"):
        assert words in page


async def test_hostile_fields_are_only_words(site: TestSite) -> None:
    await site.hold(
        "held1", subject=SLY, sender=f"{SLY}@x.example", buyers=(SLY,), order_ids=(OrderId("<b>"),)
    )
    async with site.logged_in() as client:
        pages = [
            (await client.get(path)).text for path in ("/queue", "/mail/held1", "/decisions", "/ledger/112")
        ]

    assert all("<img src=x" not in page and "\u202e" not in page and "<b>\n" not in page for page in pages)
    assert "⟨U+202E⟩" in pages[0]


async def test_a_released_mail_goes_to_the_relay_as_it_came(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        response = await client.post("/mail/held1/release", headers=OWN)
        page = (await client.get(response.headers["location"])).text

    assert [message.raw for message in site.upstream.sent] == [raw_of("held1")]
    assert await state_of(site, "held1") is MessageState.RELAYED
    assert "Released: the relay has it. It said: “250 Ok: queued as 1A2B”." in page


async def test_of_two_reviewers_one_releases_and_the_other_is_told(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as one, site.logged_in("otto") as other:
        await asyncio.gather(*(c.post("/mail/held1/release", headers=OWN) for c in (one, other)))
        pages = (await one.get("/queue")).text + (await other.get("/queue")).text

    assert len(site.upstream.sent) == 1
    assert pages.count("Someone else was first") == 1


@pytest.mark.parametrize(
    ("error", "words", "state"),
    [
        (TryLater("down"), "it goes out later", MessageState.SPOOLED),
        (Refused(RelayReply(550, "5.1.1", "no such user")), "the relay refused it", MessageState.BOUNCED),
        (InDoubt("lost"), "in doubt", MessageState.IN_DOUBT),
    ],
    ids=["down", "refuses", "lost"],
)
async def test_what_the_relay_said_is_told(
    site: TestSite, error: Exception, words: str, state: MessageState
) -> None:
    site.upstream.says = [error]
    await site.hold("held1")
    async with site.logged_in() as client:
        await client.post("/mail/held1/release", headers=OWN)
        page = (await client.get("/queue")).text

    assert words in page
    assert await state_of(site, "held1") is state


async def test_a_second_review_request_is_not_released(site: TestSite) -> None:
    first = held("first", site.clock.now(), state=MessageState.ATTEMPTING, asks_review=True, fingerprint="1")
    await site.keep(first, raw_of("first"), claims=[OrderId(ORDER)])
    await site.hold("held1", asks_review=True)
    async with site.logged_in() as client:
        await client.post("/mail/held1/release", headers=OWN)
        page = (await client.get("/queue")).text

    assert f"Still held: the order {ORDER} was already asked for a review on 2026-11-23 (D4b)." in page
    assert site.upstream.sent == []


async def test_a_rejected_mail_keeps_the_note(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        await client.post("/mail/held1/reject", data={"note": "No offers, please."}, headers=OWN)
        page = (await client.get("/mail/held1")).text

    assert await state_of(site, "held1") is MessageState.REJECTED
    assert "No offers, please." in page
    assert all(message.id != "held1" for message in site.upstream.sent)


async def test_a_decision_leads_on_to_the_next_mail(site: TestSite) -> None:
    await site.hold("held1", fingerprint="1")
    await site.hold("held2", fingerprint="2")
    async with site.logged_in() as client:
        page = (await client.get("/mail/held1")).text
        onward = await client.post("/mail/held1/release", data={"then": "held2"}, headers=OWN)
        nowhere = await client.post("/mail/held2/release", data={"then": "//evil.example"}, headers=OWN)

    assert '<a class="button" id="next" href="/mail/held2">' in page
    assert onward.headers["location"] == "/mail/held2"
    assert nowhere.headers["location"] == "/queue"


async def test_several_are_released_at_once(site: TestSite) -> None:
    for id in ("a1", "a2", "a3"):
        await site.hold(id, fingerprint=id)
    async with site.logged_in() as client:
        form = {"do": "release", "id": ["a1", "a3", "a3", "gone", "../x"]}
        await client.post("/queue", data=form, headers=OWN)
        page = (await client.get("/queue")).text

    assert sorted(message.id for message in site.upstream.sent) == ["a1", "a3"]
    assert "2 mails: Released" in page
    assert await state_of(site, "a2") is MessageState.HELD


async def test_several_are_rejected_at_once(site: TestSite) -> None:
    for id in ("a1", "a2"):
        await site.hold(id, fingerprint=id)
    async with site.logged_in() as client:
        await client.post("/queue", data={"do": "reject", "id": ["a1", "a2"], "note": "no"}, headers=OWN)
        page = (await client.get("/queue")).text

    assert "2 mails: Rejected." in page
    assert "Nothing waits for you." in page


async def test_nothing_selected_changes_nothing(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        await client.post("/queue", data={"do": "release"}, headers=OWN)
        page = (await client.get("/queue")).text
        unknown = await client.post("/queue", data={"do": "burn", "id": "held1"}, headers=OWN)

    assert "Nothing was selected." in page
    assert unknown.status_code == 400
    assert await state_of(site, "held1") is MessageState.HELD


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("q=parcel", {"b"}),
        ("q=PARCEL", {"b"}),
        ("q=other@shop.example", {"c"}),
        (f"q={ORDER}", {"a", "b"}),
        ("rule=p4-marketing", {"a", "b", "c"}),
        ("rule=other", set()),
        ("clause=P4", {"a", "b", "c"}),
        ("q=%25", set()),
        ("q=_", set()),
        ("q=' OR 1=1--", set()),
        ("q=%00", {"a", "b", "c"}),
        ("q=" + "x" * 5_000, set()),
    ],
)
async def test_filters_find_what_they_say_and_no_more(site: TestSite, query: str, seen: set[str]) -> None:
    await site.hold("a", fingerprint="a")
    await site.hold("b", fingerprint="b", subject="Your parcel")
    await site.hold(
        "c", fingerprint="c", sender="other@shop.example", order_ids=(OrderId("113-7654321-7654321"),)
    )
    async with site.logged_in() as client:
        response = await client.get(f"/queue?{query}")

    assert set(re.findall(r'href="/mail/(\w+)"', response.text)) == seen


async def test_a_long_queue_has_pages(site: TestSite) -> None:
    for number in range(53):
        await site.hold(f"m{number:02}", fingerprint=str(number))
    async with site.logged_in() as client:
        pages = [(await client.get(f"/queue?page={number}")).text for number in (1, 2)]

    assert [page.count("data-row") for page in pages] == [50, 3]
    assert 'rel="next" href="?page=2"' in pages[0]


async def test_a_reader_gets_no_buttons(site: TestSite) -> None:
    from gatepost.store.users import Role

    await site.hold("held1")
    async with site.logged_in("otto", Role.AUDITOR) as client:
        pages = (await client.get("/queue")).text + (await client.get("/mail/held1")).text

    assert "Release" not in pages
    assert 'type="checkbox"' not in pages


async def test_a_page_does_not_wait_for_ever_and_the_release_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gatepost.admin.pages import queue
    from gatepost.release import Released

    let_go = asyncio.Event()

    async def slow(id: MessageId, *, by: str, asks: object = None) -> ReleaseOutcome:
        await let_go.wait()
        return ReleaseOutcome(id, Released.SENT)

    monkeypatch.setattr(queue, "DECIDE_SECONDS", 0.01)
    async with open_site(tmp_path, release=slow) as site, site.logged_in() as client:
        await client.post("/mail/held1/release", headers=OWN)
        page = (await client.get("/queue")).text
        going_on = len(site.tasks)
        let_go.set()

    assert "the release goes on" in page
    assert going_on == 1


async def test_the_claim_of_a_released_request_is_confirmed(site: TestSite) -> None:
    await site.hold("held1", asks_review=True)
    async with site.logged_in() as client:
        await client.post("/mail/held1/release", headers=OWN)

    claim = await site.store.ledger.find(OrderId(ORDER))
    assert claim is not None
    assert claim.state is ClaimState.CONFIRMED


TOO_MUCH = ToldJudge(JudgeError("judging took longer than 60 s"))


async def hold_unjudged(site: TestSite) -> None:
    await site.hold("held1", digest="", edition="", order_ids=(), findings=(UNREADABLE,))


async def test_a_mail_held_unjudged_claims_its_orders_when_it_is_released(tmp_path: Path) -> None:
    asks = ToldJudge(judgement(asks_review=True))
    async with open_site(tmp_path, judge=asks) as site, site.logged_in() as client:
        await hold_unjudged(site)
        await client.post("/mail/held1/release", headers=OWN)
        claims = await site.store.ledger.list()

    assert [(claim.order, claim.state) for claim in claims] == [(ORDER, ClaimState.CONFIRMED)]


async def test_what_can_not_be_judged_asks_for_the_reviewers_word(tmp_path: Path) -> None:
    async with open_site(tmp_path, judge=TOO_MUCH) as site, site.logged_in() as client:
        await hold_unjudged(site)
        response = await client.post("/mail/held1/release", headers=OWN)
        page = (await client.get(response.headers["location"])).text
        assert await state_of(site, "held1") is MessageState.HELD

    assert response.headers["location"] == "/mail/held1"
    assert "could not be judged (judging took longer than 60 s)" in page
    assert "It asks a review for these orders" in page


@pytest.mark.parametrize(
    ("form", "claimed", "recorded"),
    [({"orders": ORDER}, [ORDER], ORDER), ({"asks_none": "yes"}, [], "none")],
    ids=["an order", "none"],
)
async def test_the_reviewers_word_is_claimed_and_recorded(
    tmp_path: Path, form: dict[str, str], claimed: list[str], recorded: str
) -> None:
    async with open_site(tmp_path, judge=TOO_MUCH) as site, site.logged_in() as client:
        await hold_unjudged(site)
        await client.post("/mail/held1/release", data=form, headers=OWN)
        assert await state_of(site, "held1") is MessageState.RELAYED
        assert [claim.order for claim in await site.store.ledger.list()] == claimed
        taken = next(deed for deed in await site.store.audit.list() if deed.what == "message.taken")

    assert taken.details["asks-review-for"] == recorded


@pytest.mark.parametrize("form", [{"orders": "112"}, {"orders": ORDER, "asks_none": "yes"}])
async def test_an_unclear_word_releases_nothing(tmp_path: Path, form: dict[str, str]) -> None:
    async with open_site(tmp_path, judge=TOO_MUCH) as site, site.logged_in() as client:
        await hold_unjudged(site)
        response = await client.post("/mail/held1/release", data=form, headers=OWN)
        assert response.headers["location"] == "/mail/held1"
        assert await state_of(site, "held1") is MessageState.HELD

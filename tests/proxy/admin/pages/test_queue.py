from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from pathlib import Path

import pytest

from gatepost.errors import InDoubt, JudgeError, Refused, TryLater
from gatepost.model import (
    ClaimState,
    Envelope,
    MessageId,
    MessageState,
    OrderId,
    Recipient,
    RelayReply,
    Session,
)
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
        asked = (await client.post("/queue", data=form, headers=OWN)).text
        assert "Release 2 mails?" in asked
        assert site.upstream.sent == []
        await client.post("/queue", data={**form, "confirmed": "yes"}, headers=OWN)
        page = (await client.get("/queue")).text

    assert sorted(message.id for message in site.upstream.sent) == ["a1", "a3"]
    assert "2 mails: Released" in page
    assert await state_of(site, "a2") is MessageState.HELD


async def test_several_are_rejected_at_once(site: TestSite) -> None:
    for id in ("a1", "a2"):
        await site.hold(id, fingerprint=id)
    async with site.logged_in() as client:
        form = {"do": "reject", "id": ["a1", "a2"], "note": "no <b>offers</b>"}
        asked = (await client.post("/queue", data=form, headers=OWN)).text
        assert "Reject 2 mails?" in asked
        assert 'value="no &lt;b&gt;offers&lt;/b&gt;"' in asked
        await client.post("/queue", data={**form, "confirmed": "yes"}, headers=OWN)
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
        (f"q={ORDER}", {"a", "b", "c"}),  # one names it in its subject only
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
        first = (await client.get("/queue?rule=p4-marketing")).text
        onward = re.search(r'rel="next" href="([^"]+)"', first)
        assert onward
        second = (await client.get(f"/queue{onward[1].replace('&amp;', '&')}")).text

    assert [page.count('data-row="') for page in (first, second)] == [50, 3]
    assert "rule=p4-marketing" in onward[1]
    assert 'rel="next"' not in second
    assert 'href="/queue?rule=p4-marketing">Most urgent' in second


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
    from gatepost.admin import deciding
    from gatepost.release import Released

    let_go = asyncio.Event()

    async def slow(id: MessageId, *, by: str, asks: object = None) -> ReleaseOutcome:
        await let_go.wait()
        return ReleaseOutcome(id, Released.SENT)

    monkeypatch.setattr(deciding, "DECIDE_SECONDS", 0.01)
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


async def test_the_queue_is_searched_by_what_mails_say(site: TestSite) -> None:
    await site.hold("a", fingerprint="a", words="Grüße aus dem Lager")
    await site.hold("b", fingerprint="b", words="Thank you")
    async with site.logged_in() as client:
        page = (await client.get("/queue", params={"q": "lager GRÜSSE"})).text
    assert re.findall(r'href="/mail/(\w+)"', page) == ["a"]


async def test_filters_narrow_by_origin_language_age_and_time_left(site: TestSite) -> None:
    session = Session(peer="192.0.2.7", helo="desk", protocol="ESMTPSA", account="shop-de")
    now = site.clock.now()
    old = now - timedelta(hours=23)
    await site.hold("a", fingerprint="a", session=session, language="de", received_at=old)
    await site.hold("b", fingerprint="b", deadline_at=now - timedelta(hours=1))
    await site.hold("c", fingerprint="c", deadline_at=now + timedelta(hours=30))
    asked = {
        "account=shop-de": {"a"},
        "marketplace=ATVPDKIKX0DER": {"a", "b", "c"},
        "marketplace=A1PA6795UKMFR9": set(),
        "language=de": {"a"},
        "sender=help%40shop": {"a", "b", "c"},
        "age=12": {"a"},
        "age=nonsense": {"a", "b", "c"},
        "due=over": {"b"},
        "due=urgent": {"b"},
        "due=nonsense": {"a", "b", "c"},
        "account=shop-de&language=en": set(),
    }
    async with site.logged_in() as client:
        for query, seen in asked.items():
            page = (await client.get(f"/queue?{query}")).text
            assert (query, set(re.findall(r'href="/mail/(\w+)"', page))) == (query, seen)


async def test_what_there_is_to_choose_is_counted(site: TestSite) -> None:
    await site.hold("a", fingerprint="a", language="de")
    await site.hold("b", fingerprint="b", language="de")
    async with site.logged_in() as client:
        page = (await client.get("/queue?language=de")).text
        await site.hold("c", fingerprint="c", language="fr")
        soon = (await client.get("/queue")).text
        site.clock.pass_by(seconds=11)
        later = (await client.get("/queue")).text
    assert '<option value="de" selected>de (2)</option>' in page
    assert '<option value="p4-marketing">p4-marketing (2)</option>' in page
    assert ("fr (1)" in soon, "fr (1)" in later) == (False, True)


async def test_what_presses_is_said_in_words(site: TestSite) -> None:
    now = site.clock.now()
    for id, hours in (("a", -1), ("b", 1), ("c", 1.5), ("d", 5), ("e", 20)):
        await site.hold(id, fingerprint=id, deadline_at=now + timedelta(hours=hours))
    async with site.logged_in() as client:
        page = " ".join((await client.get("/queue")).text.split())
    for words in (
        "<b>1</b> past the 24 hours",
        "<b>2</b> due within 2 hours",
        "<b>1</b> due within 6 hours",
    ):
        assert words in page


async def test_an_open_queue_hears_of_changes_only(site: TestSite) -> None:
    await site.hold("a", fingerprint="a")
    async with site.logged_in() as client:
        page = (await client.get("/queue")).text
        digest = re.search(r'data-digest="(\w+)"', page)
        assert digest
        unchanged = await client.get("/queue/live", params={"digest": digest[1]})
        await site.hold("b", fingerprint="b")
        changed = await client.get("/queue/live", params={"digest": digest[1]})
    assert (unchanged.status_code, unchanged.content) == (204, b"")
    assert changed.json()["total"] == 2
    assert changed.json()["html"].count("data-row=") == 2
    assert changed.json()["due"] == {"over": 0, "urgent": 0, "soon": 0}


async def test_the_queue_shows_who_is_at_what_and_who_has_seen_it(site: TestSite) -> None:
    await site.hold("a", fingerprint="a")
    await site.hold("b", fingerprint="b")
    async with site.logged_in("rita") as rita, site.logged_in("anna") as anna:
        await rita.get("/mail/a")
        await rita.get("/mail/b")
        page = (await anna.get("/queue")).text
        own = (await rita.get("/queue/live")).json()["html"]
        after = (await rita.get("/queue")).text
    assert "rita is at it" in page
    assert "seen by rita" in page
    assert "You are at it" in own
    assert "at it</span>" not in after


async def test_a_confirmation_leaves_out_what_is_gone(site: TestSite) -> None:
    await site.hold("a", fingerprint="a")
    async with site.logged_in() as client:
        some = await client.post("/queue", data={"do": "release", "id": ["a", "gone"]}, headers=OWN)
        none = await client.post("/queue", data={"do": "release", "id": ["x", "gone"]}, headers=OWN)
    assert "Release 1 mail?" in some.text
    assert "None of them is held any more." in none.text


async def test_an_open_page_alone_does_not_keep_a_session(site: TestSite) -> None:
    await site.hold("a", fingerprint="a")
    async with site.logged_in() as client:
        asked = []
        for _ in range(4):
            site.clock.pass_by(minutes=20)
            live, status = await client.get("/queue/live"), await client.get("/mail/a/status")
            asked.append((live.status_code, status.status_code))
    assert asked == [(200, 200), (200, 200), (200, 200), (303, 303)]


async def test_a_mail_that_arrived_is_shown_as_one(site: TestSite) -> None:
    session = Session("192.0.2.7", "mail.example", "ESMTP", inbound=True)
    envelope = Envelope("x@bounces.example", (Recipient("desk@shop.example"),))
    await site.hold("in1", session=session, envelope=envelope, sender="help@amazon-help.example", buyers=())
    async with site.logged_in() as client:
        page = (await client.get("/queue")).text
    assert "arrived: help@amazon-help.example → desk@shop.example" in page

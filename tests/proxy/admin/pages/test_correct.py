from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from gatepost.admin.rewriting import draft_of
from gatepost.errors import JudgeError
from gatepost.model import ClaimState, Judgement, Message, MessageId, MessageState
from gatepost_policies.facts import read
from gatepost_policies.model import Action, Finding
from kit.messages import ORDER, finding, judgement
from kit.ports import ToldJudge
from kit.site import OWN, TestSite, held, open_site, raw_of, told

BETTER = {"subject": f"Order {ORDER}", "text": "Thank you for your order."}
OFFER = finding("p4-marketing", category="marketing", clause="P4", action=Action.QUARANTINE)


@asynccontextmanager
async def reviewing(
    folder: Path, judged: Judgement | Exception | None = None
) -> AsyncIterator[tuple[TestSite, httpx.AsyncClient]]:
    """A site with a held mail, and a reviewer in it."""
    judge = ToldJudge(judged or judgement())
    async with open_site(folder, judge=judge) as site, site.logged_in("rita") as client:
        await site.hold("held1")
        yield site, client


async def send(client: httpx.AsyncClient, **more: str) -> httpx.Response:
    return await client.post("/mail/held1/correct", data={**BETTER, "do": "send", **more}, headers=OWN)


async def state_of(site: TestSite) -> MessageState:
    return (await site.store.quarantine.show(MessageId("held1"))).state


async def test_the_form_holds_the_text_of_the_mail(tmp_path: Path) -> None:
    async with reviewing(tmp_path) as (_, client):
        page = (await client.get("/mail/held1/correct")).text
    assert "20% off your next order if you come back." in page
    assert "Both versions are kept." in page


async def test_a_corrected_mail_goes_out_and_both_versions_are_there(tmp_path: Path) -> None:
    async with reviewing(tmp_path) as (site, client):
        response = await send(client)
        (sent,) = site.upstream.sent
        page = (await client.get("/mail/held1")).text
        original = await client.get("/mail/held1/versions/1/original")
        corrected = await client.get("/mail/held1/versions/1/corrected")
        other = await client.get("/mail/held1/versions/1/third")
        both = (await client.get("/mail/held1/versions/1")).text
        none = await client.get("/mail/held1/versions/2")
        assert await state_of(site) is MessageState.RELAYED

    assert response.headers["location"] == "/queue"
    assert b"20% off" not in sent.raw
    assert b"Thank you for your order." in sent.raw
    assert (original.content, corrected.content) == (raw_of("held1"), sent.raw)
    assert "attachment" in original.headers["content-disposition"]
    assert (other.status_code, none.status_code) == (404, 404)
    assert "Thank you for your order.<del> 20% off your next order if you come back.</del>" in both
    assert "Corrected by rita" in page


async def test_a_check_sends_nothing_and_keeps_what_was_typed(tmp_path: Path) -> None:
    async with reviewing(tmp_path, judgement(OFFER)) as (site, client):
        form = {**BETTER, "text": "<script>alert(1)</script>\nGrüße", "do": "check"}
        page = (await client.post("/mail/held1/correct", data=form, headers=OWN)).text
        assert await state_of(site) is MessageState.HELD
    assert "It would be held again." in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\nGrüße</textarea>" in page
    assert site.upstream.sent == []


@pytest.mark.parametrize(
    ("action", "although", "state"),
    [
        (Action.REJECT, "yes", MessageState.HELD),
        (Action.QUARANTINE, "", MessageState.HELD),
        (Action.QUARANTINE, "yes", MessageState.RELAYED),
    ],
)
async def test_what_is_found_in_the_correction_holds_it(
    tmp_path: Path, action: Action, although: str, state: MessageState
) -> None:
    async with reviewing(tmp_path, judgement(finding(action=action))) as (site, client):
        response = await send(client, although=although)
        assert await state_of(site) is state
    assert response.status_code == (422 if state is MessageState.HELD else 303)
    if action is Action.REJECT:
        assert "it can not go out like this" in response.text
        assert "Release it although" not in response.text


async def test_a_corrected_review_request_is_in_the_ledger(tmp_path: Path) -> None:
    async with reviewing(tmp_path, judgement(asks_review=True)) as (site, client):
        await send(client)
        (claim,) = await site.store.ledger.list()
    assert (claim.order, claim.state) == (ORDER, ClaimState.CONFIRMED)


async def test_a_correction_that_can_not_be_judged_stays(tmp_path: Path) -> None:
    async with reviewing(tmp_path, JudgeError("too much")) as (site, client):
        response = await send(client)
        assert await state_of(site) is MessageState.HELD
    assert response.status_code == 503
    assert "It could not be judged" in response.text


async def test_what_someone_else_is_at_is_not_corrected(tmp_path: Path) -> None:
    async with reviewing(tmp_path) as (site, client), site.logged_in("anna") as anna:
        await anna.get("/mail/held1")
        page = (await send(client)).text
        assert await state_of(site) is MessageState.HELD
    assert "anna is at this mail" in page
    assert "Thank you for your order." in page


async def test_only_held_mail_is_corrected(tmp_path: Path) -> None:
    async with reviewing(tmp_path) as (_, client):
        await send(client)
        assert (await client.get("/mail/held1/correct")).status_code == 404
        assert (await send(client)).status_code == 404
        bad = await client.post("/mail/held1/correct", data={**BETTER, "do": "fly"}, headers=OWN)
    assert bad.status_code == 404


class ByText:
    """A judge that finds `found` as long as the mail says "offer"."""

    def __init__(self, *found: Finding) -> None:
        self.found: Sequence[Finding] = found

    async def judge(self, message: Message) -> Judgement:
        return judgement(*(self.found if b"offer" in message.raw else ()))


async def test_the_words_as_changed_are_what_is_judged(tmp_path: Path) -> None:
    judge = ByText(OFFER)
    async with open_site(tmp_path, judge=judge) as site, site.logged_in("rita") as client:
        await site.hold("held1")
        assert (await send(client, text="A fine offer")).status_code == 422
        assert (await send(client, text="A fine day")).status_code == 303
        entry = await site.store.quarantine.show(MessageId("held1"))
    assert (entry.state, entry.findings) == (MessageState.RELAYED, ())


PAGE = "<p>Thank you for your order. <b>20% off</b> if you come back.</p>"
BOTH = (
    f"From: shop@shop.example\r\nSubject: Order {ORDER}\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n"
    "Thank you for your order. 20% off if you come back.\r\n"
    f"--b\r\nContent-Type: text/html\r\n\r\n{PAGE}\r\n--b--\r\n"
)


@asynccontextmanager
async def with_layout(folder: Path) -> AsyncIterator[tuple[TestSite, httpx.AsyncClient]]:
    """A site with a held mail that has text and HTML."""
    async with open_site(folder, judge=told()) as site, site.logged_in("rita") as client:
        await site.keep(held("held1", site.clock.now()), BOTH.encode())
        yield site, client


@pytest.mark.parametrize(
    ("layout", "page"),
    [
        ("follow", "<p>Thank you for your order. <b> </b>    </p>"),
        ("edit", "<p><i>Thanks</i></p>"),
        ("none", ""),
    ],
)
async def test_a_mail_with_a_layout_goes_out_with_it_as_was_chosen(
    tmp_path: Path, layout: str, page: str
) -> None:
    async with with_layout(tmp_path) as (site, client):
        await send(client, layout=layout, html="<p><i>Thanks</i></p>")
        versions = (await client.get("/mail/held1/versions/1")).text
        (sent,) = site.upstream.sent
    draft = draft_of(sent.raw, read(sent.raw).mail)

    assert (draft.text.strip(), draft.html.strip()) == ("Thank you for your order.", page)
    assert b"20% off" not in sent.raw
    assert ("text/html" in sent.raw.decode()) is bool(page)
    assert '<section aria-label="HTML">' in versions


async def test_what_goes_out_is_shown_before_with_its_layout_and_its_source(tmp_path: Path) -> None:
    async with with_layout(tmp_path) as (site, client):
        form = {**BETTER, "text": "Thank you. 20% off your order. <u>", "layout": "follow"}
        page = (await client.post("/mail/held1/correct", data={**form, "do": "check"}, headers=OWN)).text
        shown = await client.post("/mail/held1/correct", data={**form, "do": "layout"}, headers=OWN)
        assert await state_of(site) is MessageState.HELD

    assert "multipart/alternative" in page
    assert "&lt;u&gt;" in shown.text
    assert "sandbox" in shown.headers["content-security-policy"]
    assert site.upstream.sent == []


async def test_a_change_that_the_layout_can_not_follow_is_said(tmp_path: Path) -> None:
    async with with_layout(tmp_path) as (site, client):
        await site.keep(
            held("held2", site.clock.now(), fingerprint="2"),
            BOTH.replace("<b>20% off</b>", "<b>x</b>").encode(),
        )
        form = {**BETTER, "layout": "follow", "do": "check"}
        page = (await client.post("/mail/held2/correct", data=form, headers=OWN)).text

    assert "could not be carried into the layout" in page
    assert "&lt;p&gt;Thank you for your order.&lt;/p&gt;" in page


async def test_script_in_an_edited_layout_is_shown_harmless(tmp_path: Path) -> None:
    async with with_layout(tmp_path) as (_, client):
        form = {
            **BETTER,
            "layout": "edit",
            "html": "</textarea><script>alert(1)</script><p>Hi",
            "do": "layout",
        }
        shown = await client.post("/mail/held1/correct", data=form, headers=OWN)
        page = await client.post("/mail/held1/correct", data={**form, "do": "check"}, headers=OWN)

    assert "<script" not in shown.text
    assert "<script>alert" not in page.text


async def test_who_corrects_a_mail_has_it_and_who_comes_second_is_told(tmp_path: Path) -> None:
    async with reviewing(tmp_path) as (site, client), site.logged_in("anna") as anna:
        await client.get("/mail/held1/correct")
        turns = await site.store.review.turns([MessageId("held1")])
        second = (await anna.get("/mail/held1/correct")).text

    assert [turn.by for turn in turns.values()] == ["rita"]
    assert "rita is at this mail" in second
    assert 'data-status="/mail/held1/status"' in second

from __future__ import annotations

import pytest

from gatepost.admin.guard import MAIL_POLICY
from gatepost.model import Answer, AnswerKind, ClaimState, MessageId, MessageState, OrderId
from gatepost.ports import Settled
from kit.messages import ORDER
from kit.site import OWN, TestSite, held, raw_of


async def in_doubt(site: TestSite) -> None:
    entry = held("doubt", site.clock.now(), state=MessageState.ATTEMPTING, asks_review=True)
    await site.keep(entry, raw_of("doubt"), claims=[OrderId(ORDER)])
    await site.store.journal.mark_sending(entry.id)
    settled = Settled(MessageState.IN_DOUBT, Answer(AnswerKind.IN_DOUBT, entry.id), error="connection lost")
    await site.store.journal.settle(entry.id, settled, raw=raw_of("doubt"))


async def test_a_mail_shows_its_words_marked_and_why(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        page = (await client.get("/mail/held1")).text

    assert '<mark class="quarantine" id="words-1" tabindex="-1">20% off your next order<sup>' in page
    for words in ("No marketing", "Clause P4", "To mend it:", "Take the link out.", "amazon-2018-10"):
        assert words in page


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("words", "Thank you for your order."),
        ("headers", "Message-ID"),
        ("source", "MIME-Version: 1.0"),
        ("layout", "Thank you for your order."),  # a mail without HTML has no layout
        ("nonsense", "Thank you for your order."),
    ],
)
async def test_views(site: TestSite, view: str, words: str) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        assert words in (await client.get(f"/mail/held1?view={view}")).text


async def test_html_is_shown_only_in_a_frame_that_can_do_nothing(site: TestSite) -> None:
    html = "<p>Hi</p><script>alert(1)</script>"
    await site.hold("held1", html=html)
    async with site.logged_in() as client:
        page = (await client.get("/mail/held1?view=layout")).text
        frame = await client.get("/mail/held1/html/0")

    assert '<iframe class="layout" sandbox="" referrerpolicy="no-referrer" src="/mail/held1/html/0"' in page
    assert "<p>Hi</p>" not in page
    assert frame.headers["content-security-policy"] == MAIL_POLICY
    assert frame.headers["x-frame-options"] == "SAMEORIGIN"
    assert "<script" not in frame.text


async def test_a_file_is_only_ever_a_download(site: TestSite) -> None:
    raw = (
        b"Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        b'--b\r\nContent-Type: text/html\r\nContent-Disposition: attachment; filename="a.html"\r\n\r\n'
        b"<script>alert(1)</script>\r\n--b--\r\n"
    )
    await site.keep(held("held1", site.clock.now()), raw)
    async with site.logged_in() as client:
        page = (await client.get("/mail/held1")).text
        file = await client.get("/mail/held1/file/0")
        none = await client.get("/mail/held1/file/1")

    assert 'href="/mail/held1/file/0" download' in page
    assert file.headers["content-type"] == "application/octet-stream"
    assert file.headers["content-disposition"] == 'attachment; filename="a.html"'
    assert file.headers["x-content-type-options"] == "nosniff"
    assert none.status_code == 404


async def test_the_download_is_the_mail_byte_for_byte(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        response = await client.get("/mail/held1/download")

    assert response.content == raw_of("held1")
    assert response.headers["content-disposition"] == 'attachment; filename="held1.eml"'


async def test_a_refused_mail_is_explained_without_its_bytes(site: TestSite) -> None:
    entry = held(
        "no1",
        site.clock.now(),
        state=MessageState.REFUSED,
        has_raw=False,
        answer=Answer(AnswerKind.REFUSED, MessageId("no1")),
    )
    await site.keep(entry, None)
    async with site.logged_in() as client:
        page = (await client.get("/mail/no1")).text
        download = await client.get("/mail/no1/download")

    assert "Refused: the sender was told what to change." in page
    assert "20% off your next order" in page
    assert "isn't kept" in page
    assert download.status_code == 404


@pytest.mark.parametrize(
    ("word", "state", "claim"),
    [
        ("yes", MessageState.RELAYED, ClaimState.CONFIRMED),
        ("no", MessageState.SPOOLED, ClaimState.IN_DOUBT),  # still its own
    ],
)
async def test_a_doubt_is_settled_by_a_person(
    site: TestSite, word: str, state: MessageState, claim: ClaimState
) -> None:
    await in_doubt(site)
    async with site.logged_in() as client:
        before = (await client.get("/mail/doubt")).text
        await client.post("/mail/doubt/settle", data={"delivered": word}, headers=OWN)
        after = (await client.get("/mail/doubt")).text

    found = await site.store.ledger.find(OrderId(ORDER))
    assert "nobody knows whether this mail went out" in before
    assert "Settled" in after
    assert (await site.store.quarantine.show(MessageId("doubt"))).state is state
    assert found is not None
    assert found.state is claim


async def test_a_doubt_is_settled_once(site: TestSite) -> None:
    await in_doubt(site)
    async with site.logged_in() as client:
        for word in ("yes", "no"):
            await client.post("/mail/doubt/settle", data={"delivered": word}, headers=OWN)
        page = (await client.get("/mail/doubt")).text
        nonsense = await client.post("/mail/doubt/settle", data={"delivered": "maybe"}, headers=OWN)

    assert "Someone else was first" in page
    assert nonsense.status_code == 400
    assert (await site.store.quarantine.show(MessageId("doubt"))).state is MessageState.RELAYED


async def test_outgoing_shows_what_is_in_doubt(site: TestSite) -> None:
    await in_doubt(site)
    async with site.logged_in() as client:
        page = (await client.get("/outgoing")).text

    assert "a person must settle it" in page
    assert "connection lost" in page

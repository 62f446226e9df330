from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gatepost.config.schema import Policy, Vision
from gatepost.errors import JudgeError
from gatepost.model import Allowance
from gatepost.ports import Judge
from gatepost.store.users import Role
from gatepost.vision.eyes import Eyes
from gatepost.worker import Judging, Rulebooks, Sources
from gatepost.worker.child import Child
from kit.messages import finding
from kit.ports import ToldJudge
from kit.site import OWN, TestSite, open_site, raw_of, told

FOUND = replace(finding(evidence="visit shop.example"), start=7, end=25)


async def test_a_pasted_draft_gets_its_verdict_with_the_words_marked(tmp_path: Path) -> None:
    async with open_site(tmp_path, judge=told(FOUND)) as site, site.logged_in("agnes", Role.AGENT) as client:
        form = {"subject": "Order", "text": "Please visit shop.example now.", "kind": "text"}
        page = (await client.post("/check", data=form, headers=OWN)).text

    assert "It would be refused." in page
    assert '<mark class="reject" id="words-1" tabindex="-1">visit shop.example<sup>' in page
    assert "Please visit shop.example now.</textarea>" in page
    assert site.upstream.sent == []


async def test_an_uploaded_mail_is_judged_as_it_is(tmp_path: Path) -> None:
    async with open_site(tmp_path, judge=told()) as site, site.logged_in() as client:
        files = {"file": ("a.eml", raw_of("a", body="From a file.\n"), "message/rfc822")}
        page = (await client.post("/check", files=files, headers=OWN)).text

    assert "It would go out." in page
    assert "From a file." in page
    assert "judged as if one were" not in page  # it goes to a buyer


async def test_a_draft_to_nobody_is_judged_as_if_to_a_buyer(tmp_path: Path) -> None:
    async with open_site(tmp_path, judge=told()) as site, site.logged_in() as client:
        files = {"file": ("a.eml", b"Subject: x\n\nhello\n", "message/rfc822")}
        page = (await client.post("/check", files=files, headers=OWN)).text

    assert "judged as if one were" in page


async def test_an_empty_draft_is_asked_for(site: TestSite) -> None:
    async with site.logged_in() as client:
        response = await client.post("/check", data={"text": "  "}, headers=OWN)

    assert response.status_code == 422
    assert "Paste a draft" in response.text


async def test_a_draft_larger_than_a_mail_is_refused(site: TestSite) -> None:
    async with site.logged_in() as client:
        form = {"text": "x" * 999_990}
        too_long = await client.post("/check", data=form, headers=OWN)
        far_too_long = await client.post("/check", data={"text": "x" * 2_000_000}, headers=OWN)

    assert (too_long.status_code, far_too_long.status_code) == (413, 413)


async def test_a_judge_that_fails_is_told(tmp_path: Path) -> None:
    judge = ToldJudge(JudgeError("out of time"))
    async with open_site(tmp_path, judge=judge) as site, site.logged_in() as client:
        response = await client.post("/check", data={"text": "hello"}, headers=OWN)

    assert response.status_code == 503
    assert "It could not be judged: out of time." in response.text


async def test_a_hostile_draft_is_only_words(site: TestSite) -> None:
    sly = "</textarea><script>alert(1)</script>"
    async with site.logged_in() as client:
        page = (await client.post("/check", data={"text": sly, "subject": '"><script>'}, headers=OWN)).text

    assert "<script>" not in page


@pytest.mark.parametrize(
    ("name", "content", "seen"),
    [
        ("draft.txt", "Grüße aus dem Laden".encode(), "Grüße aus dem Laden"),
        ("draft.TXT", "Grüße aus dem Laden".encode("latin-1"), "Grüße aus dem Laden"),
        ("page.html", b"<p>Thank <b>you</b></p>", "Thank you"),
    ],
)
async def test_a_text_or_a_page_is_judged_as_a_mail_that_says_it(
    tmp_path: Path, name: str, content: bytes, seen: str
) -> None:
    async with open_site(tmp_path, judge=told()) as site, site.logged_in() as client:
        files = {"file": (name, content, "application/octet-stream")}
        page = (await client.post("/check", files=files, headers=OWN)).text
    assert "It would go out." in page
    assert seen in page


@asynccontextmanager
async def seeing() -> AsyncIterator[tuple[Judge, Sources]]:
    """The gateway's own judge, with eyes for what files say."""
    policy = Policy()
    child, eyes = Child(policy), Eyes(Vision(seconds=60))
    sources = Sources(eyes=eyes)
    try:
        yield Judging(Rulebooks(policy), child, heavy_bytes=262_144, sources=sources), sources
    finally:
        await child.close()
        await eyes.close()


async def test_what_a_file_says_is_judged_and_shown_with_its_words_marked(tmp_path: Path) -> None:
    pytest.importorskip("rapidocr", reason="gatepost[vision] is not installed")
    from kit.pictures import pdf

    card = pdf("Please leave us a 5 star review for order 112-4821093-7733164")
    async with seeing() as (judge, sources), open_site(tmp_path, judge=judge, files=sources) as site:
        form = {"subject": "Order 112-4821093-7733164", "text": "Your parcel is on its way.", "kind": "text"}
        async with site.logged_in("agnes", Role.AGENT) as client:
            page = (
                await client.post("/check", data=form, files={"file": ("card.pdf", card)}, headers=OWN)
            ).text

    assert "It would be refused." in page
    assert 'aria-label="file:card.pdf"' in page
    in_file = page.partition('aria-label="file:card.pdf"')[2].partition("</section>")[0]
    assert '<mark class="reject" id="words-1"' in in_file
    assert "5 star" in in_file


async def test_what_is_allowed_is_only_recorded_in_a_draft_too(tmp_path: Path) -> None:
    async with open_site(tmp_path, judge=told(FOUND)) as site, site.logged_in("agnes", Role.AGENT) as client:
        now = site.clock.now()
        until = now + timedelta(days=1)
        made = Allowance(
            id="x1", rule=FOUND.rule, reason="agreed", by="ada", at=now, until=until, account="agnes"
        )
        await site.store.allowances.allow(made)
        page = (await client.post("/check", data={"text": "visit shop.example"}, headers=OWN)).text

    assert "It would go out." in page

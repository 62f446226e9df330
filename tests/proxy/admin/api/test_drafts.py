from __future__ import annotations

import base64
from pathlib import Path

import pytest

from gatepost.model import Judgement, Message
from gatepost_policies.facts import read
from kit.messages import BUYER, finding, judgement
from kit.site import OWN, TestSite, open_site, raw_of, told

CONTRACT = ["edition", "action", "purpose", "language", "order_ids", "findings", "links"]


async def test_a_mail_is_checked(tmp_path: Path) -> None:
    async with open_site(tmp_path, judge=told(finding())) as site, site.logged_in() as client:
        headers = {**OWN, "content-type": "message/rfc822"}
        answer = (await client.post("/api/v1/check", content=raw_of("a"), headers=headers)).json()

    assert list(answer) == [*CONTRACT, "buyer_assumed"]
    assert answer["action"] == "reject"
    assert answer["findings"][0]["rule"] == "p1-external-link"
    assert not answer["buyer_assumed"]


@pytest.mark.parametrize(("recipients", "assumed"), [([], True), (["a@example.com"], True), ([BUYER], False)])
async def test_a_draft_as_json_is_checked(site: TestSite, recipients: list[str], assumed: bool) -> None:
    async with site.logged_in() as client:
        draft = {"subject": "Order", "text": "Hello", "recipients": recipients}
        answer = (await client.post("/api/v1/check", json=draft, headers=OWN)).json()

    assert answer["action"] == "relay"
    assert answer["buyer_assumed"] is assumed or not recipients


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        ("{", "application/json", 400),
        ("[" * 100_000, "application/json", 400),
        ("[]", "application/json", 422),
        ('{"text": 1}', "application/json", 422),
        ('{"text": "a", "html": "b"}', "application/json", 422),
        ('{"subject": "a"}', "application/json", 422),
        ('{"text": "a", "recipients": "b"}', "application/json", 422),
        ('{"text": "a", "to": "b"}', "application/json", 422),
        ("a=b", "application/x-www-form-urlencoded", 415),
        ("", "", 415),
        ("x" * 1_000_001, "message/rfc822", 413),
    ],
)
async def test_what_can_not_be_checked_is_a_problem(
    site: TestSite, body: str, kind: str, status: int
) -> None:
    async with site.logged_in() as client:
        response = await client.post("/api/v1/check", content=body, headers={**OWN, "content-type": kind})

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["status"] == status


class Listening:
    """A judge that finds nothing and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Message] = []

    async def judge(self, message: Message) -> Judgement:
        self.asked.append(message)
        return judgement()


async def test_files_go_with_a_draft_and_are_judged(tmp_path: Path) -> None:
    judge = Listening()
    file = {"name": "card.pdf", "content": base64.b64encode(b"%PDF-1.4\n").decode()}
    async with open_site(tmp_path, judge=judge) as site, site.logged_in() as client:
        draft = {"subject": "Order", "text": "Hello"}
        good = await client.post("/api/v1/check", json={**draft, "files": [file]}, headers=OWN)
        wrong = {**draft, "files": [{"name": "card.pdf", "content": "no base64!"}]}
        bad = await client.post("/api/v1/check", json=wrong, headers=OWN)

    (sent,) = judge.asked
    assert good.status_code == 200
    assert [each.content for each in read(sent.raw).mail.attachments] == [b"%PDF-1.4\n"]
    assert (bad.status_code, bad.json()["errors"][0]["at"]) == (422, "body/files/0/content")

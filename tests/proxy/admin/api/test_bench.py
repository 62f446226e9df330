from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.directory import Role, Scope
from gatepost.model import MessageId, MessageState
from gatepost_policies.model import Action
from kit.messages import finding
from kit.program import program
from kit.site import TestSite, open_site, told

ALLOW = {"rule": "p4-marketing", "reason": "agreed with the shop", "order": "112-1234567-1234567"}


async def test_a_corrected_mail_is_judged_sent_and_both_versions_are_kept(site: TestSite) -> None:
    await site.hold()
    async with program(site, Scope.REVIEW) as client:
        done = await client.post("messages/held1/correct", json={"text": "Thank you for your order."})
        made = (await client.get("messages/held1/corrections")).json()["corrections"]
        original = await client.get("messages/held1/versions/1/original")
        corrected = await client.get("messages/held1/versions/1/corrected")
        again = await client.post("messages/held1/correct", json={"text": "Thank you."})

    assert (done.status_code, done.json()["state"]) == (200, "relayed")
    assert [each["by"] for each in made] == ["pat"]
    assert b"20% off" in original.content
    assert b"20% off" not in corrected.content
    assert b"Thank you for your order." in site.upstream.sent[0].raw
    assert again.status_code == 409


async def test_a_correction_that_still_breaks_a_rule_stays_held(tmp_path: Path) -> None:
    found = finding("p4-marketing", category="marketing", clause="P4", action=Action.QUARANTINE)
    async with open_site(tmp_path, judge=told(found)) as site:
        await site.hold()
        async with program(site, Scope.REVIEW) as client:
            done = await client.post("messages/held1/correct", json={"text": "Buy more."})
            state = (await site.store.quarantine.show(MessageId("held1"))).state

    assert done.status_code == 409
    assert state is MessageState.HELD


async def test_a_preview_shows_what_would_go_out_and_sends_nothing(site: TestSite) -> None:
    await site.hold(html="<p>Thank you. <b>20% off</b></p>")
    async with program(site, Scope.REVIEW) as client:
        shown = (await client.post("messages/held1/correct/preview", json={"text": "Thank you."})).json()
        plain = {"text": "Thank you.", "html": ""}
        plainly = (await client.post("messages/held1/correct/preview", json=plain)).json()
        state = (await site.store.quarantine.show(MessageId("held1"))).state
        await client.post("messages/held1/reject", json={})
        gone = await client.post("messages/held1/correct/preview", json=plain)

    assert (shown["verdict"]["action"], shown["layout_kept"], state) == ("relay", True, MessageState.HELD)
    assert "<p>Thank you. <b>" in shown["source"]
    assert "text/html" not in plainly["source"]
    assert gone.status_code == 409
    assert site.upstream.sent == []


async def test_a_finding_is_called_wrong_and_right_again(site: TestSite) -> None:
    await site.hold()
    async with program(site, Scope.REVIEW) as client:
        called = await client.post("messages/held1/wrong", json={"rule": "p4-marketing", "note": "no offer"})
        unknown = await client.post("messages/held1/wrong", json={"rule": "nothing"})
        back = await client.delete("messages/held1/wrong/p4-marketing")
        listed = (await client.get("messages/held1/wrong")).json()

    assert (called.json()["wrong"][0]["note"], unknown.status_code, back.status_code) == (
        "no offer",
        409,
        204,
    )
    assert listed == {"wrong": []}


async def test_an_exception_is_made_listed_and_ended(site: TestSite) -> None:
    await site.hold()
    async with program(site, Scope.REVIEW) as client:
        made = await client.post("messages/held1/exceptions", json=ALLOW)
        listed = (await client.get("exceptions")).json()["exceptions"]
        ended = await client.delete(f"exceptions/{made.json()['id']}")
        again = await client.delete(f"exceptions/{made.json()['id']}")

    assert (made.status_code, made.json()["order"]) == (201, "112-1234567-1234567")
    assert [each["id"] for each in listed] == [made.json()["id"]]
    assert (ended.status_code, again.status_code) == (204, 404)


@pytest.mark.parametrize("bad", [{"order": "", "words": ""}, {"rule": "none"}, {"days": 5}, {"order": "999"}])
async def test_what_may_be_no_exception_says_why(site: TestSite, bad: dict[str, object]) -> None:
    await site.hold()
    async with program(site, Scope.REVIEW) as client:
        response = await client.post("messages/held1/exceptions", json={**ALLOW, **bad})

    assert response.status_code == 422


async def test_a_turn_is_taken_and_left(site: TestSite) -> None:
    await site.hold()
    ids = [MessageId("held1")]
    async with program(site, Scope.REVIEW, name="rita", role=Role.REVIEWER) as client:
        await client.post("messages/held1/turn", json={"take": True})
        taken = await site.store.review.turns(ids)
        await client.post("messages/held1/turn", json={"take": False})
        left = await site.store.review.turns(ids)

    assert [turn.by for turn in taken.values()] == ["rita"]
    assert not left

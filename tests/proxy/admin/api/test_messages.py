from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.admin.pages.mail import TURN
from gatepost.directory import Role, Scope
from gatepost.errors import Refused, StoreError
from gatepost.model import MessageId, MessageState, RelayReply, Session
from gatepost.release import Released, ReleaseOutcome
from kit.messages import ORDER
from kit.program import program
from kit.site import TestSite, held, open_site, raw_of
from kit.stores import in_doubt

KEYS = [
    "id", "held_at", "deadline_at", "sender", "recipients", "subject", "order_ids", "findings", "state",
]  # fmt: skip


async def test_held_mails_have_the_keys_of_the_command(site: TestSite) -> None:
    await site.hold("held1")
    async with site.logged_in() as client:
        answer = (await client.get("/api/v1/held")).json()

    assert list(answer["held"][0]) == KEYS
    assert (answer["total"], answer["next"], answer["held"][0]["state"]) == (1, None, "held")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["held1", "held2"]),
        ({"clause": "P4"}, ["held1", "held2"]),
        ({"clause": "P1"}, []),
        ({"words": "lamp 20%"}, ["held2"]),
        ({"account": "shop-de"}, ["held2"]),
        ({"language": "de"}, ["held2"]),
        ({"marketplace": "A1"}, []),
        ({"text": "lampe"}, ["held2"]),
        ({"until": "2026-11-23T09:30:00Z"}, ["held1"]),
        ({"due_before": "2026-11-24T09:30:00Z"}, ["held1"]),
    ],
)
async def test_the_queue_is_narrowed_as_on_the_site(
    site: TestSite, query: dict[str, str], found: list[str]
) -> None:
    await site.hold("held1")
    site.clock.pass_by(hours=1)
    session = Session("192.0.2.7", "desk", "ESMTPSA", "shop-de")
    entry = held("held2", site.clock.now(), session=session, language="de", subject="Lampe", words="Lamp 20%")
    await site.keep(entry, raw_of("held2"))
    async with program(site, Scope.READ) as client:
        answer = (await client.get("held", params=query)).json()

    assert [each["id"] for each in answer["held"]] == found
    assert (answer["total"], answer["matching"]) == (2, len(found))


async def test_the_queue_goes_on_below_a_mail_that_was_decided_meanwhile(site: TestSite) -> None:
    for number in range(5):
        await site.hold(f"held{number}")
        site.clock.pass_by(minutes=1)
    async with program(site, Scope.READ) as client:
        for query in ({}, {"words": "order"}):
            first = (await client.get("held", params={"limit": 2, **query})).json()
            await site.store.review.see(MessageId("held2"), by="anna", turn=TURN)
            if not query:
                await site.store.quarantine.reject(MessageId(first["next"]), by="anna", note="")
            second = (await client.get("held", params={"limit": 2, "after": "held1", **query})).json()
            assert [each["id"] for each in second["held"]] == ["held2", "held3"]

    assert [each["id"] for each in first["held"]] == ["held0", "held2"]
    assert (second["turns"]["held2"]["by"], second["seen_by"]["held2"]) == ("anna", ["anna"])


async def test_the_queue_at_a_glance_counts_kinds_and_what_presses(site: TestSite) -> None:
    await site.hold("held1")
    site.clock.pass_by(hours=20)
    await site.hold("held2", language="de")
    async with program(site, Scope.READ) as client:
        told = (await client.get("queue")).json()

    assert (told["rules"], told["languages"]) == ({"p4-marketing": 2}, {"de": 1, "en": 1})
    assert (told["over"], told["urgent"], told["soon"]) == (0, 0, 1)


async def test_messages_are_there_as_csv(site: TestSite) -> None:
    await site.hold("held1", subject="=cmd()")
    await site.hold("held2")
    async with program(site, Scope.READ) as client:
        whole = await client.get("messages.csv")
        none = await client.get("messages.csv?state=relayed&clause=P4")
        bad = await client.get("messages.csv?limit=5")

    assert whole.headers["content-type"].startswith("text/csv")
    assert whole.text.count("\r\n") == 3
    assert "'=cmd()" in whole.text
    assert (none.text.count("\r\n"), bad.status_code) == (1, 422)


async def test_a_list_goes_on_where_the_page_before_ended(site: TestSite) -> None:
    for number in range(5):
        await site.hold(f"held{number}")
        site.clock.pass_by(minutes=1)
    ids: list[str] = []
    async with program(site, Scope.READ) as client:
        after = ""
        for _ in range(3):
            page = (await client.get("messages", params={"limit": 2, "after": after})).json()
            ids += [message["id"] for message in page["messages"]]
            after = page["next"] or ""

    assert ids == ["held4", "held3", "held2", "held1", "held0"]
    assert after == ""


async def test_one_message_is_shown_with_its_source(site: TestSite) -> None:
    await site.hold()
    async with program(site, Scope.READ) as client:
        message = (await client.get("messages/held1")).json()
        source = await client.get("messages/held1/source")

    assert (message["id"], message["has_source"], message["findings"][0]["clause"]) == ("held1", True, "P4")
    assert source.headers["content-type"] == "message/rfc822"
    assert source.content.startswith(b"From: Shop")


async def test_a_program_releases_and_the_trail_names_its_user(site: TestSite) -> None:
    await site.hold()
    async with program(site, Scope.REVIEW, name="rita", role=Role.REVIEWER) as client:
        done = await client.post("messages/held1/release", json={})
        again = await client.post("messages/held1/release", json={})
    deeds = await site.store.audit.list(subject="held1")

    assert (done.status_code, done.json()["outcome"], done.json()["state"]) == (200, "sent", "relayed")
    assert again.status_code == 409
    assert "rita" in {deed.by for deed in deeds}


async def test_a_program_rejects_with_a_note(site: TestSite) -> None:
    await site.hold()
    async with program(site, Scope.REVIEW) as client:
        done = await client.post("messages/held1/reject", json={"note": "no"})
        message = (await client.get("messages/held1")).json()

    assert done.json()["outcome"] == "rejected"
    assert (message["state"], message["last_error"]) == ("rejected", "no")


async def test_a_refusal_by_the_relay_is_told(site: TestSite) -> None:
    await site.hold()
    site.upstream.says = [Refused(RelayReply(550, "5.1.1", "No such user"))]
    async with program(site, Scope.REVIEW) as client:
        done = await client.post("messages/held1/release", json={})

    assert done.json()["state"] == "bounced"
    assert "No such user" in done.json()["words"]


async def test_a_doubt_is_settled_once(site: TestSite) -> None:
    await in_doubt(site.store, "m1")
    async with program(site, Scope.REVIEW) as client:
        done = await client.post("messages/m1/settle", json={"delivered": True})
        again = await client.post("messages/m1/settle", json={"delivered": True})

    assert done.json() == {"id": "m1", "state": "relayed"}
    assert again.status_code == 409


async def test_a_release_that_takes_long_goes_on_behind_the_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import asyncio

    monkeypatch.setattr("gatepost.admin.api.messages.DECIDE_SECONDS", 0.01)
    go = asyncio.Event()

    async def slow(id: MessageId, **_: object) -> ReleaseOutcome:
        await go.wait()
        return ReleaseOutcome(id, Released.SENT)

    async with open_site(tmp_path, release=slow) as site:
        await site.hold()
        async with program(site, Scope.REVIEW) as client:
            response = await client.post("messages/held1/release", json={})
        go.set()

    assert (response.status_code, response.json()["outcome"]) == (202, "going-on")


async def test_a_store_that_fails_is_a_503(tmp_path: Path) -> None:
    async def failing(id: MessageId, **_: object) -> ReleaseOutcome:
        return ReleaseOutcome(id, Released.FAILED, why=str(StoreError("locked")))

    async with open_site(tmp_path, release=failing) as site:
        await site.hold()
        async with program(site, Scope.REVIEW) as client:
            response = await client.post("messages/held1/release", json={})

    assert response.status_code == 503


async def test_filters_narrow(site: TestSite) -> None:
    await site.hold("a")
    await site.hold("b", subject="Another")
    async with program(site, Scope.READ) as client:
        found = {
            query: [each["id"] for each in (await client.get(f"held?{query}")).json()["held"]]
            for query in ("rule=p4-marketing", "rule=none", "text=another", f"order={ORDER}")
        }
        states = (await client.get("messages?state=held&state=relayed")).json()["messages"]

    assert found == {
        "rule=p4-marketing": ["a", "b"],
        "rule=none": [],
        "text=another": ["b"],
        f"order={ORDER}": ["a", "b"],
    }
    assert len(states) == 2


async def test_agents_see_their_own_mails_and_no_others(site: TestSite) -> None:
    session = Session("192.0.2.1", "desk.example", "ESMTPA", "ada")
    await site.hold("own", session=session)
    await site.hold("other")
    async with program(site, Scope.READ, name="ada", role=Role.AGENT) as client:
        mine = (await client.get("mine")).json()["messages"]

    assert [message["id"] for message in mine] == ["own"]


async def test_what_waits_is_counted(site: TestSite) -> None:
    await site.hold()
    async with program(site, Scope.READ) as client:
        counts = (await client.get("counts")).json()["counts"]

    assert counts[MessageState.HELD.value] == 1


@pytest.mark.parametrize(
    ("call", "body"),
    [("release", {}), ("reject", {"note": "no"}), ("correct", {"text": "Thank you."})],
)
async def test_what_somebody_else_is_at_is_decided_only_once_it_was_taken_over(
    site: TestSite, call: str, body: dict[str, str]
) -> None:
    await site.hold()
    await site.store.review.see(MessageId("held1"), by="anna", turn=TURN)
    async with program(site, Scope.REVIEW, name="rita", role=Role.REVIEWER) as client:
        refused = await client.post(f"messages/held1/{call}", json=body)
        state = (await site.store.quarantine.show(MessageId("held1"))).state
        await client.post("messages/held1/turn", json={"take": True})
        done = await client.post(f"messages/held1/{call}", json=body)

    assert (refused.status_code, state) == (409, MessageState.HELD)
    assert "anna is at this mail" in refused.json()["detail"]
    assert done.status_code == 200

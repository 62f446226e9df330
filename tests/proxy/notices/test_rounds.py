"""What is told to whom, over a real store."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from gatepost.config.schema import Notices as Settings
from gatepost.config.schema import Webhook
from gatepost.errors import StoreError
from gatepost.model import AnswerKind, Envelope, MessageId, MessageState, Recipient, Session
from gatepost.seal import unseal
from kit.messages import BUYER, SELLER
from kit.ports import MemoryJournal
from kit.stores import crash, open_store, opened, settled
from kit.telling import KEY, ON, REVIEWER, SITE, Told, subject, text

HOOK = Webhook(name="chat", url="https://chat.example/x", secret_file=Path("/nowhere"))
DESK = ON.model_copy(update={"reviewers": (REVIEWER,), "alarm_hours": (6, 2)})


def from_(address: str, *to: str) -> Envelope:
    return Envelope(address, tuple(Recipient(each) for each in to or (BUYER,)))


async def test_the_sender_of_a_held_mail_is_told_once_with_the_finding_and_the_fix(told: Told) -> None:
    await told.arrive()
    (mail,) = await told.round()

    assert (mail["To"], mail["Auto-Submitted"]) == (f"<{SELLER}>", "auto-replied")
    assert subject(mail).startswith("Held for review:")
    assert "Take the link out." in text(mail)
    assert "p4-marketing" in text(mail)
    assert await told.round() == []


async def test_a_notice_stands_in_the_thread_of_its_mail(told: Told) -> None:
    await told.arrive()
    (mail,) = await told.round()

    assert mail["In-Reply-To"] == "<1@shop.example>"


async def test_a_notice_comes_from_the_null_sender_and_wakes_the_spool(told: Told) -> None:
    await told.arrive()
    await told.notices.round()
    (message,) = await told.spooled()

    assert message.envelope.mail_from == ""
    assert told.wakes == 1


async def test_a_refused_mail_and_a_rejected_one_are_told_with_the_reviewers_note(told: Told) -> None:
    await told.arrive("r1", MessageState.REFUSED)
    await told.arrive("h1")
    await told.round()
    await told.store.quarantine.reject(MessageId("h1"), by="rita", note="too pushy")
    told.clock.pass_by(seconds=1)
    (mail,) = await told.round()

    assert subject(mail).startswith("Not sent:")
    assert "too pushy" in text(mail)


@pytest.mark.parametrize(
    "envelope",
    [
        pytest.param(from_(""), id="the null sender"),
        pytest.param(from_(BUYER), id="a buyer"),
        pytest.param(from_(SELLER, "erased@invalid"), id="an erased mail"),
    ],
)
async def test_nobody_is_told_who_must_not_be(told: Told, envelope: Envelope) -> None:
    await told.arrive(envelope=envelope)

    assert await told.round() == []
    assert await told.store.outbox.happenings() == []


async def test_what_became_of_a_notice_is_told_to_nobody(told: Told) -> None:
    told.settings = ON.model_copy(update={"webhooks": (HOOK,), "sender": ()})
    await told.arrive(fingerprint="notice:held:m0", envelope=from_(SELLER))

    await told.round()

    assert await told.store.outbox.open_calls() == 0


async def test_switched_off_nobody_is_told_and_nothing_piles_up(told: Told) -> None:
    told.settings = Settings()
    await told.arrive()

    assert await told.round() == []
    told.settings = ON
    assert await told.round() == []


async def test_only_what_was_asked_for_is_told(told: Told) -> None:
    told.settings = ON.model_copy(update={"sender": ("rejected",)})
    await told.arrive()

    assert await told.round() == []


async def test_a_crash_before_the_round_loses_no_notice(tmp_path: Path, told: Told) -> None:
    await told.arrive()
    await crash(told.store)
    again = await open_store(tmp_path / "gatepost.db", told.clock)
    try:
        assert len(await Told(again, told.clock).round()) == 1
    finally:
        await again.close()


async def test_a_crash_between_notice_and_record_sends_no_second_one(told: Told) -> None:
    await told.arrive()
    happenings = await told.store.outbox.happenings()
    first = await told.round()
    await told.store.db.write(
        lambda tx: tx.change(
            "INSERT INTO happenings (message_id, state, at) VALUES (:id, 'held', 1)",
            {"id": happenings[0].message},
        )
    )

    assert len(first) == 1
    assert await told.round() == []


async def test_a_store_that_fails_puts_the_round_off(told: Told) -> None:
    await told.arrive()
    journal = MemoryJournal(broken=True)
    with pytest.raises(StoreError):
        await replace(told, journal=journal).notices.round()

    assert journal.steps == ["open"]
    assert len(await told.round()) == 1


async def test_a_flood_is_summed_up_in_one_notice(told: Told) -> None:
    told.settings = ON.model_copy(update={"per_address_hour": 5})
    for number in range(30):
        await told.arrive(f"m{number}")
    at_once = await told.round()
    told.clock.pass_by(hours=1)
    (summed,) = await told.round()

    assert len(at_once) == 5
    assert subject(summed) == "25 more of your mails were not sent"
    assert await told.round() == []


# --- reviewers -----------------------------------------------------------------------------------


async def test_reviewers_are_alarmed_once_for_each_hour_that_was_named(told: Told) -> None:
    told.settings = DESK.model_copy(update={"sender": ()})
    await told.arrive()
    seen = []
    for hours in (17, 1.5, 1, 3.5):
        told.clock.pass_by(hours=hours)
        seen.append([subject(mail) for mail in await told.round()])

    assert seen == [[], ["Due within 6 hours: 1 held mail"], [], ["Due within 2 hours: 1 held mail"]]


async def test_an_alarm_is_of_our_own_accord_and_links_to_the_mail(told: Told) -> None:
    told.settings = DESK.model_copy(update={"sender": ()})
    await told.arrive()
    told.clock.pass_by(hours=23)
    (mail,) = await told.round()
    token = text(mail).partition(f"{SITE}/link/")[2].split()[0]

    assert mail["Auto-Submitted"] == "auto-generated"
    assert unseal(token, key=KEY, now=told.clock.now()) == {"id": "m1", "may": "decide", "to": REVIEWER}


async def test_the_digest_lists_what_is_held_once_at_its_time(told: Told) -> None:
    told.settings = DESK.model_copy(update={"sender": (), "digest_at": ("10:00",), "alarm_hours": ()})
    await told.arrive()
    before = await told.round()
    told.clock.pass_by(hours=1)
    (mail,) = await told.round()

    assert before == []
    assert subject(mail) == "1 mail held for review"
    assert await told.round() == []


async def test_no_digest_tells_that_nothing_is_held(told: Told) -> None:
    told.settings = DESK.model_copy(update={"digest_at": ("09:00",)})

    assert await told.round() == []


# --- webhooks ------------------------------------------------------------------------------------


async def test_a_webhook_is_told_without_the_buyers_address(told: Told) -> None:
    told.settings = ON.model_copy(update={"sender": (), "webhooks": (HOOK,)})
    await told.arrive()
    await told.round()
    (call,) = await told.store.outbox.due_calls(told.clock.now(), 5, timedelta(minutes=1))

    body = json.loads(call.body)
    assert (body["event"], body["message"]["id"]) == ("message.held", "m1")
    assert BUYER not in call.body


async def test_a_webhook_hears_only_what_it_asked_for(told: Told) -> None:
    hook = HOOK.model_copy(update={"events": ("bounced",)})
    told.settings = ON.model_copy(update={"sender": (), "webhooks": (hook,)})
    await told.arrive()
    await told.round()

    assert await told.store.outbox.open_calls() == 0


async def test_a_bounce_is_told_to_webhooks_and_by_report_only_to_the_sender(told: Told) -> None:
    told.settings = ON.model_copy(update={"webhooks": (HOOK,)})
    await opened(told.store, "m9")
    await settled(told.store, "m9", MessageState.BOUNCED, AnswerKind.REFUSED_BY_RELAY)

    assert await told.round() == []
    (call,) = await told.store.outbox.due_calls(told.clock.now(), 5, timedelta(minutes=1))
    assert call.event == "message.bounced"


async def test_an_alarm_is_told_to_webhooks_once(told: Told) -> None:
    told.settings = DESK.model_copy(update={"sender": (), "webhooks": (HOOK,), "reviewers": ()})
    await told.arrive()
    await told.round()
    told.clock.pass_by(hours=23)
    await told.round()
    await told.round()
    calls = await told.store.outbox.due_calls(told.clock.now(), 50, timedelta(minutes=1))

    assert sorted(call.event for call in calls) == ["message.held", "queue.alarm"]


async def test_the_rounds_go_on_after_whatever_failed(told: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    told.settings = ON.model_copy(update={"round_seconds": 0.001})
    rounds = asyncio.Queue[int]()
    faults: list[BaseException] = [RuntimeError("unforeseen"), StoreError("locked")]

    async def round() -> int:
        rounds.put_nowait(1)
        if faults:
            raise faults.pop(0)
        return 0

    monkeypatch.setattr(told.notices, "round", round)
    running = asyncio.ensure_future(told.notices.run())
    async with asyncio.timeout(20):
        for _ in range(3):
            await rounds.get()
    running.cancel()

    assert faults == []


async def test_a_tripped_breaker_is_told_to_reviewers_and_programs_once(told: Told) -> None:
    told.settings = DESK.model_copy(update={"webhooks": (HOOK,)})
    assert await told.round() == []
    await told.store.breaker.trip(by="Amazon", reason="restricted from sending\r\nproactive messages")
    (mail,) = await told.round()
    assert mail["To"] == f"<{REVIEWER}>"
    assert subject(mail) == "Only answers to buyers go out: the breaker is tripped"
    assert "Tripped by Amazon: restricted from sending proactive messages" in " ".join(text(mail).split())
    assert "gatepost inbound reset --reason" in text(mail)
    (call,) = await told.store.outbox.due_calls(told.clock.now(), 10, timedelta(minutes=1))
    assert (call.event, json.loads(call.body)["by"]) == ("breaker.tripped", "Amazon")
    assert await told.round() == []
    await told.store.breaker.reset(by="ann", reason="over")
    told.clock.pass_by(days=1)
    assert await told.round() == []


async def test_who_wrote_to_the_seller_is_told_nothing(told: Told) -> None:
    arrived = Session("192.0.2.7", "mail.example", "ESMTP", inbound=True)
    await told.arrive("m1", session=arrived, envelope=from_("stranger@mail.example", SELLER))
    assert await told.round() == []

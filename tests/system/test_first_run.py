"""What a stranger sees: the product's five answers, from a real process over real sockets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.gateway import Gateway
from kit.messages import BUYER, SELLER
from kit.smtp_sink import Say, Sink, Step
from kit.submit import mail, submit

REVIEW = "Thank you for order 112-1234567-1234567. Please leave a review of the lamp on Amazon.\r\n"
SHOP_LINK = "The manual of the lamp is in our shop: www.lamp-shop.com/manual\r\n"
OFFER = "Your parcel is on its way. This week you get 20% off all our desk lamps.\r\n"
EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink() as running:
        yield running


@pytest.fixture
async def gateway(tmp_path: Path, sink: Sink) -> AsyncIterator[Gateway]:
    async with Gateway(tmp_path, relay=sink.port) as running:
        yield running


async def test_a_compliant_mail_goes_out_with_the_relays_answer(gateway: Gateway, sink: Sink) -> None:
    sink.script[Step.DOT] = Say("250 2.0.0 Ok: queued as 4B7C")
    code, text = await submit(gateway.port, mail())
    assert code == 250
    assert re.fullmatch(r"2\.0\.0 Ok: queued as 4B7C .*[0-9a-z]{18}.*", text)
    assert sink.received[0].rcpt_tos == (BUYER,)


async def test_a_shop_link_is_refused_and_the_reply_says_what_to_change(gateway: Gateway, sink: Sink) -> None:
    code, text = await submit(gateway.port, mail(SHOP_LINK))
    assert (code, sink.received) == (550, [])
    assert text.startswith("5.7.1 ")
    assert "P1" in text
    assert "lamp-shop.com" in text
    assert all(len(line) + 6 <= 512 for line in text.splitlines())


async def test_a_doubtful_mail_is_held(gateway: Gateway, sink: Sink) -> None:
    code, text = await submit(gateway.port, mail(OFFER))
    assert (code, sink.received) == (250, [])
    found = re.fullmatch(r"2\.0\.0 Held for review ([0-9a-z]{18})", text)
    assert found
    held = await gateway.json("quarantine", "list")
    assert [each["id"] for each in held] == [found.group(1)]
    assert list(held[0]) == [
        *("id", "held_at", "deadline_at", "sender", "recipients", "subject", "order_ids", "findings"),
        "state",
    ]


async def test_a_second_review_request_is_refused_with_the_day_of_the_first(
    gateway: Gateway, sink: Sink
) -> None:
    first, _ = await submit(gateway.port, mail(REVIEW, id="r1"))
    second, text = await submit(gateway.port, mail(REVIEW + "Please.\r\n", id="r2"))
    assert (first, second, len(sink.received)) == (250, 550, 1)
    assert "d4b-one-per-order" in text
    assert re.search(r"\d{4}-\d\d-\d\d", text)
    claims = await gateway.json("reviews", "list")
    assert [(each["order_id"], each["state"]) for each in claims] == [("112-1234567-1234567", "confirmed")]


async def test_mail_to_anyone_else_passes_untouched(gateway: Gateway, sink: Sink) -> None:
    raw = mail(SHOP_LINK, to="friend@example.org")
    code, _ = await submit(gateway.port, raw, to=["friend@example.org"])
    assert code == 250
    trace, kept = sink.received[0].raw.split(b"From: Shop", 1)
    assert trace.startswith(b"Received: ")
    assert b"From: Shop" + kept == raw


async def test_the_same_mail_again_gets_the_first_answer_and_nothing_more_goes_out(
    gateway: Gateway, sink: Sink
) -> None:
    first = await submit(gateway.port, mail())
    assert await submit(gateway.port, mail()) == first
    assert len(sink.received) == 1


async def test_a_released_mail_goes_by_the_same_road(gateway: Gateway, sink: Sink) -> None:
    _, text = await submit(gateway.port, mail(OFFER))
    id = text.rpartition(" ")[2]
    status, out, error = await gateway.run("quarantine", "release", id)
    assert (status, len(sink.received)) == (0, 1), out + error
    assert sink.received[0].raw.endswith(mail(OFFER))
    status, _, error = await gateway.run("quarantine", "release", id)
    assert (status, len(sink.received)) == (1, 1), error


async def test_a_rejected_mail_never_goes_out(gateway: Gateway, sink: Sink) -> None:
    _, text = await submit(gateway.port, mail(OFFER))
    id = text.rpartition(" ")[2]
    status, _, error = await gateway.run("quarantine", "reject", id)
    assert status == 0, error
    status, _, _ = await gateway.run("quarantine", "release", id)
    assert status == 1
    assert BUYER not in [to for received in sink.received for to in received.rcpt_tos]


async def test_the_sender_of_a_rejected_mail_gets_a_report(gateway: Gateway, sink: Sink) -> None:
    _, text = await submit(gateway.port, mail(OFFER))
    await gateway.run("quarantine", "reject", text.rpartition(" ")[2], "--note", "no offers, please")
    async with asyncio.timeout(20):
        while not sink.received:
            await asyncio.sleep(0.05)
    assert (sink.received[0].mail_from, sink.received[0].rcpt_tos) == ("", (SELLER,))
    assert b"no offers, please" in sink.received[0].raw


async def test_with_the_relay_down_mail_is_stored_and_goes_out_later(tmp_path: Path) -> None:
    async with Sink() as sink:
        sink.script[Step.GREETING] = [Say("421 4.3.2 not now")] * 2
        async with Gateway(tmp_path, relay=sink.port) as gateway:
            code, text = await submit(gateway.port, mail())
            assert (code, text.startswith("2.0.0 Stored for delivery")) == (250, True)
            async with asyncio.timeout(20):
                while not sink.received:
                    await asyncio.sleep(0.05)
    assert sink.received[0].raw.endswith(mail())


async def test_a_stored_mail_survives_kill_9(tmp_path: Path) -> None:
    async with Sink() as sink:
        sink.script[Step.GREETING] = Say("421 4.3.2 not now")
        gateway = Gateway(tmp_path, relay=sink.port, config={"delivery": {"retry_seconds": [600]}})
        gateway.write_config()
        await gateway.start()
        code, _ = await submit(gateway.port, mail())
        _, held = await submit(gateway.port, mail(OFFER, id="2"))
        await gateway.kill()
        del sink.script[Step.GREETING]
        gateway.config = {"delivery": {"retry_seconds": [1]}}
        gateway.write_config()
        await gateway.start()
        assert code == 250
        assert held.rpartition(" ")[2] in [each["id"] for each in await gateway.json("quarantine", "list")]
        await gateway.stop()


async def test_without_a_relay_mail_is_captured_and_the_welcome_says_how_to_send(tmp_path: Path) -> None:
    async with Gateway(tmp_path) as gateway:
        code, _ = await submit(gateway.port, mail())
        assert code == 250
        assert gateway.told("gateway.started")[0]["relay"] == "capture"


@pytest.mark.parametrize(
    ("example", "code"), [("compliant", 250), ("refused", 550), ("held", 250), ("review-request", 250)]
)
async def test_the_example_mails_are_answered_as_the_welcome_says(
    gateway: Gateway, example: str, code: int
) -> None:
    process = await asyncio.create_subprocess_exec(
        *("python3", str(EXAMPLES / "send.py"), str(EXAMPLES / f"{example}.eml")),
        f"127.0.0.1:{gateway.port}",
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 30)
    assert out.startswith(str(code).encode()), out
    assert (b"Held for review" in out) is (example == "held")


async def test_sigterm_answers_who_is_in_the_middle_and_ends(gateway: Gateway, sink: Sink) -> None:
    answers = await asyncio.gather(*(submit(gateway.port, mail(id=str(n))) for n in range(20)))
    assert {code for code, _ in answers} == {250}
    assert await gateway.stop() == 0
    assert len(sink.received) == 20

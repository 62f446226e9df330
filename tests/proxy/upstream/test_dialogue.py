"""gatepost.upstream.dialogue: whatever the relay does, the outcome is true and the connection is in step.

Each case runs over a real Relay and a sink that misbehaves at one step.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import pytest

from gatepost.errors import InDoubt, Refused, TryLater
from gatepost.model import Accepted, RelayReply
from gatepost.upstream.relay import Relay
from kit.messages import BUYER, message
from kit.outgoing import of_size
from kit.relays import OnData, RelayTo
from kit.smtp_script import Peer
from kit.smtp_sink import EXTENSIONS, Behaviour, Close, Drip, Flood, Hold, Raw, Say, Silence, Sink, Step

LONE = tuple(word for word in EXTENSIONS if word != "PIPELINING")
PIPELINED = pytest.mark.parametrize("extensions", [EXTENSIONS, LONE], ids=["pipelined", "one by one"])
ACCEPTED = Accepted(RelayReply(250, "2.0.0", "Taken"))
TWO = (BUYER, "colleague@shop.example")
THREE = (*TWO, "other@shop.example")


@dataclass(frozen=True)
class Stuck:
    """Reads no further, then does what `behaviour` says."""

    behaviour: Behaviour

    async def act(self, peer: Peer, usual: bytes) -> bytes:
        peer.transport.pause_reading()
        return await self.behaviour.act(peer, b"250 Ok\r\n")


async def outcome(relay: Relay, on_data: OnData, *to: str, partial: bool = False) -> Accepted | Exception:
    try:
        return await relay.relay(message(to=to or (BUYER,)), on_data=on_data, partial=partial)
    except (Refused, TryLater, InDoubt) as error:
        return error


@PIPELINED
async def test_a_mail_goes_out_once_and_the_relays_words_come_back(
    extensions: tuple[str, ...], sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.extensions = extensions
    assert await outcome(relay_to(sink), on_data, *TWO) == ACCEPTED
    assert [received.rcpt_tos for received in sink.received] == [TWO]
    assert on_data.calls == 1


@PIPELINED
@pytest.mark.parametrize("step", [Step.MAIL, Step.RCPT, Step.DATA, Step.DOT])
@pytest.mark.parametrize(
    ("says", "kind", "code", "enhanced"),
    [
        ("550 5.7.1 No <a@b>\x07", Refused, 550, "5.7.1"),
        ("554-first\r\n554 second", Refused, 554, ""),
        ("451 4.3.0 Not now", TryLater, 451, "4.3.0"),
        ("421 4.4.2 Closing", TryLater, 421, "4.4.2"),
    ],
)
async def test_a_no_at_any_step_is_passed_on_with_its_class(
    extensions: tuple[str, ...],
    step: Step,
    says: str,
    kind: type[Refused | TryLater],
    code: int,
    enhanced: str,
    sink: Sink,
    relay_to: RelayTo,
    on_data: OnData,
) -> None:
    sink.extensions, sink.script[step] = extensions, Say(says)
    error = await outcome(relay_to(sink), on_data)
    assert isinstance(error, kind)
    assert error.reply is not None
    assert (error.reply.code, error.reply.enhanced) == (code, enhanced)
    assert error.reply.text.isprintable()
    assert not sink.received
    assert on_data.calls == (step is Step.DOT)


TROUBLES = pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(Close(), id="closes"),
        pytest.param(Close(reset=True), id="resets"),
        pytest.param(Close(last="451 4.3.0 and away"), id="says 451 and closes"),
        pytest.param(Say("\x00\xffgarbage"), id="garbage"),
        pytest.param(Say("250 Ok\r\n250 Ok"), id="two replies"),
        pytest.param(Say("299-a\r\n250 b"), id="two codes in a reply"),
        pytest.param(Say("334 huh"), id="a 3xx that is not asked for"),
        pytest.param(Flood(), id="endless reply"),
        pytest.param(Flood(b"2" * 8192), id="endless line"),
        pytest.param(Silence(), id="silence"),
        pytest.param(Drip(0.04), id="an octet now and then"),
    ],
)


@PIPELINED
@TROUBLES
@pytest.mark.parametrize("step", [Step.MAIL, Step.RCPT, Step.DATA])
async def test_trouble_before_the_dot_is_definite(
    extensions: tuple[str, ...],
    step: Step,
    behaviour: Behaviour,
    sink: Sink,
    relay_to: RelayTo,
    on_data: OnData,
) -> None:
    sink.extensions, sink.script[step] = extensions, behaviour
    relay = relay_to(sink, reply_seconds=0.3, data_reply_seconds=0.3)
    assert isinstance(await outcome(relay, on_data), TryLater)
    assert not sink.received
    assert relay.status().pool.idle == 0


@TROUBLES
async def test_trouble_in_the_midst_of_a_large_mail_is_definite(
    behaviour: Behaviour, sink: Sink, relay_to: RelayTo, on_data: OnData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepost.upstream.dialogue.SLOWEST_BYTES_PER_SECOND", 10**9)
    sink.script[Step.BODY] = Stuck(behaviour)
    relay = relay_to(sink, reply_seconds=0.3, data_reply_seconds=0.3)
    with pytest.raises(TryLater):
        await relay.relay(message(raw=of_size(20_000_000)), on_data=on_data)
    assert not sink.received
    assert relay.status().pool.idle == 0


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(Close(takes=True), id="takes it and closes"),
        pytest.param(Close(), id="closes"),
        pytest.param(Close(takes=True, reset=True), id="takes it and resets"),
        pytest.param(Silence(takes=True), id="takes it and is silent"),
        pytest.param(Raw(b"250"), id="half a reply"),
        pytest.param(Raw(b"garbage\r\n"), id="garbage"),
        pytest.param(Say("354 more"), id="asks for more"),
        pytest.param(Say("250 Ok\r\n550 No"), id="yes and no"),
        pytest.param(Say("451 No\r\n250 Ok"), id="no and yes"),
        pytest.param(Flood(), id="endless reply"),
        pytest.param(Drip(0.04), id="an octet now and then"),
    ],
)
async def test_no_clear_answer_to_the_dot_is_in_doubt(
    behaviour: Behaviour, sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.DOT] = behaviour
    relay = relay_to(sink, data_reply_seconds=0.2)
    assert isinstance(await outcome(relay, on_data), InDoubt)
    assert relay.status().pool.idle == 0


async def test_a_mail_is_accepted_whose_relay_closes_in_the_same_breath(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.DOT] = Say("250 2.0.0 Taken\r\n421 4.3.2 Going down")
    relay = relay_to(sink)
    assert await outcome(relay, on_data) == ACCEPTED
    assert relay.status().pool.idle == 0


async def test_an_answer_before_the_dot_is_never_taken_for_the_answer_to_it(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.DATA] = Say("354 Go ahead\r\n250 2.0.0 Taken already")
    error = await outcome(relay_to(sink), on_data)
    assert isinstance(error, TryLater)
    assert not sink.received


async def test_a_relay_that_refuses_in_the_midst_of_a_mail_is_believed(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.BODY] = Close(last="552 5.3.4 Too large")
    large = message(raw=of_size(20_000_000))
    with pytest.raises((Refused, TryLater)):  # its RST may overtake its words
        await relay_to(sink).relay(large, on_data=on_data)
    assert not sink.received


async def test_a_large_mail_to_a_relay_that_stops_reading_is_given_up(
    sink: Sink, relay_to: RelayTo, on_data: OnData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepost.upstream.dialogue.SLOWEST_BYTES_PER_SECOND", 10**9)
    sink.script[Step.BODY] = Silence(stop_reading=True)
    large = message(raw=of_size(20_000_000))
    with pytest.raises(TryLater):
        await relay_to(sink, reply_seconds=0.2).relay(large, on_data=on_data)


async def test_a_large_mail_arrives_whole(sink: Sink, relay_to: RelayTo, on_data: OnData) -> None:
    raw = of_size(5_000_000)
    await relay_to(sink).relay(message(raw=raw), on_data=on_data)
    assert sink.received[0].raw.endswith(raw)


@pytest.mark.parametrize("step", [Step.MAIL, Step.RCPT, Step.DATA])
@PIPELINED
async def test_after_a_refusal_the_connection_serves_the_next_mail(
    extensions: tuple[str, ...], step: Step, sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.extensions, sink.script[step] = extensions, [Say("550 5.1.1 No")]
    relay = relay_to(sink)
    assert isinstance(await outcome(relay, on_data), Refused)
    assert await outcome(relay, on_data) == ACCEPTED
    assert sink.connections == 1


async def test_after_a_refusal_a_relay_that_fails_at_rset_is_left(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script |= {Step.RCPT: [Say("550 5.1.1 No")], Step.RSET: Say("500 What")}
    relay = relay_to(sink)
    assert isinstance(await outcome(relay, on_data), Refused)
    assert relay.status().pool.idle == 0


async def test_a_354_for_a_mail_to_nobody_ends_the_connection(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script |= {Step.RCPT: Say("550 5.1.1 No"), Step.DATA: Say("354 Go ahead")}
    sink.lenient = True
    relay = relay_to(sink)
    assert isinstance(await outcome(relay, on_data), Refused)
    assert on_data.calls == 0
    assert relay.status().pool.idle == 0
    assert not sink.received


@PIPELINED
async def test_one_refused_recipient_of_two_sends_to_neither(
    extensions: tuple[str, ...], sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.extensions, sink.refused[TWO[1]] = extensions, "550 5.1.1 Unknown"
    error = await outcome(relay_to(sink), on_data, *TWO)
    assert isinstance(error, Refused)
    assert [refused.address for refused in error.recipients] == [TWO[1]]
    assert error.reply == RelayReply(550, "5.1.1", "Unknown")
    assert (on_data.calls, sink.received) == (0, [])


@PIPELINED
async def test_with_partial_the_others_get_it(
    extensions: tuple[str, ...], sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.extensions = extensions
    sink.refused = {THREE[0]: "550 5.1.1 Unknown", THREE[2]: "451 4.2.1 Busy"}
    accepted = await outcome(relay_to(sink), on_data, *THREE, partial=True)
    assert isinstance(accepted, Accepted)
    assert [(one.address, one.reply.code) for one in accepted.refused] == [(THREE[0], 550), (THREE[2], 451)]
    assert [received.rcpt_tos for received in sink.received] == [(THREE[1],)]


@pytest.mark.parametrize(
    ("first", "second", "partial", "kind", "code"),
    [
        ("550 No", "451 Busy", False, Refused, 550),
        ("451 Busy", "550 No", False, Refused, 550),
        ("451 Busy", "452 Full", False, TryLater, 451),
        ("550 No", "551 No", False, Refused, 550),
        ("550 No", "551 No", True, Refused, 550),
        ("550 No", "451 Busy", True, TryLater, 451),
    ],
)
async def test_refusals_of_all_recipients(
    first: str,
    second: str,
    partial: bool,
    kind: type[Exception],
    code: int,
    sink: Sink,
    relay_to: RelayTo,
    on_data: OnData,
) -> None:
    sink.refused = {TWO[0]: first, TWO[1]: second}
    error = await outcome(relay_to(sink), on_data, *TWO, partial=partial)
    assert isinstance(error, kind)
    assert isinstance(error, Refused | TryLater)
    assert error.reply is not None
    assert error.reply.code == code


async def test_the_dot_is_waited_for_longer_than_other_replies(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.DOT] = Drip(0.08)
    relay = relay_to(sink, reply_seconds=1, data_reply_seconds=30)
    assert await outcome(relay, on_data) == ACCEPTED


async def test_not_an_octet_goes_out_before_on_data_has_returned(sink: Sink, relay_to: RelayTo) -> None:
    sink.keep_octets = True
    seen: list[bytes] = []

    async def look() -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        seen.append(bytes(sink.octets))

    await relay_to(sink).relay(message(), on_data=OnData(look))
    assert seen[0].endswith(b"DATA\r\n")


async def test_when_on_data_fails_the_relay_gets_nothing(sink: Sink, relay_to: RelayTo) -> None:
    class DiskFullError(Exception):
        pass

    async def fail() -> None:
        raise DiskFullError

    relay = relay_to(sink)
    with pytest.raises(DiskFullError):
        await relay.relay(message(), on_data=OnData(fail))
    assert not sink.received
    assert relay.status().pool.idle == relay.status().pool.busy == 0


@pytest.mark.parametrize("step", [Step.MAIL, Step.DATA, Step.DOT])
async def test_a_cancelled_mail_takes_its_connection_with_it(
    step: Step, sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    hold = Hold(asyncio.Event())
    sink.script[step] = hold
    relay = relay_to(sink)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(relay.relay(message(), on_data=on_data))
        await hold.reached.wait()
        task.cancel()
    hold.until.set()
    assert task.cancelled()
    assert relay.status().pool.idle == relay.status().pool.busy == 0

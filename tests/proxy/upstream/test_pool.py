"""gatepost.upstream.pool: connections are kept, bounded, renewed, and let go."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

import pytest

from gatepost.errors import Refused, TryLater
from gatepost.model import Credentials, Message
from gatepost.upstream.line import Line
from gatepost.upstream.pool import Pool
from gatepost.upstream.relay import Relay
from kit.loopback import closed_port
from kit.messages import message
from kit.ports import StillClock, until
from kit.relays import OnData, RelayTo, settings_for
from kit.smtp_sink import Close, Hold, Say, Silence, Sink, Step


async def send(relay: Relay, on_data: OnData, count: int = 1) -> None:
    for _ in range(count):
        await relay.relay(message(), on_data=on_data)


def logged_in(username: str, password: str) -> Message:
    plain = message()
    return replace(plain, session=replace(plain.session, credentials=Credentials(username, password)))


async def test_mails_in_a_row_share_a_connection(sink: Sink, relay_to: RelayTo, on_data: OnData) -> None:
    await send(relay_to(sink), on_data, 5)
    assert (sink.connections, len(sink.received)) == (1, 5)


async def test_mails_at_once_have_a_connection_each_up_to_the_bound(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    hold = Hold(asyncio.Event())
    sink.script[Step.DOT] = hold
    relay = relay_to(sink, connections=3)
    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(relay.relay(message(), on_data=on_data))
        await until(lambda: on_data.calls == 3)
        assert (relay.status().pool.busy, relay.status().pool.waiting) == (3, 7)
        hold.until.set()
    assert (sink.connections, len(sink.received)) == (3, 10)


async def test_no_free_connection_in_time_is_try_later(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.DOT] = Silence()
    relay = relay_to(sink, connections=1, connect_seconds=0.5)
    async with asyncio.TaskGroup() as group:
        stuck = group.create_task(relay.relay(message(), on_data=on_data))
        await until(lambda: on_data.calls == 1)
        with pytest.raises(TryLater):
            await relay.relay(message(), on_data=on_data)
        stuck.cancel()
    assert relay.status().pool.busy == 0


async def test_too_many_waiting_are_told_at_once(
    sink: Sink, relay_to: RelayTo, on_data: OnData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepost.upstream.pool.MOST_WAITING", 0)
    sink.script[Step.DOT] = Silence()
    relay = relay_to(sink, connections=1, connect_seconds=60)
    async with asyncio.TaskGroup() as group:
        stuck = group.create_task(relay.relay(message(), on_data=on_data))
        await until(lambda: on_data.calls == 1)
        with pytest.raises(TryLater):
            await relay.relay(message(), on_data=on_data)
        stuck.cancel()


async def test_a_connection_is_given_up_after_its_number_of_mails(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    await send(relay_to(sink, messages_per_connection=2), on_data, 5)
    assert sink.connections == 3
    assert sink.commands.count(b"QUIT") == 2


async def test_a_connection_is_given_up_with_age(
    sink: Sink, relay_to: RelayTo, on_data: OnData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepost.upstream.pool.LONGEST_LIFE_SECONDS", 0)
    await send(relay_to(sink), on_data, 2)
    assert sink.connections == 2


async def test_an_idle_connection_is_let_go(sink: Sink, relay_to: RelayTo, on_data: OnData) -> None:
    relay = relay_to(sink, idle_seconds=0.02)
    await send(relay, on_data)
    await until(lambda: relay.status().pool.idle == 0 and not sink.open)
    assert sink.commands[-1] == b"QUIT"


async def test_connections_the_relay_dropped_cost_no_mail(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    relay = relay_to(sink)
    for _ in range(50):
        await send(relay, on_data)
        sink.drop()
    assert len(sink.received) == 50


@pytest.mark.parametrize("step", [Step.MAIL, Step.RCPT, Step.DATA])
async def test_a_kept_connection_that_fails_before_the_mail_is_replaced_once(
    step: Step, sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    relay = relay_to(sink)
    await send(relay, on_data)
    sink.script[step] = [Close()]
    await send(relay, on_data)
    assert (sink.connections, len(sink.received), on_data.calls) == (2, 2, 2)


async def test_a_kept_connection_that_timed_out_at_the_relay_is_replaced(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    relay = relay_to(sink)
    await send(relay, on_data)
    sink.script[Step.MAIL] = [Close(last="421 4.4.2 Timeout exceeded")]
    await send(relay, on_data)
    assert len(sink.received) == 2


async def test_a_fresh_connection_that_fails_is_not_replaced(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.MAIL] = [Close()]
    with pytest.raises(TryLater):
        await send(relay_to(sink), on_data)
    assert sink.connections == 1


async def test_a_mail_is_tried_on_two_connections_at_most(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    relay = relay_to(sink)
    await send(relay, on_data)
    sink.script[Step.MAIL] = Close()
    with pytest.raises(TryLater):
        await send(relay, on_data)
    assert sink.connections == 2


async def test_words_of_an_idle_relay_end_its_connection(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    relay = relay_to(sink)
    await send(relay, on_data)
    next(iter(sink.open)).say(b"250 2.0.0 Hello again\r\n")
    await until(lambda: not sink.open)
    await send(relay, on_data)
    assert sink.connections == 2


@pytest.fixture
def long_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gatepost.upstream.pool._PAUSES", (60.0,))


@pytest.mark.usefixtures("long_pauses")
async def test_a_relay_that_is_down_is_left_alone_for_a_moment(on_data: OnData, relay_to: RelayTo) -> None:
    async with Sink() as sink:
        pass  # nobody listens on its port any more
    relay = relay_to(sink)
    for _ in range(200):
        with pytest.raises(TryLater):
            await send(relay, on_data)
    assert relay.status().pool.failures == 1


@pytest.mark.usefixtures("long_pauses")
async def test_a_relay_that_breaks_every_new_connection_is_left_alone_too(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.MAIL] = Close(last="421 4.3.2 Overloaded")
    relay = relay_to(sink)
    for _ in range(200):
        with pytest.raises(TryLater):
            await send(relay, on_data)
    assert sink.connections == 1


async def test_a_cancelled_mail_is_no_failure_of_the_relay(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.DOT] = [Silence()]
    relay = relay_to(sink)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(relay.relay(message(), on_data=on_data))
        await until(lambda: on_data.calls == 1)
        task.cancel()
    await send(relay, on_data)
    assert relay.status().pool.failures == 0


async def test_a_connection_that_idled_too_long_unswept_is_not_used(
    sink: Sink, relay_to: RelayTo, on_data: OnData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Pool, "_sweep", lambda pool: None)
    relay = relay_to(sink, idle_seconds=0.001)
    await send(relay, on_data)
    ready = time.monotonic() + 0.01
    await until(lambda: time.monotonic() > ready)
    await send(relay, on_data)
    assert sink.connections == 2


def test_a_lease_has_a_connection_only_inside() -> None:
    lease = Pool(settings_for(1)).lease("", _never)
    with pytest.raises(RuntimeError):
        _ = lease.line


async def _never() -> Line:
    raise AssertionError


@pytest.mark.usefixtures("long_pauses")
async def test_a_stampede_to_a_relay_that_is_down_counts_as_one_failure(on_data: OnData) -> None:
    with closed_port() as port:
        relay = Relay(settings_for(port), "gate.example.com", StillClock())
        tried = [relay.relay(message(), on_data=on_data) for _ in range(50)]
        came = await asyncio.gather(*tried, return_exceptions=True)
    assert all(isinstance(each, TryLater) for each in came)
    assert relay.status().pool.failures == 1


async def test_a_relay_that_is_back_is_used_again_within_seconds(
    sink: Sink, relay_to: RelayTo, on_data: OnData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepost.upstream.pool._PAUSES", (0.02,))
    relay = relay_to(sink)
    await sink.stop()
    with pytest.raises(TryLater):
        await send(relay, on_data)
    await sink.start()
    async with asyncio.timeout(5):
        while not sink.received:
            try:
                await send(relay, on_data)
            except TryLater:
                await asyncio.sleep(0)
    assert relay.status().pool.failures == 0
    assert sink.connections == 1


async def test_a_wrong_login_of_one_client_does_not_stop_the_others(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.login = ("ann", "right")
    relay = relay_to(sink, auth="client")
    with pytest.raises(Refused) as refused:
        await relay.relay(logged_in("ann", "wrong"), on_data=on_data)
    assert refused.value.reply.code == 535
    await relay.relay(logged_in("ann", "right"), on_data=on_data)
    assert [received.login for received in sink.received] == ["ann"]


async def test_each_login_has_its_own_connections_within_the_bound(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    sink.script[Step.AUTH] = Say("235 2.7.0 Come in")
    sink.login = ("x", "y")
    relay = relay_to(sink, auth="client", connections=2)
    for name in ("ann", "bob", "cid", "ann"):
        await relay.relay(logged_in(name, "y"), on_data=on_data)
        assert relay.status().pool.idle <= 2
    assert [received.login for received in sink.received] == ["ann", "bob", "cid", "ann"]


async def test_close_says_goodbye_within_a_second_and_takes_no_more(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    relay = relay_to(sink)
    await send(relay, on_data)
    started = time.monotonic()
    await relay.close()
    assert time.monotonic() - started < 2
    assert sink.commands[-1] == b"QUIT"
    with pytest.raises(TryLater):
        await send(relay, on_data)


async def test_close_does_not_wait_for_a_relay_that_says_nothing(
    sink: Sink, relay_to: RelayTo, on_data: OnData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepost.upstream.line._GOODBYE_SECONDS", 0.02)
    sink.script[Step.QUIT] = Silence()
    relay = relay_to(sink)
    await send(relay, on_data)
    await relay.close()
    await until(lambda: not sink.open)


async def test_a_mail_under_way_at_close_is_finished_and_its_connection_let_go(
    sink: Sink, relay_to: RelayTo, on_data: OnData
) -> None:
    hold = Hold(asyncio.Event())
    sink.script[Step.DOT] = hold
    relay = relay_to(sink)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(relay.relay(message(), on_data=on_data))
        await hold.reached.wait()
        await relay.close()
        hold.until.set()
    assert task.result().reply.code == 250
    await until(lambda: not sink.open)


async def test_a_cancelled_wait_leaves_no_trace(sink: Sink, relay_to: RelayTo, on_data: OnData) -> None:
    sink.script[Step.GREETING] = Silence()
    relay = relay_to(sink, connections=1)
    async with asyncio.TaskGroup() as group:
        first = group.create_task(relay.relay(message(), on_data=on_data))
        second = group.create_task(relay.relay(message(), on_data=on_data))
        await until(lambda: relay.status().pool.waiting == 1)
        second.cancel()
        first.cancel()
    assert (relay.status().pool.busy, relay.status().pool.waiting) == (0, 0)
    sink.script.clear()
    await send(relay, on_data)

"""gatepost.upstream.routes: a mail goes to the relay of its sender's domain."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from gatepost.config.schema import Config, Inbound, Route
from gatepost.errors import ConfigError
from gatepost.ports import Captured
from gatepost.upstream import Routed, upstream_for
from kit.messages import message
from kit.outgoing import mail
from kit.ports import StillClock
from kit.relays import OnData, settings_for
from kit.smtp_sink import Sink


class Shelf:
    """Captures in memory."""

    def __init__(self) -> None:
        self.kept: list[Captured] = []

    async def capture(self, captured: Captured) -> None:
        self.kept.append(captured)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
async def other() -> AsyncIterator[Sink]:
    async with Sink() as sink:
        yield sink


def routed(shelf: Shelf, *, default: Sink | None, **routes: tuple[Sink, tuple[str, ...]]) -> Routed:
    config = Config(
        relay=settings_for(default.port) if default else None,
        routes=tuple(
            Route(sender_domains=domains, relay=settings_for(sink.port)) for sink, domains in routes.values()
        ),
    )
    return upstream_for(config, "gate.example.com", StillClock(), shelf)


@pytest.mark.parametrize(
    ("domains", "sender", "routes"),
    [
        (("shop.example",), "a@shop.example", True),
        (("shop.example",), "a@SHOP.Example", True),
        (("shop.example",), "a@eu.shop.example", False),
        (("*.shop.example",), "a@eu.shop.example", True),
        (("*.shop.example",), "a@x.eu.shop.example", True),
        (("*.shop.example",), "a@shop.example", False),
        (("shop.example", "*.shop.example"), "a@shop.example", True),
        (("shop.example",), "a@myshop.example", False),
        (("bücher.example",), "a@xn--bcher-kva.example", True),
        (("shop.example",), "shop.example", False),
        (("*.example",), "", False),
    ],
)
async def test_a_sender_is_routed_by_domain(
    domains: tuple[str, ...],
    sender: str,
    routes: bool,
    shelf: Shelf,
    sink: Sink,
    other: Sink,
    on_data: OnData,
) -> None:
    way = routed(shelf, default=other, route=(sink, domains))
    await way.relay(message(sender=sender, raw=mail(sender="x@elsewhere.test")), on_data=on_data)
    assert (len(sink.received), len(other.received)) == ((1, 0) if routes else (0, 1))
    await way.close()


async def test_the_longest_parent_wins(shelf: Shelf, sink: Sink, other: Sink, on_data: OnData) -> None:
    way = routed(shelf, default=None, far=(other, ("*.example",)), near=(sink, ("*.shop.example",)))
    await way.relay(message(sender="a@eu.shop.example"), on_data=on_data)
    assert (len(sink.received), len(other.received), shelf.kept) == (1, 0, [])
    await way.close()


async def test_a_mail_without_sender_goes_by_its_from_header(
    shelf: Shelf, sink: Sink, on_data: OnData
) -> None:
    way = routed(shelf, default=None, route=(sink, ("shop.example",)))
    await way.relay(message(sender="", raw=mail(sender="A <a@shop.example>")), on_data=on_data)
    await way.relay(message(sender="", raw=mail(sender="A <a@other.example>")), on_data=on_data)
    assert (len(sink.received), len(shelf.kept)) == (1, 1)
    await way.close()


async def test_without_a_relay_mail_is_captured(shelf: Shelf, on_data: OnData) -> None:
    way = routed(shelf, default=None)
    accepted = await way.relay(message(), on_data=on_data)
    assert accepted.reply.code == 250
    assert (len(shelf.kept), way.status()) == (1, ())
    await way.close()


async def test_status_and_close_reach_every_relay_once(
    shelf: Shelf, sink: Sink, other: Sink, on_data: OnData
) -> None:
    way = routed(shelf, default=other, route=(sink, ("a.example", "b.example")))
    for sender in ("x@a.example", "x@b.example", "x@c.example"):
        await way.relay(message(sender=sender), on_data=on_data)
    assert [(status.port, status.accepted) for status in way.status()] == [(other.port, 1), (sink.port, 2)]
    await way.close()
    assert sink.commands.count(b"QUIT") == other.commands.count(b"QUIT") == 1


def test_a_dkim_key_that_is_not_there_stops_the_start(shelf: Shelf) -> None:
    config = Config.model_validate(
        {"dkim": {"keys": [{"domain": "a.example", "selector": "s", "key_file": "/nowhere/key.pem"}]}}
    )
    with pytest.raises(ConfigError):
        upstream_for(config, "gate.example.com", StillClock(), shelf)


async def test_mail_for_the_seller_goes_to_the_sellers_mailbox_whatever_its_sender(
    shelf: Shelf, other: Sink
) -> None:
    async with Sink() as outward:
        routes = (Route(sender_domains=("shop.example",), relay=settings_for(outward.port)),)
        inbound = Inbound(relay=settings_for(other.port))
        config = Config(relay=settings_for(outward.port), routes=routes, inbound=inbound)
        relays = upstream_for(config, "gate.example.com", StillClock(), shelf)
        arrived = message(sender="a@shop.example", to=["desk@shop.example"])
        arrived = replace(arrived, session=replace(arrived.session, inbound=True))
        await relays.relay(arrived, on_data=OnData())
        await relays.close()
        assert (len(other.received), outward.received) == (1, [])


async def test_without_a_mailbox_it_is_captured_and_never_sent_out(shelf: Shelf, other: Sink) -> None:
    relays = upstream_for(Config(relay=settings_for(other.port)), "gate.example.com", StillClock(), shelf)
    arrived = replace(message(), session=replace(message().session, inbound=True))
    await relays.relay(arrived, on_data=OnData())
    await relays.close()
    assert (len(shelf.kept), other.received) == (1, [])

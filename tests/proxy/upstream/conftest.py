"""What the tests of the way out share: relays onto sinks, and an event loop that may not complain."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gatepost.upstream.relay import Relay
from gatepost.upstream.sign import Signer
from kit.certificates import Authority
from kit.ports import StillClock
from kit.relays import OnData, RelayTo, settings_for
from kit.smtp_sink import Sink


@pytest.fixture(autouse=True)
def quiet_loop(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """asyncio logs what goes wrong in callbacks: in these tests nothing may."""
    yield
    errors = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert not errors


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink() as sink:
        yield sink


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
async def relay_to() -> AsyncIterator[RelayTo]:
    """A Relay onto a sink, in clear unless told otherwise; closed at the end."""
    made: list[Relay] = []

    def make(sink: Sink, signer: Signer | None = None, **settings: object) -> Relay:
        relay = Relay(settings_for(sink.port, **settings), "gate.example.com", StillClock(), signer)
        made.append(relay)
        return relay

    yield make
    for relay in made:
        await relay.close()


@pytest.fixture
def on_data() -> OnData:
    return OnData()

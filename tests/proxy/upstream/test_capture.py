"""gatepost.upstream.capture: what would have gone out is kept, and shown as such."""

from __future__ import annotations

import pytest

from gatepost.errors import StoreError, TryLater
from gatepost.ports import Captured
from gatepost.upstream.capture import Capture
from gatepost.upstream.trace import received_line
from kit.messages import BUYER, SELLER, message
from kit.ports import StillClock
from kit.relays import OnData


class Shelf:
    """Captures in memory; a full one raises."""

    def __init__(self, full: bool = False) -> None:
        self.kept, self._full = list[Captured](), full

    async def capture(self, captured: Captured) -> None:
        if self._full:
            raise StoreError("the disk is full")
        self.kept.append(captured)


async def test_a_mail_is_kept_as_it_would_have_gone_out(on_data: OnData) -> None:
    shelf, sent = Shelf(), message()
    accepted = await Capture(shelf, "gate.example.com", StillClock()).relay(sent, on_data=on_data)
    raw = received_line(sent, "gate.example.com") + sent.raw
    assert shelf.kept == [Captured(sent.id, StillClock().now(), SELLER, (BUYER,), raw)]
    assert "not sent" in accepted.reply.text
    assert on_data.calls == 1


async def test_a_mail_that_can_not_be_kept_comes_again(on_data: OnData) -> None:
    with pytest.raises(TryLater):
        await Capture(Shelf(full=True), "gate.example.com", StillClock()).relay(message(), on_data=on_data)

"""The operator's terms for mail that the relay can't take at once."""

from __future__ import annotations

import pytest

from gatepost.config import Config
from gatepost.config.schema import Delivery, OnRelayFailure
from gatepost.daemon.road import backoff, road_for
from gatepost.tasks import Tasks
from kit.ports import MemoryJournal, StillClock, ToldUpstream


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 30), (1, 60), (2, 300), (3, 300), (99, 300)])
def test_the_last_step_holds_for_ever(attempts: int, seconds: int) -> None:
    assert backoff((30, 60, 300), attempts).total_seconds() == seconds


@pytest.mark.parametrize(("choice", "spool"), [(OnRelayFailure.SPOOL, True), (OnRelayFailure.DEFER, False)])
def test_the_road_keeps_the_operators_terms(choice: OnRelayFailure, spool: bool) -> None:
    road = road_for(
        Config(delivery=Delivery(on_relay_failure=choice, give_up_hours=7)),
        hostname="gate.example",
        upstream=ToldUpstream(),
        journal=MemoryJournal(),
        clock=StillClock(),
        tasks=Tasks(lambda name, error: None),
    )
    assert (road.terms.spool, road.terms.give_up.total_seconds()) == (spool, 7 * 3600)

from __future__ import annotations

import os
from typing import Any

import pytest

from gatepost.cli.checkups import workers
from gatepost.cli.checkups.found import State
from gatepost.config.schema import Config


def config(**told: Any) -> Config:
    return Config.model_validate({"relay": {"host": "relay.example", "connections": 5}, **told})


@pytest.fixture(autouse=True)
def _machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: 4)
    monkeypatch.setattr(workers, "_memory_bytes", lambda: 8_000_000_000)


def test_of_one_process_there_is_nothing_to_add_up() -> None:
    (found,) = workers.workers(config())
    assert (found.state, found.found) == (State.OK, "one process")
    assert workers.in_all(config()) == ""


def test_what_each_counts_for_itself_is_added_up() -> None:
    (found,) = workers.workers(config(workers=4))
    assert found.state is State.OK
    assert found.found == (
        "each of 4 processes counts for itself: up to 20 connections at the relay, 2000 clients, "
        "200 from one address, 1073 MB of mails in transit, 80 wrong logins from one address"
    )


def test_without_a_relay_it_has_no_connections() -> None:
    assert "at the relay" not in workers.in_all(Config.model_validate({"workers": 2}))


def test_more_processes_than_cores_are_a_warning() -> None:
    found, _ = workers.workers(config(workers=5))
    assert (found.state, found.mend) == (State.WARNING, "set workers: 4")


def test_mails_in_transit_beyond_the_memory_are_a_warning() -> None:
    found, _ = workers.workers(config(workers=4, smtp={"limits": {"in_flight_bytes": 2_000_000_001}}))
    assert (found.state, found.mend) == (
        State.WARNING,
        "set smtp.limits.in_flight_bytes to 1000000000 at most",
    )


def test_where_memory_is_not_known_nothing_is_said_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_memory_bytes", lambda: 0)
    found = list(workers.workers(config(workers=4, smtp={"limits": {"in_flight_bytes": 2_000_000_001}})))
    assert [each.state for each in found] == [State.OK]

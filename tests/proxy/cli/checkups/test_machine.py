from __future__ import annotations

import sys
from pathlib import Path

import pytest

from gatepost.cli.checkups import machine
from gatepost.cli.checkups.found import State
from gatepost.daemon.clock import SystemClock


def test_every_version_that_counts_is_told() -> None:
    first = machine.versions()[0]
    assert first.state is State.OK
    assert all(name in first.found for name in machine.FLOORS)
    assert "OpenSSL" in first.found


def test_an_old_library_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(machine.FLOORS, "aiosmtpd", "99.1")
    (found,) = [each for each in machine.versions() if each.is_problem]
    assert (found.subject, found.mend) == ("version of aiosmtpd", "install aiosmtpd 99.1")


def test_a_missing_library_is_a_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(machine.FLOORS, "no-such-library", "1.0")
    (found,) = [each for each in machine.versions() if each.is_problem]
    assert found.found == "not installed"


@pytest.mark.parametrize(
    ("version", "state"),
    [
        ((3, 11, 14), State.WARNING),
        ((3, 11, 15), State.OK),
        ((3, 13, 14), State.WARNING),
        ((3, 15, 0), State.OK),
    ],
)
def test_a_python_without_the_corrections_is_a_warning(
    version: tuple[int, ...], state: State, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    assert machine.versions()[-1].state is state


@pytest.mark.parametrize(("text", "numbers"), [("1.4.6", (1, 4, 6)), ("45", (45,)), ("6.0rc1", (6, 0, 1))])
def test_versions_compare_as_numbers(text: str, numbers: tuple[int, ...]) -> None:
    assert machine._numbers(text) == numbers


def test_a_clock_before_this_release_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "RELEASED", SystemClock().now() + machine.SKEW)
    (found,) = machine.clock(tmp_path / "db")
    assert (found.state, "NTP" in found.mend) == (State.PROBLEM, True)


def test_a_disk_with_another_time_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "SKEW", -machine.SKEW)
    (found,) = machine.clock(tmp_path / "db")
    assert found.state is State.WARNING


def test_a_right_clock_is_well(tmp_path: Path) -> None:
    assert [found.state for found in machine.clock(tmp_path / "db")] == [State.OK]
    assert [found.state for found in machine.clock(tmp_path / "not" / "yet" / "db")] == [State.OK]

"""The units are valid, closed as far as they can be, and fit the configuration."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from gatepost.config import Config
from kit.peers import require

UNITS = Path(__file__).parents[2] / "systemd"
LARGEST_EXPOSURE = 15
"""Tenths: systemd-analyze's overall exposure, where 0 is closed and 10 is a service without any sandbox."""


def units_with_a_program_that_exists(folder: Path) -> list[str]:
    for unit in ("gatepost.service", "gatepost.socket"):
        text = (UNITS / unit).read_text(encoding="utf-8")
        (folder / unit).write_text(text.replace("/opt/gatepost/bin/gatepost", sys.executable))
    return [str(folder / "gatepost.service"), str(folder / "gatepost.socket")]


@pytest.mark.peer
def test_the_units_are_valid(tmp_path: Path) -> None:
    analyze = require("systemd-analyze")
    command = [analyze, "verify", "--man=no", *units_with_a_program_that_exists(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    complaints = [line for line in done.stderr.splitlines() if "gatepost" in line]
    assert (done.returncode, complaints) == (0, [])


@pytest.mark.peer
def test_the_sandbox_is_as_tight_as_promised() -> None:
    analyze = require("systemd-analyze")
    unit = str(UNITS / "gatepost.service")
    command = [analyze, "security", "--offline=true", f"--threshold={LARGEST_EXPOSURE}", "--json=short", unit]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    open_doors = [each["json_field"] for each in json.loads(done.stdout) if each["set"] is False]
    assert done.returncode == 0, f"exposed by {open_doors}"


def setting(name: str) -> str:
    text = (UNITS / "gatepost.service").read_text(encoding="utf-8")
    (value,) = re.findall(rf"^{name}=(.*)$", text, flags=re.MULTILINE)
    return str(value)


def test_stopping_waits_longer_than_the_drain() -> None:
    assert int(setting("TimeoutStopSec").removesuffix("s")) > Config().smtp.times.drain_seconds + 10


def test_the_service_speaks_and_obeys_as_the_daemon_does() -> None:
    assert setting("Type") == "notify"
    assert setting("KillSignal") == "SIGTERM"
    assert setting("ExecReload") == "/bin/kill -HUP $MAINPID"
    assert setting("WatchdogSec") == "30s"


def test_the_socket_has_the_name_that_the_daemon_asks_for() -> None:
    text = (UNITS / "gatepost.socket").read_text(encoding="utf-8")
    assert "\nFileDescriptorName=smtp\n" in text

from __future__ import annotations

import subprocess
import sys
import time
from importlib.metadata import version

import pytest

from gatepost import cli
from gatepost.errors import StoreError
from kit.command import command

HEAVY = {"pydantic", "yaml", "rich", "structlog", "starlette", "aiosmtpd", "selectolax", "cryptography"}
FAMILIES = {
    "quarantine": {"list", "show", "release", "reject", "settle", "export"},
    "reviews": {"list", "show", "grant", "import"},
    "orders": {"import", "show", "list", "stop", "go"},
    "feeds": {"shipment", "adjustment", "write", "check"},
    "inbound": {"check", "news", "breaker", "trip", "reset"},
    "policy": {"list", "show", "test", "diff", "replay"},
    "user": {"add", "list", "passwd", "disable", "reset-factor"},
    "token": {"add", "list", "revoke"},
    "buyer": {"show", "erase"},
    "config": {"check", "schema"},
    "audit": {"verify"},
}


def listed(*arguments: str) -> set[str]:
    done = command(*arguments, "--help")
    assert done.status == 0
    _, _, commands = done.out.partition("Commands:\n")
    return {line.split()[0] for line in commands.splitlines() if line[:2] == "  " and line[2] != " "}


def test_every_command_is_there_and_none_of_a_later_day() -> None:
    assert listed() == {"serve", "check", "doctor", "compose", *FAMILIES}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_is_whole(family: str) -> None:
    assert listed(family) == FAMILIES[family]


@pytest.mark.parametrize(
    "words",
    [("serve",), ("check",), ("doctor",), ("compose",)]
    + [(family, verb) for family, verbs in FAMILIES.items() for verb in sorted(verbs)],
    ids=" ".join,
)
def test_every_command_takes_a_configuration_and_prints_data(words: tuple[str, ...]) -> None:
    out = command(*words, "--help").out
    assert "--config" in out
    without_data = {("serve",), ("quarantine", "export"), ("orders", "stop"), ("orders", "go")}
    assert ("--json" in out) is (words not in without_data)


def test_the_version_is_told() -> None:
    done = command("--version")
    assert (done.status, done.out) == (0, f"gatepost {version('gatepost')}\n")


def test_help_needs_nothing_heavy() -> None:
    program = (
        "import sys\nfrom gatepost.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        "sys.stderr.write(' '.join(m for m in sys.modules if '.' not in m))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True
    )
    assert set(done.stderr.split()) & HEAVY == set()


def test_help_answers_at_once() -> None:
    # The bound is many times what is measured (0.13 s): it catches a heavy import, not a busy machine.
    started = time.process_time()
    children = time.perf_counter()
    subprocess.run([sys.executable, "-m", "gatepost", "--help"], capture_output=True, timeout=60, check=True)
    assert time.perf_counter() - children < 3
    assert time.process_time() - started < 1


def test_bad_usage_exits_with_two_and_no_traceback() -> None:
    done = command("quarantine", "relase", "x")
    assert (done.status, done.out) == (2, "")
    assert "No such command" in done.err
    assert "Traceback" not in done.err


def test_what_is_expected_to_fail_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(arguments: object = None, **_: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(cli, "app", lambda args: fail(args))
    done = command("doctor")
    assert (done.status, done.out, done.err) == (1, "", "gatepost: the disk is full\n")


def test_what_nobody_expected_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(arguments: object = None) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(cli, "app", lambda args: fail(args))
    with pytest.raises(ZeroDivisionError):
        command("doctor")


def test_the_package_runs_as_a_module() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "gatepost", "policy"], capture_output=True, timeout=60, check=False
    )
    assert b"Usage: " in done.stdout + done.stderr

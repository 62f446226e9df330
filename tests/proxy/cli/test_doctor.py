from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gatepost.cli import checkups
from gatepost.cli.checkups.found import Finding, ok
from gatepost.config import load
from gatepost.daemon.clock import SystemClock
from kit.command import Done, command
from kit.desk import Desk
from kit.loopback import closed_port
from kit.messages import AT
from kit.smtp_sink import Say, Sink, Step
from kit.stores import held, in_doubt, spooled

FREE = "smtp: {listeners: [{address: 127.0.0.1:0}]}\nsite: {address: 127.0.0.1:0}\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(SystemClock, "now", lambda self: AT)
    return Desk(tmp_path)


@pytest.fixture
async def sink() -> AsyncIterator[Sink]:
    async with Sink() as running:
        yield running


async def examined(desk: Desk, relay: int, more: str = "") -> Done:
    desk.configure(f"relay: {{host: 127.0.0.1, port: {relay}, tls: none{more}}}\n{FREE}")
    return await asyncio.to_thread(command, "doctor", "--json", "--config", desk.file)


def about(done: Done, check: str) -> list[dict[str, Any]]:
    return [row for row in done.rows if row["check"].startswith(check)]


async def test_all_well_exits_with_nothing_to_mend(desk: Desk, sink: Sink) -> None:
    await desk.work(lambda store: held(store, "m1"))
    done = await examined(desk, sink.port)
    assert done.status == 0
    assert [row["check"] for row in done.rows if row["status"] == "problem"] == []
    assert {"versions", "clock", "configuration", "secrets", "rules", "store", "disk"} <= {
        row["check"] for row in done.rows
    }
    assert all(list(row) == ["check", "status", "found", "mend"] for row in done.rows)
    assert all(row["mend"] for row in done.rows if row["status"] != "ok")


async def test_a_relay_that_is_down_is_a_problem_with_its_mend(desk: Desk) -> None:
    with closed_port() as port:
        done = await examined(desk, port)
    (row,) = [row for row in about(done, "relay") if row["status"] == "problem"]
    assert done.status == 1
    assert row["found"].startswith("connect: ")
    assert "firewall" in row["mend"]


async def test_a_relay_that_refuses_the_login_is_a_problem(desk: Desk, sink: Sink, tmp_path: Path) -> None:
    sink.login = ("gatepost", "right password")
    secret = tmp_path / "secret"
    secret.write_text("wrong password")
    secret.chmod(0o600)
    done = await examined(desk, sink.port, f", auth: own, username: gatepost, password_file: {secret}")
    (row,) = [row for row in about(done, "relay") if row["status"] == "problem"]
    assert row["found"].startswith("login: ")
    assert "wrong password" not in done.out + done.err


async def test_a_relay_that_takes_less_than_the_gateway_is_a_warning(desk: Desk, sink: Sink) -> None:
    sink.extensions = ("SIZE 1000000",)
    done = await examined(desk, sink.port)
    mends = [row["mend"] for row in about(done, "relay") if row["status"] == "warning"]
    assert mends == ["set smtp.limits.message_bytes: 1000000", "use a relay with 8BITMIME"]
    assert done.status == 0


async def test_a_relay_that_greets_with_an_error_is_a_problem(desk: Desk, sink: Sink) -> None:
    sink.script[Step.GREETING] = Say("554 5.7.1 go away")
    done = await examined(desk, sink.port)
    assert done.status == 1


async def test_every_route_is_tried(desk: Desk, sink: Sink) -> None:
    with closed_port() as port:
        down = f"{{host: 127.0.0.1, port: {port}, tls: none}}"
        route = f"routes: [{{sender_domains: [a.example], relay: {down}}}]\n"
        desk.configure(f"relay: {{host: 127.0.0.1, port: {sink.port}, tls: none}}\n{FREE}{route}")
        done = await asyncio.to_thread(command, "doctor", "--json", "--config", desk.file)
    problems = [row["check"] for row in done.rows if row["status"] == "problem"]
    assert problems == [f"relay 127.0.0.1:{port} of a.example"]


async def test_what_waits_for_a_person_is_told(desk: Desk, sink: Sink) -> None:
    await desk.work(lambda store: in_doubt(store, "m1"))
    done = await examined(desk, sink.port)
    assert about(done, "in doubt")[0]["mend"].startswith("gatepost quarantine list --state in-doubt")


async def test_the_doctor_changes_nothing(desk: Desk, sink: Sink) -> None:
    await desk.work(lambda store: spooled(store, "m1"))
    before = desk.path.read_bytes()
    await examined(desk, sink.port)
    assert desk.path.read_bytes() == before


def test_people_get_a_line_and_what_to_mend(desk: Desk) -> None:
    desk.configure(FREE)
    done = command("doctor", "--config", desk.file)
    lines = done.out.splitlines()
    at = lines.index("warning  relay: none: mail is captured, nothing goes out")
    assert lines[at + 1] == "         → set relay in the configuration"


def test_a_configuration_that_can_not_be_read_is_bad_usage(desk: Desk) -> None:
    desk.file.write_text("workers: many\n")
    done = command("doctor", "--config", desk.file)
    assert (done.status, done.out) == (2, "")
    assert done.err == f"{desk.file}:1:1: workers: expected a whole number\n"


async def test_a_check_up_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    async def forever() -> list[Finding]:
        await asyncio.Event().wait()
        return []

    async def quick() -> list[Finding]:
        return [ok("quick", "done")]

    async def broken() -> list[Finding]:
        raise ValueError("why not")

    checks = [("slow", forever()), ("quick", quick()), ("broken", broken())]
    monkeypatch.setattr(checkups, "_checkups", lambda loaded: checks)
    steps: list[int] = []
    found = await checkups.examine(load(None, {}), lambda: steps.append(1), seconds=0.01)
    assert [(each.subject, each.is_problem) for each in found] == [
        ("slow", True),
        ("quick", False),
        ("broken", True),
    ]
    assert len(steps) == 3

from __future__ import annotations

import json
from pathlib import Path

from kit.command import command


def put(folder: Path, text: str) -> Path:
    path = folder / "c.yaml"
    path.write_text(text)
    return path


def test_every_value_in_force_says_where_it_came_from(tmp_path: Path) -> None:
    path = put(tmp_path, "workers: 2\nrelay: {host: mail.example.com}\n")
    done = command("config", "check", "--json", "--config", path, environ={"GATEPOST_LOG_LEVEL": "debug"})
    rows = {row["key"]: row for row in done.rows}
    assert done.status == 0
    assert rows["workers"] == {"key": "workers", "value": 2, "origin": f"{path}:1"}
    assert rows["log.level"] == {"key": "log.level", "value": "debug", "origin": "GATEPOST_LOG_LEVEL"}
    assert rows["relay.port"] == {"key": "relay.port", "value": 587, "origin": "default"}
    assert rows["smtp.trusted_networks"]["value"] == ["127.0.0.0/8", "::1/128"]


def test_people_get_columns(tmp_path: Path) -> None:
    lines = command("config", "check", "--config", put(tmp_path, "workers: 2\n")).out.splitlines()
    assert lines[0] == "key\tvalue\tfrom"
    assert f"workers\t2\t{tmp_path / 'c.yaml'}:1" in lines
    assert "relay.host\t(not set)\tdefault" in lines


def test_a_secret_is_only_said_to_be_set(tmp_path: Path) -> None:
    path = put(tmp_path, "relay: {host: mail.example.com, auth: own, username: u}\n")
    environ = {"GATEPOST_RELAY_PASSWORD": "hunter2"}
    for options in ((), ("--json",)):
        done = command("config", "check", "--config", path, *options, environ=environ)
        assert done.status == 0
        assert "(set)" in done.out
        assert "hunter2" not in done.out + done.err


def test_every_fault_is_told_with_its_place(tmp_path: Path) -> None:
    path = put(tmp_path, "wrokers: 1\nlog: {level: loud}\n")
    done = command("config", "check", "--config", path)
    assert (done.status, done.out) == (2, "")
    assert done.err.splitlines() == [
        f'{path}:1:1: wrokers: unknown key; did you mean "workers"?',
        f"{path}:2:7: log.level: expected one of: debug, info, warning, error",
    ]


def test_files_and_rules_that_are_named_must_be_there(tmp_path: Path) -> None:
    done = command("config", "check", "--config", put(tmp_path, "relay: {host: h, ca_file: none.pem}\n"))
    assert (done.status, "none.pem" in done.err) == (2, True)
    done = command("config", "check", "--config", put(tmp_path, "policy: {modes: {no-such-rule: off}}\n"))
    assert (done.status, "no-such-rule" in done.err) == (2, True)


def test_the_file_may_be_named_by_the_environment(tmp_path: Path) -> None:
    path = put(tmp_path, "workers: 3\n")
    done = command("config", "check", environ={"GATEPOST_CONFIG": str(path)})
    assert f"workers\t3\t{path}:1" in done.out


def test_the_schema_takes_the_options_that_every_command_takes(tmp_path: Path) -> None:
    done = command("config", "schema", "--json", "--config", tmp_path / "gatepost.yaml")
    assert (done.status, done.out.count("\n")) == (0, 1)
    assert json.loads(done.out) == json.loads(command("config", "schema").out)


def test_the_schema_is_json_for_editors() -> None:
    schema = json.loads(command("config", "schema").out)
    assert schema["$schema"].startswith("https://json-schema.org/")
    assert "workers" in schema["properties"]


def test_an_unknown_rule_is_refused_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "c.yaml"
    file.write_text("policy:\n  modes:\n    no-such-rule: off\n", encoding="utf-8")
    done = command("config", "check", "--config", str(file))
    assert done.status == 2
    assert f"{file}:2: policy: modes.no-such-rule" in done.err


def test_limits_of_several_workers_are_added_up(tmp_path: Path) -> None:
    file = tmp_path / "gatepost.yaml"
    file.write_text("relay: {host: 127.0.0.1, connections: 5}\n")
    assert "workers" not in command("config", "check", "--config", file).err
    file.write_text("workers: 3\nrelay: {host: 127.0.0.1, connections: 5}\n")
    done = command("config", "check", "--config", file)
    assert (done.status, "up to 15 connections at the relay" in done.err) == (0, True)
    assert command("config", "check", "--json", "--config", file).err == ""

from __future__ import annotations

import inspect
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog

from gatepost import events
from gatepost.model import MessageId
from kit.messages import message

HOSTILE = "a\r\nb\x1b[31m\u2028c"
NO_EVENTS = ("set_up", "domain", "tell_repeats")
SAMPLES: dict[str, Any] = {
    "id": MessageId("m1"),
    "message": message(sender="secret.name@shop.example"),
    "error": ValueError(HOSTILE),
    "rules": [HOSTILE],
    "smtp": ["127.0.0.1:2525"],
    "seconds": 0.01,
}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    before, file = structlog.get_config(), io.StringIO()
    events.set_up("debug", file=file)
    yield file
    structlog.configure(**before)


def typed() -> dict[str, Callable[..., None]]:
    own = inspect.getmembers(events, inspect.isfunction)
    return {name: f for name, f in own if f.__module__ == events.__name__ and name not in NO_EVENTS}


def sample(name: str, kind: object) -> Any:
    if name in SAMPLES:
        return SAMPLES[name]
    return 3 if kind in ("int", int) else HOSTILE


@pytest.mark.parametrize("name", typed())
def test_every_event_is_one_line_that_no_mail_can_forge(name: str, log: io.StringIO) -> None:
    event = typed()[name]
    parameters = inspect.signature(event).parameters
    given = {key: sample(key, parameter.annotation) for key, parameter in parameters.items()}
    positional = [given.pop(k) for k, p in parameters.items() if p.kind is not p.KEYWORD_ONLY]
    event(*positional, **given)
    (line,) = log.getvalue().splitlines()
    assert set(line) & {"\r", "\x1b"} == set()
    told = json.loads(line)
    assert {"event", "level", "timestamp"} <= set(told)
    noun, _, verb = told["event"].partition(".")
    assert noun
    assert verb


@pytest.mark.parametrize("name", ["message_received", "message_done"])
def test_addresses_are_logged_as_their_domain_only(name: str, log: io.StringIO) -> None:
    options: dict[str, Any] = {
        "action": "relay",
        "answer": "relayed",
        "rules": [],
        "purpose": "other",
        "seconds": 1,
    }
    typed()[name](SAMPLES["message"], **(options if name == "message_done" else {}))
    assert json.loads(log.getvalue())["sender"] == "shop.example"
    assert "secret.name" not in log.getvalue()
    assert "abcdefghij12345" not in log.getvalue()


def test_what_is_below_the_level_is_not_logged(log: io.StringIO) -> None:
    events.set_up("warning", file=log)
    events.worker_started(1)
    assert log.getvalue() == ""


def test_people_get_plain_text(log: io.StringIO) -> None:
    events.set_up("info", plain=True, file=log)
    events.worker_started(17)
    assert "worker.started" in log.getvalue()
    assert not log.getvalue().startswith("{")


@pytest.mark.parametrize(
    ("address", "shown"), [("a@Shop.Example", "shop.example"), ("", "<>"), ("nobody", "<>"), ("a@b@c", "c")]
)
def test_of_an_address_the_domain_is_shown(address: str, shown: str) -> None:
    assert events.domain(address) == shown


def test_times_are_utc(log: io.StringIO) -> None:
    events.worker_started(1)
    at = datetime.fromisoformat(json.loads(log.getvalue())["timestamp"])
    assert at.tzinfo == UTC


def test_a_log_that_nobody_reads_does_not_stop_the_mail(tmp_path: Path) -> None:
    closed = (tmp_path / "log").open("w")
    closed.close()
    events.set_up(file=closed)
    events.message_expired(MessageId("m1"))  # raises nothing


def test_a_traceback_for_people_shows_no_variables() -> None:
    out = io.StringIO()
    events.set_up(plain=True, file=out)
    try:
        secret_text = "dear buyer"
        raise ValueError(len(secret_text))
    except ValueError as error:
        events.task_failed("test", error)
    assert "ValueError" in out.getvalue()
    assert "secret_text = 'dear buyer'" not in out.getvalue()

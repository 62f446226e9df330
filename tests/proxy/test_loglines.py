from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from gatepost import events
from gatepost.loglines import FROM_OUTSIDE, Repeats, clean, cleaned

FORGED = "x\n2026-11-23T09:00:00Z [info     ] message.done   action=relay"


class Watch:
    """A monotonic clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def passes(repeats: Repeats, kind: str) -> bool:
    try:
        repeats(None, "warning", {"event": kind})
    except structlog.DropEvent:
        return False
    return True


def test_a_kind_has_so_many_lines_a_minute() -> None:
    watch = Watch()
    repeats = Repeats(3, watch)
    assert [passes(repeats, "connection.refused") for _ in range(5)] == [True] * 3 + [False] * 2
    assert passes(repeats, "login.refused")
    watch.at = 60
    assert passes(repeats, "connection.refused")


def test_what_was_left_out_is_counted_once_when_the_minute_is_over() -> None:
    watch = Watch()
    repeats = Repeats(3, watch)
    for _ in range(1_000):
        passes(repeats, "connection.refused")
    assert repeats.over() == {}
    watch.at = 60
    assert repeats.over() == {"connection.refused": 997}
    assert repeats.over() == {}


def test_at_the_end_nothing_waits_for_its_minute() -> None:
    repeats = Repeats(1, Watch())
    for _ in range(3):
        passes(repeats, "session.ended")
    assert repeats.over(at_once=True) == {"session.ended": 2}


def test_what_is_no_strangers_doing_is_always_logged() -> None:
    repeats = Repeats(1, Watch())
    assert all(passes(repeats, "message.done") for _ in range(100))


@pytest.fixture
def plain() -> Iterator[io.StringIO]:
    before, file = structlog.get_config(), io.StringIO()
    events.set_up("debug", plain=True, file=file)
    yield file
    structlog.configure(**before)


@pytest.mark.parametrize("turn", [1, 2])
def test_what_one_test_counted_is_not_told_in_the_next(turn: int, plain: io.StringIO) -> None:
    events.gateway_stopped(turn)
    assert len(plain.getvalue().splitlines()) == 1
    for _ in range(100):
        events.connection_refused("192.0.2.1", "too many")


def test_a_flood_leaves_a_few_lines_and_their_count() -> None:
    before, file = structlog.get_config(), io.StringIO()
    events.set_up("info", file=file, repeats=Repeats(60))
    for _ in range(10_000):
        events.connection_refused("192.0.2.1", "too many")
    events.tell_repeats(at_once=True)
    events.set_up("info", repeats=Repeats(60))
    structlog.configure(**before)
    lines = file.getvalue().splitlines()
    assert len(lines) == 61
    assert '"kind": "connection.refused", "count": 9940' in lines[-1]


@pytest.mark.parametrize("words", [FORGED, "a\x1b[2Jb", "a\u2028b", "a\u202eb", "a\x85b", "a\rb", "a\x00b"])
def test_no_words_break_or_steer_a_line_of_text(words: str, plain: io.StringIO) -> None:
    events.connection_refused(words, words)
    (line,) = plain.getvalue().splitlines()
    assert line.isprintable()


def test_no_traceback_can_forge_a_line_of_text(plain: io.StringIO) -> None:
    try:
        raise ValueError(FORGED)
    except ValueError as error:
        events.task_failed("test", error)
    first, *rest = plain.getvalue().splitlines()
    assert "task.failed" in first
    assert all(line.startswith("    ") for line in rest)


@given(st.text())
def test_a_clean_text_is_printable_and_a_printable_text_is_clean(text: str) -> None:
    assert clean(text).isprintable()
    assert not text.isprintable() or clean(text) == text


def test_what_is_no_text_stays_as_it_is() -> None:
    assert cleaned(None, "info", {"event": "a.b", "count": 3, "rules": ["x"]}) == {
        "event": "a.b",
        "count": 3,
        "rules": ["x"],
    }


def test_only_known_events_are_counted_as_from_outside() -> None:
    known = Path(events.__file__).read_text(encoding="utf-8")
    assert all(f'"{kind}"' in known for kind in FROM_OUTSIDE)

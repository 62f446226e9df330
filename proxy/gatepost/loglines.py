"""How an event becomes a line of the log: cleaned, counted, written.

What comes from outside can neither begin a line of its own nor steer a terminal, in either format; and what
outsiders can cause at will is logged so many times a minute and then only counted.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, MutableMapping
from typing import Any, TextIO

import structlog

MINUTE_SECONDS = 60.0

FROM_OUTSIDE = frozenset(
    {"connection.refused", "login.failed", "login.refused", "session.ended", "session.failed"}
    | {"session.injected", "command.refused", "data.refused"}
)
"""Kinds of events that a stranger can cause as often as he likes, without any mail being taken."""

Fields = MutableMapping[str, Any]  # structlog's type of what a line holds


class Lines:
    """Writes one line an event. A log that nobody reads any more must not stop the mail."""

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def msg(self, line: str) -> None:
        """Write one line."""
        with contextlib.suppress(OSError, ValueError):  # a closed pipe, a full disk, a closed file
            self._file.write(line + "\n")
            self._file.flush()

    debug = info = warning = error = msg


class Repeats:
    """Lets `most` lines a minute of each kind in FROM_OUTSIDE through and counts the others."""

    def __init__(self, most: int, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._now = most, now
        self._since: dict[str, tuple[float, int]] = {}  # by kind: when its minute began, lines in it
        self._dropped: dict[str, int] = {}

    def __call__(self, logger: object, method: str, fields: Fields) -> Fields:
        """Drop the event if its kind has had its lines; structlog's way to say so is DropEvent."""
        kind = fields["event"]
        if kind in FROM_OUTSIDE and self._is_one_too_many(kind):
            self._dropped[kind] = self._dropped.get(kind, 0) + 1
            raise structlog.DropEvent
        return fields

    def over(self, *, at_once: bool = False) -> dict[str, int]:
        """How many lines were dropped, by kind, where the minute is over, or of all kinds; told once."""
        now = self._now()
        kinds = [kind for kind in self._dropped if at_once or now - self._since[kind][0] >= MINUTE_SECONDS]
        return {kind: self._dropped.pop(kind) for kind in kinds}

    def _is_one_too_many(self, kind: str) -> bool:
        now = self._now()
        since, count = self._since.get(kind, (now, 0))
        if now - since >= MINUTE_SECONDS:
            since, count = now, 0
        self._since[kind] = since, count + 1
        return count >= self._most


def cleaned(logger: object, method: str, fields: Fields) -> Fields:
    """Escape what could break or steer a line of plain text; a traceback's lines are indented."""
    for key, value in fields.items():
        if key == "exception":
            fields[key] = "\n".join(f"    {clean(line)}" for line in str(value).split("\n"))
        elif isinstance(value, str):
            fields[key] = clean(value)
    return fields


def clean(text: str) -> str:
    """`text` on one line: controls, line ends of all worlds, and marks that turn the direction escaped."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")

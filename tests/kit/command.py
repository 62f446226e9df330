"""The command line within the test's own process: what it printed, and how it ended."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import structlog

from gatepost.cli import main


@dataclass(frozen=True, slots=True)
class Done:
    """What a command gave."""

    status: int
    out: str
    err: str
    raw: bytes

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The JSON objects on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


def command(*arguments: str | Path, stdin: str = "", environ: Mapping[str, str] | None = None) -> Done:
    """Run `gatepost` with these arguments; only the environment given holds GATEPOST_ names."""
    out, err = _stream(), _stream()
    status = 0
    variables = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", **(environ or {})}
    with (
        redirect_stdout(out),
        redirect_stderr(err),
        patch.object(sys, "stdin", io.StringIO(stdin)),
        patch.dict("os.environ", variables, clear=True),
    ):
        logging = structlog.get_config()
        try:
            main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
        finally:
            structlog.configure(**logging)
    out.flush()
    err.flush()
    return Done(status, _text(out), _text(err), _raw(out))


def _stream() -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8")


def _raw(stream: io.TextIOWrapper) -> bytes:
    buffer = stream.buffer
    assert isinstance(buffer, io.BytesIO)
    return buffer.getvalue()


def _text(stream: io.TextIOWrapper) -> str:
    return _raw(stream).decode("utf-8", "backslashreplace")

"""What the commands share: their options, and how they speak to people and to programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from gatepost.config import Loaded

T = TypeVar("T")

DONE, FAILED, UNUSABLE = 0, 1, 2
"""Exit statuses: all is well; something is not; it could not be done as called."""

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Configuration file.", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object a line.")]


def family(help: str) -> typer.Typer:
    """A family of commands: `gatepost quarantine …`."""
    return typer.Typer(help=help, no_args_is_help=True, rich_markup_mode=None)


def prepare_streams() -> None:
    """Make stdout and stderr speak UTF-8 whatever the locale says; what can't be written is escaped."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a test's or an embedder's stream may not be a text file
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def configuration(path: Path | None, *, serving: bool = False) -> Loaded:
    """The configuration in force for this command. Raises ConfigError."""
    import os

    from gatepost.config import load

    return load(path, os.environ, serving=serving)


def harmless(text: str) -> str:
    """`text` for a terminal: controls and direction marks, which a mail may carry, show as U+FFFD."""
    return "".join(sign if sign.isprintable() else "\ufffd" for sign in text)


def say(text: str = "") -> None:
    """One line on stdout for people."""
    _write(sys.stdout, text)


def say_error(text: str) -> None:
    """Lines on stderr; the first says who speaks."""
    say_lines(f"gatepost: {text}")


def say_lines(text: str) -> None:
    """Lines on stderr that name their file and line themselves; what they quote can't steer the terminal."""
    _write(sys.stderr, "\n".join(harmless(line) for line in text.split("\n")))


def fail(text: str, status: int = UNUSABLE) -> NoReturn:
    """Say on stderr what is wrong and end the command."""
    say_error(text)
    raise typer.Exit(status)


def emit(value: dict[str, Any]) -> None:
    """One JSON object on a line of its own, at once, for whoever reads along."""
    line = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
    _write(sys.stdout, line if line.isprintable() else "".join(map(_in_json, line)))
    sys.stdout.flush()


def _in_json(sign: str) -> str:
    """A sign of a JSON text; what no terminal should get is escaped, which means the same to a reader."""
    return sign if sign.isprintable() else json.dumps(sign)[1:-1]


def _write(stream: IO[str], line: str) -> None:
    stream.write(line + "\n")


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Rows for people: aligned on a terminal, separated by tabs elsewhere."""
    if not sys.stdout.isatty():
        for row in (heads, *rows):
            say("\t".join(harmless(cell) for cell in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    shown = Table(*heads, box=box.SIMPLE_HEAD, pad_edge=False)
    for row in rows:
        shown.add_row(*(Text(harmless(cell)) for cell in row))
    Console().print(shown)


@contextmanager
def progress(what: str, total: int | None = None) -> Iterator[_Progress]:
    """Progress on stderr while it is a terminal; nothing is shown elsewhere."""
    if not sys.stderr.isatty():
        yield _Progress()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total)
        yield _Progress(lambda: bar.advance(task))


@contextmanager
def counting(what: str, total_bytes: int) -> Iterator[Callable[[int], object]]:
    """Progress through a file on stderr while that is a terminal: call what it yields with the bytes done."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=total_bytes or None)
        yield lambda done: bar.update(task, completed=done)


class _Progress:
    """Counts steps, visibly or not."""

    def __init__(self, advance: Any = None) -> None:
        self._advance = advance

    def step(self) -> None:
        """One more is done."""
        if self._advance is not None:
            self._advance()

    def over(self, items: Iterable[T]) -> Iterator[T]:
        """`items`, each counted once it has been used."""
        for item in items:
            yield item
            self.step()

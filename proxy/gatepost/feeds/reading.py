"""A file of order data -> its rows, one at a time: tab-separated reports and feeds, and XML feeds.

Whatever is wrong with one row is a BadRow and costs that row only; FeedError is for the whole file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gatepost.errors import FeedError
from gatepost.feeds import xmlfile
from gatepost.feeds.columns import column, kind_of
from gatepost.feeds.rows import LINES
from gatepost.feeds.textfile import encoding_of, lines
from gatepost.orderdata import BadRow, Kind, Line

HEAD_LINES = 4
"""Lines in which the header is looked for: Amazon's templates put one or two of their own above it."""

Report = Callable[[int], object]


@dataclass(frozen=True, slots=True)
class Feed:
    """A file that was recognised."""

    path: Path
    kind: Kind
    size_bytes: int
    header: str = ""  # as it stands in the file
    head_line: int = 1
    encoding: str = "utf-8"
    is_xml: bool = False


def recognise(path: Path) -> Feed:
    """What the file at `path` is. Raises FeedError when it can't be read or is none of the known kinds."""
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            head = stream.read(4096)
    except OSError as error:
        raise FeedError(f"{path}: can't be read: {error.strerror}") from error
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return Feed(path, xmlfile.kind_of(path), size, is_xml=True)
    encoding = encoding_of(path)
    for number, text, _ in lines(path, encoding):
        kind = kind_of([column(cell) for cell in _split(text)])
        if kind is not None:
            return Feed(path, kind, size, text.rstrip("\r\n"), number, encoding)
        if number >= HEAD_LINES:
            break
    raise FeedError(
        f"{path}: not a report that is known: no header with order-id and the other columns of an order "
        "report, a returns report, or a shipping-confirmation or order-adjustments feed"
    )


def rows(feed: Feed, *, read: Report = lambda done: None) -> Iterator[Line | BadRow]:
    """The rows of a recognised file; `read` is told how many bytes have been read, row by row."""
    if feed.is_xml:
        yield from xmlfile.rows(feed.path, feed.kind, read=read)
        return
    names = [column(cell) for cell in _split(feed.header)]
    convert = LINES[feed.kind]
    for number, text, done in lines(feed.path, feed.encoding):
        read(done)
        if number <= feed.head_line or not text.strip():
            continue
        cells = _split(text)
        if len(cells) > len(names) and any(cells[len(names) :]):
            yield BadRow(
                number, f"{len(cells)} columns where the header has {len(names)}", text.rstrip("\r\n")
            )
            continue
        try:
            yield convert(dict(zip(names, cells, strict=False)))
        except ValueError as error:
            yield BadRow(number, str(error), text.rstrip("\r\n"))


def _split(line: str) -> list[str]:
    """The cells of a row. Quotation marks are part of the words, but for a pair around a whole cell."""
    cells = line.rstrip("\r\n").split("\t")
    return [
        cell[1:-1].replace('""', '"') if len(cell) > 1 and cell[0] == cell[-1] == '"' else cell
        for cell in cells
    ]

"""A file of order data into the store: row by row, in bounded memory, and counted whole or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import IO, Any

from gatepost.errors import FeedError
from gatepost.feeds.reading import Feed, recognise, rows
from gatepost.orderdata import BadRow, Kind, Line
from gatepost.store.orders import BATCH, Orders

MOST_TOLD = 20  # bad rows that are told one by one
_BLOCK = 1 << 20


class FileChanged(FeedError):
    """Somebody still writes to the file: it can be imported when they are done."""


@dataclass(slots=True)
class Imported:
    """What became of one file."""

    path: Path
    kind: Kind
    rows: int = 0
    bad: int = 0
    faults: list[BadRow] = field(default_factory=list)  # the first MOST_TOLD
    aside: Path | None = None  # where the bad rows were put
    before: str = ""  # when the same file was imported before; then nothing was changed


def as_json(done: Imported) -> dict[str, Any]:
    """What became of a file, as the command, the API and the report beside a file tell it."""
    return {
        "file": str(done.path),
        "kind": done.kind.value,
        "rows": done.rows,
        "bad": done.bad,
        "aside": str(done.aside) if done.aside else None,
        "imported_before": done.before or None,
    }


async def import_file(
    orders: Orders, path: Path, *, by: str, read: Callable[[int], object] = lambda done: None
) -> Imported:
    """Import one file; `read` is told the bytes read so far.

    Bad rows are put aside in `<file>.bad` and the rest counts. A file that was imported before changes
    nothing. Whatever ends the import before its end takes back what it brought. Raises FeedError for a file
    that can't be used, StoreError.
    """
    feed, digest, was = await asyncio.to_thread(lambda: (recognise(path), _digest(path), _look(path)))
    done = Imported(path, feed.kind)
    earlier = await orders.imported(digest)
    if earlier is not None and earlier.done_at is not None:
        done.before = earlier.done_at.isoformat(timespec="minutes")
        return done
    number = await orders.start(digest, name=path.name, kind=feed.kind, by=by)
    try:
        with _Aside(feed) as aside:
            await _put_all(orders, number, _batches(feed, aside, done, read))
        if not done.rows and done.bad:
            raise FeedError(
                f"{path}: no row can be used; the first: line {done.faults[0].number}: {done.faults[0].why}"
            )
        if await asyncio.to_thread(_look, path) != was:
            raise FileChanged(f"{path}: changed while it was read")
        await orders.finish(number, rows=done.rows, bad=done.bad)
    except BaseException:
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.shield(orders.drop(number))
        raise
    if await orders.hides(number, feed.kind):
        await _tidy(orders, number, feed)
    return done


def _look(path: Path) -> tuple[int, int, int]:
    """What is another when the file has been written to, or another stands in its place."""
    try:
        found = path.stat()
    except OSError as error:
        raise FeedError(f"{path}: can't be read: {error.strerror}") from error
    return found.st_size, found.st_mtime_ns, found.st_ino


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with path.open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    except OSError as error:
        raise FeedError(f"{path}: can't be read: {error.strerror}") from error
    return digest.hexdigest()


class _Aside:
    """The file that bad rows are put in: the header, then each row with what is wrong with it."""

    def __init__(self, feed: Feed) -> None:
        self.path = feed.path.with_name(feed.path.name + ".bad")
        self._header = feed.header
        self._stream: IO[str] | None = None

    def __enter__(self) -> _Aside:
        return self

    def put(self, row: BadRow) -> None:
        """Add one; the file is made with the first."""
        if self._stream is None:
            try:
                self._stream = self.path.open("w", encoding="utf-8")
            except OSError as error:
                raise FeedError(f"{self.path}: can't be written: {error.strerror}") from error
            self._stream.write(f"line\twhat is wrong\t{self._header}\n")
        self._stream.write(f"{row.number}\t{row.why}\t{row.text}\n")

    def __exit__(self, *_: object) -> None:
        if self._stream is not None:
            self._stream.close()


def _batches(
    feed: Feed, aside: _Aside, done: Imported, read: Callable[[int], object]
) -> Iterator[list[Line]]:
    def good() -> Iterator[Line]:
        for row in rows(feed, read=read):
            if isinstance(row, BadRow):
                done.bad += 1
                done.aside = aside.path
                aside.put(row)
                if len(done.faults) < MOST_TOLD:
                    done.faults.append(row)
            else:
                done.rows += 1
                yield row

    found = good()
    while batch := list(islice(found, BATCH)):
        yield batch


async def _put_all(orders: Orders, number: int, batches: Iterator[list[Line]]) -> None:
    while batch := await asyncio.to_thread(next, batches, None):
        await orders.put(number, batch)


async def _tidy(orders: Orders, number: int, feed: Feed) -> None:
    """Delete what the import hides; cut off, the next import of the same orders does it."""
    found = (row.order for row in rows(feed) if not isinstance(row, BadRow))
    while batch := await asyncio.to_thread(lambda: list(islice(found, BATCH))):
        await orders.tidy(number, feed.kind, batch)

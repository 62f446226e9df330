"""Recorded shipments and adjustments out of the store into a feed file, each of them once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from gatepost.errors import FeedError
from gatepost.feeds.writing import as_text, as_xml
from gatepost.orderdata import FeedEntry, Kind, Line
from gatepost.store.feedentries import FeedEntries

Write = Callable[[Kind, Sequence[Line]], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Exported:
    """What became of one export."""

    file: Path
    kind: Kind
    entries: int
    mended: int = 0  # entries of an earlier file that stood, though a crash had kept it from being noted
    again: bool = False


async def export(entries: FeedEntries, kind: Kind, file: Path, *, by: str, xml: bool = False) -> Exported:
    """Write what waits into `file` and note it as exported; nothing waiting writes no file.

    The file appears whole or not at all, and what is in it is never exported again. Raises FeedError when
    `file` is there already or can't be written; then nothing is noted.
    """
    waiting = await entries.waiting(kind)
    stood = await asyncio.to_thread(_standing, waiting)
    for name in sorted({entry.exported_in for entry in stood}):
        await entries.finish([entry for entry in stood if entry.exported_in == name], name, by=by)
    fresh = [entry for entry in waiting if entry not in stood]
    if fresh:
        name = await asyncio.to_thread(_place_of, file)
        if await asyncio.to_thread(file.exists):
            raise FeedError(f"{file}: is there already; name another file, or --again to write it anew")
        await entries.begin(fresh, name)
        await asyncio.to_thread(_write, file, kind, fresh, as_xml if xml else as_text)
        await entries.finish(fresh, name, by=by)
    return Exported(file, kind, len(fresh), len(stood))


async def export_again(entries: FeedEntries, kind: Kind, file: Path, *, xml: bool = False) -> Exported:
    """Write anew what went out in `file`. Raises FeedError when nothing did."""
    known = await entries.exported(await asyncio.to_thread(_place_of, file))
    if not known:
        raise FeedError(f"{file}: nothing was exported in it")
    await asyncio.to_thread(_write, file, kind, known, as_xml if xml else as_text)
    return Exported(file, kind, len(known), again=True)


def _standing(entries: Sequence[FeedEntry]) -> list[FeedEntry]:
    """Those that a file holds which was written whole, though a crash kept that from being noted."""
    return [entry for entry in entries if entry.exported_in and Path(entry.exported_in).exists()]


def _place_of(file: Path) -> str:
    return str(file.absolute())


def _write(file: Path, kind: Kind, entries: Sequence[FeedEntry], form: Write) -> None:
    part = file.with_name(f".{file.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as stream:
            stream.writelines(form(kind, [entry.line for entry in entries]))
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise FeedError(f"{file}: can't be written: {error.strerror}") from error

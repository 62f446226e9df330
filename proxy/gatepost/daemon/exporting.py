"""Recorded shipments and adjustments out of the store into a feed file, each of them once."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from gatepost.errors import FeedError
from gatepost.feeds.writing import as_text, as_xml
from gatepost.orderdata import Feed, FeedEntry, Kind, Line, ShipmentLine
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
    fresh: Sequence[FeedEntry] = [entry for entry in waiting if entry not in stood]
    if fresh:
        name = await asyncio.to_thread(_place_of, file)
        if await asyncio.to_thread(file.exists):
            raise FeedError(f"{file}: is there already; name another file, or --again to write it anew")
        fresh = await _write_fresh(entries, kind, file, fresh, by=by, xml=xml)
    return Exported(file, kind, len(fresh), len(stood))


async def _write_fresh(
    entries: FeedEntries, kind: Kind, file: Path, fresh: Sequence[FeedEntry], *, by: str, xml: bool
) -> Sequence[FeedEntry]:
    """Write them, but for those that somebody else has taken meanwhile."""
    name = _place_of(file)
    mine = await entries.begin(fresh, name)
    try:
        if mine:
            await asyncio.to_thread(_write, file, kind, mine, as_xml if xml else as_text)
    except FeedError:
        await entries.leave(mine)
        raise
    if mine:
        await entries.finish(mine, name, by=by)
    return mine


async def take(entries: FeedEntries, kind: Kind, at: datetime, *, by: str, xml: bool = False) -> Feed | None:
    """Note that what waits goes out now, as a feed that `bytes_of` gives; None when nothing waits."""
    name = f"{kind.value}-{at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}.{'xml' if xml else 'txt'}"
    taken = await entries.take(kind, name, by=by)
    return Feed(name, kind, taken, at) if taken else None


async def bytes_of(entries: FeedEntries, name: str) -> bytes | None:
    """The feed that was written under that name, as XML where that says so; None when none was."""
    known = await entries.exported(name)
    if not known:
        return None
    form = as_xml if name.casefold().endswith(".xml") else as_text
    lines = [entry.line for entry in known]
    kind = Kind.SHIPPING if isinstance(lines[0], ShipmentLine) else Kind.ADJUSTMENTS
    return await asyncio.to_thread(lambda: "".join(form(kind, lines)).encode())


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

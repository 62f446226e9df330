"""One buyer forgotten: in the store, and in the files of order data that the watched folder has put aside."""

from __future__ import annotations

import asyncio
import mmap
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gatepost.daemon.watching import DONE, FAILED, was_put_aside
from gatepost.store import Store
from gatepost.store.retention import Erased
from gatepost_policies.facts import bare_alias

BESIDE = (".report.json", ".bad")
"""How the names of files end that lie beside one that was put aside."""
_WHOLE = {
    "utf-8": (rb"(?<![\w.+-])", rb"(?![\w.-])"),
    "utf-16-le": (rb"(?<![\w.+-]\0)", rb"(?![\w.-]\0)"),
    "utf-16-be": (rb"(?<!\0[\w.+-])", rb"(?!\0[\w.-])"),
}
"""What a name stands between, so that a part of another name is none; other encodings have it as UTF-8."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was erased, and what could not be."""

    erased: Erased
    files: int = 0  # that were put aside and named the buyer, and those beside them
    left: Sequence[str] = ()  # places that could not be searched or cleared, and why


async def erase_buyer(store: Store, folder: Path | None, address: str, *, by: str) -> Forgotten:
    """Erase what is kept of a buyer, and what is put aside in `folder` and names them or an order of theirs.

    The files go first: which orders are theirs is known no more once they are erased. Raises StoreError.
    """
    files, left = 0, list[str]()
    if folder is not None:
        names = [bare_alias(address), *await store.orders.of_buyer(address)]
        files, left = await asyncio.to_thread(_clear, folder, names)
    return Forgotten(await store.retention.erase(address, by=by, files=files), files, left)


def _clear(folder: Path, names: Sequence[str]) -> tuple[int, list[str]]:
    """Delete every file put aside that holds one of `names`: how many, and what could not be searched."""
    wanted = [_any_of(names, encoding) for encoding in _WHOLE]
    cleared, left = 0, list[str]()
    for where in (folder / DONE, folder / FAILED):
        if not where.is_dir():
            continue
        for path in [path for path in where.iterdir() if was_put_aside(path.name)]:
            try:
                cleared += _clear_one(path, wanted)
            except OSError as error:
                left.append(f"{path}: {error.strerror}")
    return cleared, left


def _any_of(names: Sequence[str], encoding: str) -> re.Pattern[bytes]:
    before, after = _WHOLE[encoding]
    any_name = b"|".join(re.escape(name.encode(encoding)) for name in names)
    return re.compile(before + b"(?:" + any_name + b")" + after, re.IGNORECASE)


def _clear_one(path: Path, wanted: Sequence[re.Pattern[bytes]]) -> int:
    """How many files were deleted: this one, when it names the buyer, and what lies beside it."""
    if not path.exists() or not _names(path, wanted):
        return 0
    name = path.name
    for ending in BESIDE:
        name = name.removesuffix(ending)
    gone = [each for each in (path.with_name(name + ending) for ending in ("", *BESIDE)) if each.exists()]
    for each in gone:
        each.unlink(missing_ok=True)
    return len(gone)


def _names(path: Path, wanted: Sequence[re.Pattern[bytes]]) -> bool:
    with path.open("rb") as stream:
        if not path.stat().st_size:
            return False
        with mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
            return any(each.search(content) for each in wanted)

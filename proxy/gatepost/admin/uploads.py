"""A file of order data on its way in: streamed to disk, bounded in size, time and number."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import BinaryIO

from starlette.exceptions import HTTPException

from gatepost.admin.books import Taken
from gatepost.admin.requests import BODY_SECONDS
from gatepost.admin.visit import Visit

_NAME = re.compile(r"[^\w.() +-]+")
_LONGEST_NAME = 120
_BLOCK = 1 << 20


@asynccontextmanager
async def place_for(visit: Visit, name: str) -> AsyncIterator[Path]:
    """Where an upload called `name` may be put; it is deleted afterwards. 503 when too many are at it."""
    importing = visit.desk.importing
    if importing.locked():
        raise HTTPException(503, "other files are being imported just now")
    async with importing:
        with tempfile.TemporaryDirectory(prefix="gatepost-") as folder:
            yield Path(folder, _NAME.sub("_", name).strip(" .")[-_LONGEST_NAME:] or "upload")


async def from_stream(visit: Visit, name: str) -> Taken:
    """Import the body of the request. 413 or 408 when it is not to be had; raises FeedError."""
    left = visit.desk.books.file_bytes
    async with place_for(visit, name) as path:
        with path.open("xb") as target:
            chunks = visit.request.stream()
            while chunk := await _next(chunks):
                left -= len(chunk)
                if left < 0:
                    raise HTTPException(413, f"larger than {visit.desk.books.file_bytes} bytes")
                await asyncio.to_thread(target.write, chunk)
        return await visit.desk.books.take(path, by=visit.who.name)


async def _next(chunks: AsyncIterator[bytes]) -> bytes:
    """What comes next that is not empty; empty at the end. A sender that stops is not waited for."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in chunks:
                if chunk:
                    return chunk
    except TimeoutError:
        raise HTTPException(408) from None
    return b""


async def from_form(visit: Visit, name: str, source: BinaryIO) -> Taken:
    """Import a file of a form. Raises FeedError."""
    async with place_for(visit, name) as path:
        await asyncio.to_thread(_copy, source, path)
        return await visit.desk.books.take(path, by=visit.who.name)


def _copy(source: BinaryIO, path: Path) -> None:
    with path.open("xb") as target:
        while block := source.read(_BLOCK):
            target.write(block)

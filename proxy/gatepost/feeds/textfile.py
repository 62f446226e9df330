"""A report's bytes -> lines of text, whatever the marketplace's encoding; memory stays at one line."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from gatepost.errors import FeedError

MAX_LINE = 1_000_000  # bytes of one row
_BLOCK = 1 << 20
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_FALLBACKS = ("cp932", "cp1252")  # Japan's stores, then Europe's and America's


def encoding_of(path: Path) -> str:
    """The encoding of the file at `path`; raises FeedError where none fits.

    A byte order mark says it; else it is UTF-8 where all of the file is; else cp932 where the first line
    holds Japanese in it, else cp1252.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_BLOCK)
            for bom, name in _BOMS:
                if head.startswith(bom):
                    return name
            return "utf-8" if _is_utf8(head, stream) else _old(head.split(b"\n", 1)[0], path)
    except OSError as error:
        raise FeedError(f"{path}: can't be read: {error.strerror}") from error


def _is_utf8(head: bytes, stream: IO[bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    block = head
    try:
        while block:
            decoder.decode(block)
            block = stream.read(_BLOCK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _old(first: bytes, path: Path) -> str:
    for name in _FALLBACKS:
        try:
            text = first.decode(name)
        except UnicodeDecodeError:
            continue
        if name != "cp932" or any("\u3040" <= sign <= "\u9fff" for sign in text):
            return name
    raise FeedError(f"{path}: not text in UTF-8, Shift_JIS or Windows-1252")


def lines(path: Path, encoding: str) -> Iterator[tuple[int, str, int]]:
    """The lines of the file, each with its number and the bytes read so far; raises FeedError.

    A character that the encoding doesn't have is U+FFFD; so is what was lost before the file was written.
    """
    if encoding == "utf-16":
        yield from _wide(path)
        return
    done = 0
    with path.open("rb") as stream:
        for number, raw in enumerate(iter(lambda: stream.readline(MAX_LINE + 1), b""), 1):
            if len(raw) > MAX_LINE:
                raise FeedError(f"{path}:{number}: a row of more than {MAX_LINE} bytes")
            done += len(raw)
            yield (
                number,
                raw.decode(encoding if number == 1 else encoding.removesuffix("-sig"), "replace"),
                done,
            )


def _wide(path: Path) -> Iterator[tuple[int, str, int]]:
    with path.open(encoding="utf-16", errors="replace", newline="") as stream:
        done = 0
        for number, line in enumerate(iter(lambda: stream.readline(MAX_LINE + 1), ""), 1):
            if len(line) > MAX_LINE:
                raise FeedError(f"{path}:{number}: a row of more than {MAX_LINE} characters")
            done += len(line) * 2
            yield number, line, done

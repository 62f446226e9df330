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
_FIRST_ROWS = (0x81, 0x9F)  # first bytes of kana and of the common half of kanji


def encoding_of(path: Path) -> str:
    """The encoding of the file at `path`; raises FeedError where none fits.

    A byte order mark says it; else it is UTF-8 where all of the file is; else cp932 where its
    beginning is Japanese in it, else cp1252.
    """
    try:
        with path.open("rb") as stream:
            head = stream.read(_BLOCK)
            for bom, name in _BOMS:
                if head.startswith(bom):
                    return name
            return "utf-8" if _is_utf8(head, stream) else _old(head, path)
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


def _old(head: bytes, path: Path) -> str:
    if _is_japanese(head):
        return "cp932"
    try:
        head.split(b"\n", 1)[0].decode("cp1252")
    except UnicodeDecodeError:
        raise FeedError(f"{path}: not text in UTF-8, Shift_JIS or Windows-1252") from None
    return "cp1252"


def _is_japanese(head: bytes) -> bool:
    """Whether the bytes are Japanese in cp932: most signs are of its first rows, and some stand together.

    An accented letter of cp1252 and the letter behind it make one sign of cp932, too, but of its last rows;
    a curly apostrophe makes one of the first, but stands alone.
    """
    signs = first = 0
    together = False
    for row in head.split(b"\n"):
        try:
            text = row.decode("cp932")
        except UnicodeDecodeError:
            continue
        places = [at for at, sign in enumerate(text) if sign > "\x7f"]
        common = {
            at for at in places if _FIRST_ROWS[0] <= text[at].encode("cp932", "replace")[0] <= _FIRST_ROWS[1]
        }
        signs, first = signs + len(places), first + len(common)
        together = together or any(at + 1 in common for at in common)
    return together and first * 2 >= signs


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

"""Files, folders, mboxes and stdin -> the mails in them, one at a time.

Memory is bounded by the largest mail that the gateway takes, however many there are.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

STDIN = "-"
MAIL_ENDINGS = frozenset({".eml", ".mbox", ".mbx"})
TEXT_ENDINGS = frozenset({".txt", ".html", ".htm"})
FILE_ENDINGS = frozenset(
    {
        ".pdf", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".rtf", ".zip", ".png", ".jpg", ".jpeg",
        ".gif", ".webp", ".tif", ".tiff", ".bmp", ".svg", ".csv", ".doc", ".xls", ".ppt", ".heic",
    }
)  # fmt: skip
MAILDIR_FOLDERS = frozenset({"cur", "new"})
SEPARATOR = b"From "  # between the mails of an mbox (RFC 4155): after an empty line, before a header field
LINE_BYTES = 65_536  # read at once; a longer line comes in pieces
_QUOTED = re.compile(rb">+From ")
_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:")


@dataclass(frozen=True, slots=True)
class Found:
    """One mail or document: its bytes, or why it can't be judged."""

    name: str
    raw: bytes = field(default=b"", repr=False)
    error: str = ""


def walk(paths: Sequence[str], *, documents: bool) -> Iterator[str]:
    """The names of the files to judge: those given, and those in the folders given, sorted.

    A folder is entered with all below it; what is no mail there (no document, with `documents`) is left
    out, links to folders are not followed. Folders that can't be entered are named like files.
    """
    for given in paths:
        if given != STDIN and Path(given).is_dir():
            yield from _below(given, documents=documents)
        else:
            yield given


def _below(folder: str, *, documents: bool) -> Iterator[str]:
    closed: list[OSError] = []
    for place, folders, names in os.walk(folder, onerror=closed.append):
        folders.sort()
        for name in sorted(names):
            if _is_wanted(Path(place, name), documents=documents):
                yield str(Path(place, name))
    yield from (str(error.filename) for error in closed)  # who reads it will hear why


def _is_wanted(path: Path, *, documents: bool) -> bool:
    if path.exists() and not path.is_file():  # to open a pipe is to wait for whoever writes to it
        return False
    ending = path.suffix.lower()
    if documents:
        return ending in TEXT_ENDINGS | FILE_ENDINGS
    return ending in MAIL_ENDINGS or path.parent.name in MAILDIR_FOLDERS


def read_mails(name: str, limit: int) -> Iterator[Found]:
    """The mail of one file, or each of an mbox as `name:1`, `name:2` …; none larger than `limit` bytes."""
    ending = Path(name).suffix.lower()
    if ending in TEXT_ENDINGS | FILE_ENDINGS:
        yield Found(name, error="not a mail; to judge a document give --medium insert or packing-slip")
        return
    try:
        with _opened(name) as stream:
            yield from _mails(stream, name, limit)
    except OSError as error:
        yield Found(name, error=error.strerror or type(error).__name__)


def _mails(stream: BinaryIO, name: str, limit: int) -> Iterator[Found]:
    first = stream.readline(LINE_BYTES)
    if first.startswith(SEPARATOR):
        yield from _mbox(stream, name, limit)
        return
    raw = first + stream.read(limit + 1 - len(first))
    yield _checked(name, raw, limit)


def _mbox(stream: BinaryIO, name: str, limit: int) -> Iterator[Found]:
    """The mails between separators; `>From ` loses the `>` that the mbox put there."""
    count, size, after_blank, whole = 1, 0, False, True
    lines: list[bytes] = []
    line, following = stream.readline(LINE_BYTES), b""
    while line:
        following = stream.readline(LINE_BYTES)
        if after_blank and line.startswith(SEPARATOR) and _FIELD.match(following):
            yield _checked(f"{name}:{count}", b"".join(lines), limit, size=size)
            count, size, lines = count + 1, 0, []
        else:
            size += len(line)
            if size <= limit:
                lines.append(line[1:] if whole and _QUOTED.match(line) else line)
        after_blank, whole = whole and not line.strip(b"\r\n"), line.endswith(b"\n")
        line = following
    yield _checked(f"{name}:{count}", b"".join(lines), limit, size=size)


def _checked(name: str, raw: bytes, limit: int, size: int = 0) -> Found:
    if max(size, len(raw)) > limit:
        return Found(name, error=f"larger than the gateway takes ({limit} bytes)")
    if not raw.strip():
        return Found(name, error="empty")
    return Found(name, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))


def read_document(name: str, limit: int) -> Found:
    """The document or picture called `name`, as bytes."""
    ending = Path(name).suffix.lower()
    if name != STDIN and ending not in TEXT_ENDINGS | FILE_ENDINGS:
        known = ", ".join(sorted(TEXT_ENDINGS | FILE_ENDINGS))
        return Found(name, error=f"not a document or picture; expected one of {known}")
    try:
        with _opened(name) as stream:
            raw = stream.read(limit + 1)
    except OSError as error:
        return Found(name, error=error.strerror or type(error).__name__)
    if len(raw) > limit:
        return Found(name, error=f"larger than the gateway takes ({limit} bytes)")
    return Found(name, raw) if raw.strip() else Found(name, error="empty")


def _opened(name: str) -> BinaryIO:
    if name == STDIN:
        return os.fdopen(os.dup(sys.stdin.fileno()), "rb")
    if os.path.isdir(name):
        os.scandir(name).close()  # a folder that can't be entered says why
    return open(name, "rb")

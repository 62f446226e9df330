"""What was seen in one file, as a value that goes from the child process to its parent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

MAX_WORDS = 200_000  # characters of one file that are judged
MAX_LINKS = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """How much work one file is worth."""

    pixels: int = 20_000_000  # of one picture
    frames: int = 12  # of one picture
    pages: int = 20  # of one document
    pictures: int = 40  # within one document
    bytes_unpacked: int = 100_000_000  # of one archive or Office file
    entries: int = 1_000  # in one archive or Office file
    depth: int = 3  # files within files


@dataclass(frozen=True, slots=True)
class Seen:
    """What one file says. `unread` says why that may not be all; empty when it is."""

    words: str = ""  # of the document itself
    in_pictures: str = ""  # recognised in pictures
    links: tuple[str, ...] = ()  # where it leads without saying so
    codes: tuple[str, ...] = ()  # what its QR and bar codes hold
    unread: str = ""


NOTHING = Seen()


def joined(parts: Iterable[Seen]) -> Seen:
    """Several files' sayings as one, within the bounds; the first reason why something is unread stays."""
    found = list(parts)
    words = "\n\n".join(one.words for one in found if one.words)
    pictures = "\n\n".join(one.in_pictures for one in found if one.in_pictures)
    links = tuple(dict.fromkeys(link for one in found for link in one.links))
    codes = tuple(dict.fromkeys(code for one in found for code in one.codes))
    unread = next((one.unread for one in found if one.unread), "")
    if (
        len(words) > MAX_WORDS
        or len(pictures) > MAX_WORDS
        or len(links) > MAX_LINKS
        or len(codes) > MAX_LINKS
    ):
        unread = unread or "says more than is read"
    return Seen(words[:MAX_WORDS], pictures[:MAX_WORDS], links[:MAX_LINKS], codes[:MAX_LINKS], unread)

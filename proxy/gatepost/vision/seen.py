"""What was seen in one file, as a value that goes from the child process to its parent."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

MAX_WORDS = 200_000  # characters of one file that are judged
MAX_LINKS = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """How much work one file is worth, with all that is in it."""

    pixels: int = 20_000_000  # of one picture
    frames: int = 12  # of one picture
    pages: int = 20  # of one document
    pictures: int = 40
    bytes_unpacked: int = 100_000_000
    entries: int = 1_000  # files
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


class TooMuchError(Exception):
    """A file holds more than is read; the words say of what."""


class Allowance:
    """What is left of the limits while one file is looked at, with all the files in it."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._bytes, self._entries, self._pictures = limits.bytes_unpacked, limits.entries, limits.pictures

    def unpack(self, size: int) -> None:
        """Spend bytes. Raises TooMuchError."""
        self._bytes -= size
        if self._bytes < 0:
            raise TooMuchError("the archive unpacks to more than is read")

    def open(self, count: int) -> None:
        """Spend files. Raises TooMuchError."""
        self._entries -= count
        if self._entries < 0:
            raise TooMuchError(f"the archive holds more than {self.limits.entries} files")

    def show(self) -> None:
        """Spend a picture. Raises TooMuchError."""
        self._pictures -= 1
        if self._pictures < 0:
            raise TooMuchError(f"the file holds more than {self.limits.pictures} pictures")


def unread(seen: Seen, why: str) -> Seen:
    """The same, but not all of it; the first reason stays."""
    return replace(seen, unread=seen.unread or why)


def joined(parts: Iterable[Seen]) -> Seen:
    """Several files' sayings as one, within the bounds; the first reason why something is unread stays.

    When the parts end with TooMuchError, what came before it counts.
    """
    found: list[Seen] = []
    try:
        found.extend(parts)
    except TooMuchError as error:
        found.append(Seen(unread=str(error)))
    words = "\n\n".join(one.words for one in found if one.words)
    pictures = "\n\n".join(one.in_pictures for one in found if one.in_pictures)
    links = tuple(dict.fromkeys(link for one in found for link in one.links))
    codes = tuple(dict.fromkeys(code for one in found for code in one.codes))
    why = next((one.unread for one in found if one.unread), "")
    if max(len(words), len(pictures)) > MAX_WORDS or max(len(links), len(codes)) > MAX_LINKS:
        why = why or "says more than is read"
    return Seen(words[:MAX_WORDS], pictures[:MAX_WORDS], links[:MAX_LINKS], codes[:MAX_LINKS], why)

"""The objects of one mail as it was read, of its history, and of captured mails that the API gives."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gatepost.admin.api.operation import Shape
from gatepost.admin.api.shapes import Deed, Stamp, TurnAt


class PassageRead(Shape):
    """A part of a mail that says something."""

    part: str
    text: str


class LinkRead(Shape):
    """A link in a mail, and where it leads."""

    url: str
    host: str
    shown: str
    part: str


class HiddenWords(Shape):
    """Words that a reader would not see, and how they are hidden."""

    how: str
    text: str


class FileRead(Shape):
    """A file that a mail carries; its number is its place in the list, from 0."""

    name: str
    content_type: str
    """As the mail says."""
    detected_type: str
    """By its content; empty when unknown."""
    size_bytes: int
    inline: bool
    sha256: str


class MailRead(Shape):
    """A mail as the judge reads it."""

    passages: list[PassageRead]
    links: list[LinkRead]
    hidden: list[HiddenWords]
    files: list[FileRead]
    defects: list[str]


class Seen(Shape):
    """Somebody who opened a mail."""

    by: str
    at: Stamp


class History(Shape):
    """What people did about a mail."""

    turn: TurnAt | None
    """Who is at it now."""
    seen: list[Seen]
    deeds: list[Deed]


class CapturedQuery(Shape):
    """Which page of the captured mails."""

    page: Annotated[int, Field(ge=1, le=10_000)] = 1


class CapturedMail(Shape):
    """A mail that the capture relay kept in place of a real relay."""

    id: str
    at: Stamp
    mail_from: str
    recipients: list[str]
    size_bytes: int


class CapturedPage(Shape):
    """A page of captured mails, the newest first."""

    captured: list[CapturedMail]
    next: int | None
    """The number of the next page."""

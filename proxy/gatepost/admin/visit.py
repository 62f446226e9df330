"""One request on its way through the site: what the site holds, who asks, and how they are answered."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from gatepost.admin.access import Permission, Visitor
from gatepost.admin.books import MOST_IMPORTING, Books
from gatepost.admin.links import Links
from gatepost.admin.login import Doorkeeper
from gatepost.admin.office import Office
from gatepost.admin.oidc import Provider
from gatepost.admin.ports import Archive, Reject, Release
from gatepost.admin.render import Pages
from gatepost.admin.reviewing import Bench
from gatepost.admin.staff import Staff
from gatepost.config.schema import Site
from gatepost.model import Facets, MessageId
from gatepost.ports import Clock, Judge, Tripped
from gatepost.tasks import Tasks

T = TypeVar("T")

MAX_NOTES, MAX_READERS, MAX_CHECKS = 1_000, 2, 2
READ_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Note:
    """One sentence that the next page shows once: what came of the last click."""

    kind: str  # good, bad or wait
    text: str
    id: str = ""  # of the mail it speaks about


class Notes:
    """Notes by session, until they are shown. Bounded: the oldest go first."""

    def __init__(self) -> None:
        self._notes: OrderedDict[str, list[Note]] = OrderedDict()

    def leave(self, session: str, *notes: Note) -> None:
        """Show `notes` on the next page of this session."""
        self._notes.setdefault(session, []).extend(notes)
        while len(self._notes) > MAX_NOTES:
            self._notes.popitem(last=False)

    def take(self, session: str) -> list[Note]:
        """The notes left for this session; they are gone then."""
        return self._notes.pop(session, [])


@dataclass(slots=True)
class Kept:
    """What is costly to count and may be a few seconds old."""

    facets: Facets | None = None
    facets_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What the pages tell of this gateway."""

    smtp_address: str
    edition: str
    capture: bool  # no relay is configured: what would go out is kept and shown
    version: str
    message_bytes: int
    sign_on: str = ""  # the words of the button for an identity provider


@dataclass(frozen=True, slots=True)
class Desk:
    """All that the site works with."""

    archive: Archive
    door: Doorkeeper
    pages: Pages
    release: Release
    reject: Reject
    judge: Judge
    clock: Clock
    site: Site
    tasks: Tasks
    bench: Bench
    about: About
    links: Links
    staff: Staff
    office: Office
    books: Books
    provider: Provider | None
    notes: Notes = field(default_factory=Notes)
    kept: Kept = field(default_factory=Kept)
    reading: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_READERS))
    checking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MAX_CHECKS))
    importing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(MOST_IMPORTING))


@dataclass(frozen=True, slots=True)
class Visit:
    """One request."""

    desk: Desk
    request: Request
    visitor: Visitor | None
    tripped: Tripped | None = None  # why mail that answers no buyer is held; on every page

    @property
    def who(self) -> Visitor:
        """Who is logged in; only where the route asks for that."""
        if self.visitor is None:
            raise HTTPException(401)
        return self.visitor

    def may(self, permission: Permission) -> bool:
        """Whether this visitor may do that."""
        return self.visitor is not None and self.visitor.may(permission)

    def note(self, kind: str, text: str, id: MessageId | str = "") -> None:
        """Have the next page say `text` once."""
        self.desk.notes.leave(self.who.session, Note(kind, text, id))

    def common(self) -> dict[str, Any]:
        """What every template may use."""
        return {
            "visitor": self.visitor,
            "tripped": self.tripped,
            "can": {permission.value: self.may(permission) for permission in Permission},
            "path": self.request.url.path,
            "about": self.desk.about,
            "now": self.desk.clock.now(),
        }

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """The rendered page."""
        notes = self.desk.notes.take(self.visitor.session) if self.visitor else []
        return self.desk.pages.page(template, {**self.common(), "notes": notes, **values}, status)

    def go(self, path: str) -> Response:
        """Have the browser ask for `path` next (after a change; a reload then repeats nothing)."""
        return RedirectResponse(path, 303)

"""One route of the site, and what it asks of its visitor."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.responses import Response

from gatepost.admin.access import Permission
from gatepost.admin.visit import Visit

Show = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Page:
    """One route."""

    method: str
    path: str
    show: Show
    permission: Permission

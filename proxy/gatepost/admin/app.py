"""The site as one application: routes behind the table of permissions, faults as pages or problem details."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from importlib.metadata import version
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gatepost import events
from gatepost.admin.access import Permission, Visitor
from gatepost.admin.guard import Guard, is_local
from gatepost.admin.links import Links
from gatepost.admin.login import Doorkeeper
from gatepost.admin.ports import Archive, Reject, Release, Sessions, Users
from gatepost.admin.render import Pages
from gatepost.admin.reviewing import Bench
from gatepost.admin.routes import BEFORE_CHANGE, CAPTURE_ROUTES, ROUTES, Page
from gatepost.admin.visit import About, Desk, Visit
from gatepost.config.schema import Site
from gatepost.errors import StoreError
from gatepost.ports import Clock, Judge
from gatepost.tasks import Tasks

_WORDS = {
    403: "Your role does not allow this.",
    404: "There is nothing here, or not for you.",
    405: "This page can't be used that way.",
    408: "The request took too long to arrive.",
    413: "That is more than this page takes.",
    500: "Something failed here. It is in the log.",
    503: "The gateway can't answer this now. Nothing was changed; try again.",
}


def create_app(
    *,
    archive: Archive,
    users: Users,
    sessions: Sessions,
    release: Release,
    reject: Reject,
    judge: Judge,
    site: Site,
    clock: Clock,
    tasks: Tasks,
    smtp_address: str,
    edition: str,
    capture_enabled: bool,
    message_bytes: int,
    bench: Bench,
    links: Links,
) -> Starlette:
    """The site over these parts. It keeps no state of its own but notes and counts of failed logins."""
    desk = Desk(
        archive=archive,
        door=Doorkeeper(users=users, sessions=sessions, site=site, clock=clock),
        pages=Pages(clock),
        release=release,
        reject=reject,
        judge=judge,
        clock=clock,
        site=site,
        tasks=tasks,
        bench=bench,
        about=About(smtp_address, edition, capture_enabled, version("gatepost"), message_bytes),
        links=links,
    )
    pages = ROUTES + (CAPTURE_ROUTES if capture_enabled else ())
    return Starlette(
        routes=[Route(page.path, _behind_the_table(desk, page), methods=[page.method]) for page in pages],
        middleware=[Middleware(Guard, site=site)],
        exception_handlers={HTTPException: _faults(desk)},
    )


def _behind_the_table(desk: Desk, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a route: who it is for, then the page; whatever fails becomes an answer."""

    async def endpoint(request: Request) -> Response:
        visitor: Visitor | None = None
        try:
            visitor = await desk.door.visitor(request)
            turned_away = _turned_away(page, visitor, request)
            return turned_away or await page.show(Visit(desk, request, visitor))
        except HTTPException as fault:
            return _fault(Visit(desk, request, visitor), fault.status_code, fault.detail)
        except StoreError as error:
            events.task_failed(f"site {page.method} {page.path}", error)
            return _fault(Visit(desk, request, visitor), 503)
        except Exception as error:  # the request is owned here: the browser gets an answer, the log the rest
            events.task_failed(f"site {page.method} {page.path}", error)
            return _fault(Visit(desk, request, visitor), 500)

    return endpoint


def _turned_away(page: Page, visitor: Visitor | None, request: Request) -> Response | None:
    """What a visitor gets who may not see the page; None for one who may."""
    if page.permission is Permission.PUBLIC:
        return None
    if page.permission is Permission.LOCAL:
        if not is_local(request):
            raise HTTPException(404)
        return None
    if visitor is None:
        return _ask_to_log_in(page, request)
    if visitor.must_change and page.path not in BEFORE_CHANGE:
        return _see_other("/account/password")
    if not visitor.may(page.permission):
        raise HTTPException(403)
    return None


def _ask_to_log_in(page: Page, request: Request) -> Response:
    if page.method != "GET" or page.path.startswith("/api/"):
        raise HTTPException(401)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return _see_other("/login" if wanted == "/" else f"/login?next={quote(wanted, safe='/')}")


def _see_other(path: str) -> Response:
    return Response(status_code=303, headers={"location": path})


def _faults(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Answers for paths and methods that no route has."""

    async def answer(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        return _fault(Visit(desk, request, None), status)

    return answer


def _fault(visit: Visit, status: int, detail: str = "") -> Response:
    phrase = HTTPStatus(status).phrase
    if visit.request.url.path.startswith("/api/"):
        said = {} if detail in ("", phrase) else {"detail": detail}
        return JSONResponse(
            {"type": "about:blank", "title": phrase, "status": status, **said},
            status,
            media_type="application/problem+json",
        )
    return visit.page("fault.html", status, title=phrase, words=_WORDS.get(status, phrase))

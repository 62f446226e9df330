"""The site as one application: routes behind the table of permissions, faults as pages or problem details."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from importlib.metadata import version
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route

from gatepost import events
from gatepost.admin import oidc, problems
from gatepost.admin.access import Permission, Visitor
from gatepost.admin.books import Books
from gatepost.admin.guard import Guard, is_local
from gatepost.admin.links import Links
from gatepost.admin.login import Doorkeeper
from gatepost.admin.office import Office
from gatepost.admin.oidc import Provider
from gatepost.admin.ports import Archive, Reject, Release, Sessions, Users
from gatepost.admin.render import Pages
from gatepost.admin.reviewing import Bench
from gatepost.admin.routes import (
    BEFORE_CHANGE,
    BEFORE_CODE,
    BEFORE_ENROLMENT,
    CAPTURE_ROUTES,
    ROUTES,
    Page,
)
from gatepost.admin.staff import Staff
from gatepost.admin.visit import About, Desk, Visit
from gatepost.config.schema import Site
from gatepost.errors import ConfigError, StoreError
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What the site stands on."""

    archive: Archive
    users: Users
    sessions: Sessions
    release: Release
    reject: Reject
    judge: Judge
    site: Site
    clock: Clock
    tasks: Tasks
    smtp_address: str
    edition: str
    capture_enabled: bool  # no relay is configured
    message_bytes: int
    bench: Bench
    links: Links
    staff: Staff
    office: Office
    books: Books


def create_app(parts: Parts) -> Starlette:
    """The site over these parts. It keeps no state of its own but notes and counts of failed logins.

    Raises ConfigError when a library is missing for what the configuration asks.
    """
    desk = _desk(parts)
    pages = ROUTES + (CAPTURE_ROUTES if parts.capture_enabled else ())
    return Starlette(
        routes=[Route(page.path, _behind_the_table(desk, page), methods=[page.method]) for page in pages],
        middleware=[Middleware(Guard, site=parts.site)],
        exception_handlers={HTTPException: _faults(desk)},
    )


def _desk(parts: Parts) -> Desk:
    site, office = parts.site, parts.office
    return Desk(
        archive=parts.archive,
        door=Doorkeeper(
            users=parts.users,
            sessions=parts.sessions,
            tokens=parts.staff.tokens,
            proofs=parts.staff.proofs,
            site=site,
            clock=parts.clock,
            requires_totp=lambda: office.config.site.require_totp,
        ),
        pages=Pages(parts.clock),
        release=parts.release,
        reject=parts.reject,
        judge=parts.judge,
        clock=parts.clock,
        site=site,
        tasks=parts.tasks,
        bench=parts.bench,
        about=About(
            smtp_address=parts.smtp_address,
            edition=parts.edition,
            capture=parts.capture_enabled,
            version=version("gatepost"),
            message_bytes=parts.message_bytes,
            sign_on=_sign_on(site),
        ),
        links=parts.links,
        staff=parts.staff,
        office=office,
        books=parts.books,
        provider=Provider(site.oidc) if site.oidc else None,
    )


def _sign_on(site: Site) -> str:
    """The words of the button; "" without a provider. Raises ConfigError without the libraries for one."""
    if site.oidc and not oidc.is_available():
        raise ConfigError("site.oidc needs: pip install 'gatepost[oidc]'", key="site.oidc")
    return site.oidc.label if site.oidc else ""


def _behind_the_table(desk: Desk, page: Page) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint of a route: who it is for, then the page; whatever fails becomes an answer."""

    async def endpoint(request: Request) -> Response:
        visitor: Visitor | None = None
        try:
            visitor = await desk.door.visitor(request)
            turned_away = _turned_away(page, visitor, request)
            tripped = await desk.bench.breaker.tripped() if visitor else None
            return turned_away or await page.show(Visit(desk, request, visitor, tripped))
        except HTTPException as fault:
            return _fault(Visit(desk, request, visitor), fault)
        except StoreError as error:
            events.task_failed(f"site {page.method} {page.path}", error)
            return _fault(Visit(desk, request, visitor), HTTPException(503))
        except Exception as error:  # the request is owned here: the browser gets an answer, the log the rest
            events.task_failed(f"site {page.method} {page.path}", error)
            return _fault(Visit(desk, request, visitor), HTTPException(500))

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
    if (first := _first_to_do(page, visitor)) is not None:
        return first
    if not visitor.may(page.permission):
        raise HTTPException(403)
    return None


def _first_to_do(page: Page, visitor: Visitor) -> Response | None:
    """Where a person is sent who has something to do before anything else opens."""
    if visitor.pending:
        target, open_ = "/login/code", BEFORE_CODE
    elif visitor.must_change:
        target, open_ = "/account/password", BEFORE_CHANGE
    elif visitor.must_enrol and visitor.scopes is None:
        target, open_ = "/account/second-factor", BEFORE_ENROLMENT
    else:
        return None
    if page.path in open_:
        return None
    if problems.is_call(page.path):
        raise HTTPException(403, f"first there is something to do on the site: {target}")
    return _see_other(target)


def _ask_to_log_in(page: Page, request: Request) -> Response:
    if page.method != "GET" or problems.is_call(page.path):
        raise HTTPException(401)
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return _see_other("/login" if wanted == "/" else f"/login?next={quote(wanted, safe='/')}")


def _see_other(path: str) -> Response:
    return Response(status_code=303, headers={"location": path})


def _faults(desk: Desk) -> Callable[[Request, Exception], Awaitable[Response]]:
    """Answers for paths and methods that no route has."""

    async def answer(request: Request, error: Exception) -> Response:
        fault = error if isinstance(error, HTTPException) else HTTPException(500)
        if fault.status_code == 405:  # of several routes for one path the framework names the methods of one
            fault = HTTPException(405, headers={"allow": ", ".join(sorted(_allowed(request)))})
        return _fault(Visit(desk, request, None), fault)

    return answer


def _allowed(request: Request) -> set[str]:
    routes = [route for route in request.app.routes if isinstance(route, Route)]
    fitting = [route for route in routes if route.matches(request.scope)[0] is not Match.NONE]
    return {method for route in fitting for method in route.methods or ()}


def _fault(visit: Visit, fault: HTTPException) -> Response:
    if problems.is_call(visit.request.url.path):
        return problems.of(fault)
    status = fault.status_code
    phrase = HTTPStatus(status).phrase
    return visit.page("fault.html", status, title=phrase, words=_WORDS.get(status, phrase))

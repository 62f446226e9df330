"""Logging in and out; one's own password, sessions and whatever else is one's own."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.login import MIN_PASSWORD, Refusal, fault_of
from gatepost.admin.visit import Visit
from gatepost.directory import Scope

FAULTS = {
    Refusal.WRONG: (401, "That name and password don't belong together."),
    Refusal.WAIT: (429, "Too many wrong tries. Wait a quarter of an hour, then try again."),
    Refusal.BUSY: (503, "Too many people are logging in at this moment. Try again."),
}
_WRONG_CODE = (
    "That code is not good. Codes work once, for half a minute; so does each recovery code, for ever."
)


async def login_form(visit: Visit) -> Response:
    """The form; whoever is logged in goes on to the start page."""
    onward = own_path(requests.asked(visit.request, "next", 500))
    if visit.visitor is not None:
        return visit.go(onward)
    return visit.page("login.html", fault="", name="", next=onward)


async def log_in(visit: Visit) -> Response:
    """Begin a session; with a second factor, ask for its code next."""
    async with requests.form_of(visit.request) as form:
        name, onward = requests.text(form, "name"), own_path(requests.text(form, "next", 500))
        given = form.get("password", "")
    password = given if isinstance(given, str) else ""
    begun = await visit.desk.door.log_in(visit.request, name, password)
    if isinstance(begun, Refusal):
        status, fault = FAULTS[begun]
        return _slowed(visit.page("login.html", status, fault=fault, name=name, next=onward), begun)
    token, code_wanted = begun
    response = visit.go(f"/login/code?{_next(onward)}" if code_wanted else onward)
    visit.desk.door.hand_over(response, token)
    return response


async def code_form(visit: Visit) -> Response:
    """The form for the code of the second factor."""
    onward = own_path(requests.asked(visit.request, "next", 500))
    if not visit.who.pending:
        return visit.go(onward)
    return visit.page("code.html", fault="", next=onward)


async def prove(visit: Visit) -> Response:
    """Open the session for the right code."""
    async with requests.form_of(visit.request) as form:
        code, onward = requests.text(form, "code", 40), own_path(requests.text(form, "next", 500))
    if not visit.who.pending:
        return visit.go(onward)
    token = await visit.desk.door.prove(visit.request, visit.who, code)
    if isinstance(token, Refusal):
        status, fault = FAULTS[token]
        fault = _WRONG_CODE if token is Refusal.WRONG else fault
        return _slowed(visit.page("code.html", status, fault=fault, next=onward), token)
    response = visit.go(onward)
    visit.desk.door.hand_over(response, token)
    return response


async def log_out(visit: Visit) -> Response:
    """End the session, here and on the server."""
    await visit.desk.door.forget(visit.request)
    response = visit.go("/login")
    visit.desk.door.take_back(response)
    return response


async def password_form(visit: Visit) -> Response:
    """The form for a new password."""
    return visit.page("password.html", fault="", least=MIN_PASSWORD)


async def change_password(visit: Visit) -> Response:
    """Replace the visitor's password and end all their other sessions."""
    who, door = visit.who, visit.desk.door
    async with requests.form_of(visit.request) as form:
        old, new, again = (str(form.get(name, "")) for name in ("old", "new", "again"))
    fault = fault_of(new, again, name=who.name) or ("The new password is the old one." if new == old else "")
    if not fault:
        token = await door.change_password(visit.request, who, old=old, new=new)
        if not isinstance(token, Refusal):
            response = visit.go("/")
            door.hand_over(response, token)
            return response
        fault = FAULTS[token][1]
    return visit.page("password.html", 422, fault=fault, least=MIN_PASSWORD)


async def account(visit: Visit) -> Response:
    """The visitor's own password, second factor, sessions and tokens."""
    return visit.page("account.html", **await own(visit))


async def own(visit: Visit, *, secret: str = "", fault: str = "") -> dict[str, Any]:
    """What the page of the own account shows; `secret` is a new token's, shown this once."""
    staff, who = visit.desk.staff, visit.who
    return {
        "user": await staff.accounts.find(who.name),
        "logins": await staff.logins.list(who.name),
        "tokens": await staff.tokens.list(user=who.name),
        "here": who.session,
        "scopes": [scope.value for scope in Scope],
        "secret": secret,
        "fault": fault,
    }


async def end_session(visit: Visit) -> Response:
    """End one of the visitor's other sessions, or all of them."""
    async with requests.form_of(visit.request) as form:
        id = requests.text(form, "id", 100)
    logins, who = visit.desk.staff.logins, visit.who
    if not id:
        raise HTTPException(400)
    ids = [id] if id != "others" else [login.id for login in await logins.list(who.name)]
    ended = [await logins.revoke(each, by=who.name, user=who.name) for each in ids if each != who.session]
    visit.note("good" if any(ended) else "wait", "Ended." if any(ended) else "There was nothing to end.")
    return visit.go("/account")


def own_path(path: str) -> str:
    """`path` when it is one of this site, else the start page: no login leads elsewhere."""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"


def _next(onward: str) -> str:
    from urllib.parse import urlencode

    return urlencode({"next": onward}) if onward != "/" else ""


def _slowed(response: Response, refusal: Refusal) -> Response:
    if refusal is Refusal.WAIT:
        response.headers["retry-after"] = "900"
    return response

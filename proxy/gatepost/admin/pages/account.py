"""Logging in and out, and one's own password."""

from __future__ import annotations

from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.login import MIN_PASSWORD, Refusal, fault_of
from gatepost.admin.visit import Visit

_FAULTS = {
    Refusal.WRONG: (401, "That name and password don't belong together."),
    Refusal.WAIT: (429, "Too many wrong tries from here. Wait a quarter of an hour, then try again."),
    Refusal.BUSY: (503, "Too many people are logging in at this moment. Try again."),
}


async def login_form(visit: Visit) -> Response:
    """The form; whoever is logged in goes on to the start page."""
    onward = own_path(requests.asked(visit.request, "next", 500))
    if visit.visitor is not None:
        return visit.go(onward)
    return visit.page("login.html", fault="", name="", next=onward)


async def log_in(visit: Visit) -> Response:
    """Begin a session."""
    async with requests.form_of(visit.request) as form:
        name, onward = requests.text(form, "name"), own_path(requests.text(form, "next", 500))
        given = form.get("password", "")
    password = given if isinstance(given, str) else ""
    token = await visit.desk.door.log_in(visit.request, name, password)
    if isinstance(token, Refusal):
        status, fault = _FAULTS[token]
        response = visit.page("login.html", status, fault=fault, name=name, next=onward)
        if token is Refusal.WAIT:
            response.headers["retry-after"] = "900"
        return response
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
        fault = _FAULTS[token][1]
    return visit.page("password.html", 422, fault=fault, least=MIN_PASSWORD)


def own_path(path: str) -> str:
    """`path` when it is one of this site, else the start page: no login leads elsewhere."""
    plain = path.isascii() and path.isprintable() and "\\" not in path
    return path if plain and path.startswith("/") and not path.startswith("//") else "/"

"""Logging in by the identity provider: out to it, and back with its word."""

from __future__ import annotations

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost import events
from gatepost.admin import requests
from gatepost.admin.oidc import BACK, Identity, Provider, SignOnFailed
from gatepost.admin.pages.account import own_path
from gatepost.admin.visit import Visit
from gatepost.directory import User
from gatepost.errors import StateError
from gatepost.seal import seal, unseal

COOKIE = "gatepost-sign-on"
LASTS = timedelta(minutes=10)


async def out(visit: Visit) -> Response:
    """Send the browser to the provider."""
    provider, now = _provider(visit), visit.desk.clock.now()
    onward = own_path(requests.asked(visit.request, "next", 500))
    try:
        start = await provider.start(_back(visit), now)
    except SignOnFailed as error:
        return _failed(visit, error)
    words = seal({**start.words, "next": onward}, key=visit.desk.links.key, until=now + LASTS)
    response = Response(status_code=303, headers={"location": start.url})
    response.set_cookie(
        COOKIE,
        words,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        secure=visit.desk.site.public_url.startswith("https://"),
        samesite="lax",  # it comes back with a click from the provider's page
        path="/login",
    )
    return response


async def back(visit: Visit) -> Response:
    """Begin a session for whom the provider names."""
    provider, now = _provider(visit), visit.desk.clock.now()
    words = unseal(visit.request.cookies.get(COOKIE, ""), key=visit.desk.links.key, now=now) or {}
    state, code = (requests.asked(visit.request, name, 2_000) for name in ("state", "code"))
    try:
        if not code or not words.get("state") or words["state"] != state:
            raise SignOnFailed("what came back was not asked for here")
        identity = await provider.finish(_back(visit), code, words, now)
        user = await _user(visit, identity)
    except SignOnFailed as error:
        return _failed(visit, error)
    token = await visit.desk.door.admit(visit.request, user.name)
    # Not a redirect: of a chain that began elsewhere the browser keeps our strict cookie back.
    response = visit.page("signedon.html", onward=own_path(words.get("next", "/")))
    visit.desk.door.hand_over(response, token)
    response.delete_cookie(COOKIE, path="/login", httponly=True, samesite="lax")
    return response


async def _user(visit: Visit, identity: Identity) -> User:
    """The gateway user that this is: by the provider's name for them, the first time by their own."""
    accounts = visit.desk.staff.accounts
    try:
        user = await accounts.claim(identity.name, identity.subject)
    except StateError as error:
        raise SignOnFailed(str(error)) from error
    if user is None or user.disabled:
        raise SignOnFailed("there is no such user here, or they are locked out")
    return user


def _provider(visit: Visit) -> Provider:
    if visit.desk.provider is None:
        raise HTTPException(404)
    return visit.desk.provider


def _back(visit: Visit) -> str:
    base = visit.desk.site.public_url.rstrip("/") or str(visit.request.base_url).rstrip("/")
    return base + BACK


def _failed(visit: Visit, error: SignOnFailed) -> Response:
    events.sign_on_failed(str(error))
    fault = "That login did not work. An admin finds the reason in the log."
    return visit.page("login.html", 401, fault=fault, name="", next="/")

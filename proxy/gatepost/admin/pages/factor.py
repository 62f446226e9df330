"""The visitor's own second factor: a code from a phone besides the password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from markupsafe import Markup
from starlette.responses import Response

from gatepost.admin import requests, second
from gatepost.admin.login import Refusal
from gatepost.admin.pages.account import FAULTS
from gatepost.admin.visit import Visit
from gatepost.seal import seal, unseal

ENROLMENT = timedelta(minutes=15)
"""How long the page with the new secret may be open."""


async def form(visit: Visit) -> Response:
    """A new secret as a picture for the phone; or, for who has one, how to be rid of it."""
    return await _page(visit)


async def change(visit: Visit) -> Response:
    """Keep the second factor that a right code proves, or forget the one there is."""
    async with requests.form_of(visit.request) as given:
        do, password = requests.text(given, "do"), str(given.get("password", ""))
        sealed, code = requests.text(given, "sealed", 1_000), requests.text(given, "code", 40)
    refusal = await visit.desk.door.confirm(visit.request, visit.who, password)
    if refusal is not None:
        fault = "That is not your password." if refusal is Refusal.WRONG else FAULTS[refusal][1]
        return await _page(visit, 422, fault=fault, sealed=sealed)
    return await (_drop(visit) if do == "drop" else _enrol(visit, sealed, code))


async def _enrol(visit: Visit, sealed: str, code: str) -> Response:
    secret, now = _secret_in(visit, sealed), visit.desk.clock.now()
    if not secret:
        return await _page(visit, 422, fault="This page was open too long. Take the new picture.")
    step = second.matching_step(secret, code, now)
    if step is None:
        return await _page(visit, 422, fault="That is not the code of this moment.", sealed=sealed)
    codes = second.recovery_codes()
    await visit.desk.staff.proofs.enrol(visit.who.name, secret, step, codes, by=visit.who.name)
    return visit.page("recovery.html", codes=codes)


async def _drop(visit: Visit) -> Response:
    if visit.who.role.value in visit.desk.office.config.site.require_totp:
        return await _page(visit, 422, fault="Your role must have a second factor.")
    await visit.desk.staff.proofs.drop(visit.who.name, by=visit.who.name)
    response = visit.go("/account")
    visit.desk.door.hand_over(response, await visit.desk.door.renew(visit.request, visit.who.name))
    return response


async def _page(visit: Visit, status: int = 200, *, fault: str = "", sealed: str = "") -> Response:
    has = bool(await visit.desk.staff.proofs.secret(visit.who.name))
    values: dict[str, Any] = {"fault": fault, "has": has, "available": second.is_available()}
    if not has and second.is_available():
        values |= _offer(visit, _secret_in(visit, sealed) or second.new_secret())
    return visit.page("factor.html", status, **values)


def _offer(visit: Visit, secret: str) -> dict[str, Any]:
    """The secret for the eye, for the camera, and sealed for the way through the form."""
    who, until = visit.who, visit.desk.clock.now() + ENROLMENT
    words = {"totp": secret, "user": who.name}
    address = second.address_for(secret, name=who.name, issuer="Gatepost")
    return {
        "secret": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
        "picture": Markup(second.picture_of(address)),  # noqa: S704 - drawn here, of our own words
        "sealed": seal(words, key=visit.desk.links.key, until=until),
    }


def _secret_in(visit: Visit, sealed: str) -> str:
    """The secret that was sealed for this visitor a moment ago; "" for anything else."""
    words = unseal(sealed, key=visit.desk.links.key, now=visit.desk.clock.now()) or {}
    return words.get("totp", "") if words.get("user") == visit.who.name else ""

"""Tokens of programs: one's own, and those of all."""

from __future__ import annotations

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.pages.account import own as own_account
from gatepost.admin.ports import PAGE
from gatepost.admin.visit import Visit
from gatepost.directory import Scope

LONGEST_DAYS = 400


async def own(visit: Visit) -> Response:
    """Make a token of one's own, whose secret this page shows once; or end one."""
    async with requests.form_of(visit.request) as form:
        do, id = requests.text(form, "do"), requests.text(form, "id", 100)
        label, days = requests.text(form, "label", 100), requests.text(form, "days", 4)
        words = requests.texts(form, "scope")
    tokens, who = visit.desk.staff.tokens, visit.who
    if do == "end":
        ended = await tokens.revoke(id, by=who.name, user=who.name)
        visit.note("good" if ended else "wait", "The token is ended." if ended else "There is no such token.")
        return visit.go("/account")
    scopes = [scope for scope in Scope if scope.value in words]
    count = int(days) if days.isascii() and days.isdigit() else 0
    if not label or not scopes or not 1 <= count <= LONGEST_DAYS:
        fault = f"A token needs a name, at least one scope, and 1 to {LONGEST_DAYS} days."
        return visit.page("account.html", 422, **await own_account(visit, fault=fault))
    lasts = timedelta(days=count)
    _, secret = await tokens.make(who.name, label=label, scopes=scopes, lasts=lasts, by=who.name)
    return visit.page("account.html", **await own_account(visit, secret=secret))


async def tokens(visit: Visit) -> Response:
    """The tokens of all users, the newest first."""
    after = requests.asked(visit.request, "after", 40)
    found = await visit.desk.staff.tokens.list(limit=PAGE + 1, after=after)
    older = found[PAGE - 1].id if len(found) > PAGE else ""
    return visit.page("tokens.html", tokens=found[:PAGE], older=older)


async def revoke(visit: Visit) -> Response:
    """End anybody's token."""
    async with requests.form_of(visit.request) as form:
        id = requests.text(form, "id", 100)
    if not id:
        raise HTTPException(400)
    ended = await visit.desk.staff.tokens.revoke(id, by=visit.who.name)
    visit.note("good" if ended else "wait", "The token is ended." if ended else "It had ended already.")
    return visit.go("/tokens")

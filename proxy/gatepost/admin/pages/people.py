"""The users: who there is, what they may do, and who is locked out."""

from __future__ import annotations

import secrets
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.visit import Visit
from gatepost.directory import Role, User, name_of
from gatepost.errors import GatepostError, StateError, StoreError

_EMAIL = 254


async def people(visit: Visit) -> Response:
    """All users by name."""
    users = await visit.desk.staff.accounts.list()
    return visit.page("people.html", users=users, roles=[role.value for role in Role], made=None, fault="")


async def add(visit: Visit) -> Response:
    """Add a user; the page shows the password that was made for them once."""
    async with requests.form_of(visit.request) as form:
        name, email = requests.text(form, "name", 200), requests.text(form, "email", _EMAIL)
        role = _role(requests.text(form, "role"))
    accounts, password = visit.desk.staff.accounts, new_password()
    fault, made = "", None
    try:
        user = await accounts.add(name, password, role, by=visit.who.name, must_change=True, email=email)
        made = (user.name, password)
    except (StateError, StoreError) as error:
        if not _is_users_fault(error, name):
            raise
        fault = f"{error}."
    users = await accounts.list()
    values = {"users": users, "roles": [each.value for each in Role], "made": made, "fault": fault}
    return visit.page("people.html", 422 if fault else 200, **values)


async def person(visit: Visit) -> Response:
    """One user: role, logins, what an admin can do for them."""
    return visit.page("person.html", **await _values(visit, await _user(visit)))


async def change(visit: Visit) -> Response:
    """Do one thing to one user."""
    user = await _user(visit)
    async with requests.form_of(visit.request) as form:
        do, value = requests.text(form, "do"), requests.text(form, "value", _EMAIL)
    staff, by = visit.desk.staff, visit.who.name
    if do == "password":
        password = new_password()
        await staff.accounts.set_password(user.name, password, by=by, must_change=True)
        return visit.page("person.html", **{**await _values(visit, user), "password": password})
    try:
        await _do(visit, user, do, value)
    except StateError as error:
        visit.note("bad", f"Nothing was changed: {error}.")
    else:
        visit.note("good", "Changed.")
    return visit.go(f"/people/{_quoted(user.name)}")


async def _do(visit: Visit, user: User, do: str, value: str) -> None:
    staff, by = visit.desk.staff, visit.who.name
    match do:
        case "role":
            await staff.accounts.change(user.name, by=by, role=_role(value))
        case "email":
            await staff.accounts.change(user.name, by=by, email=value)
        case "disable" | "enable":
            await staff.accounts.change(user.name, by=by, disabled=do == "disable")
        case "second-factor":
            await staff.proofs.drop(user.name, by=by)
        case "sessions":
            for login in await staff.logins.list(user.name):
                await staff.logins.revoke(login.id, by=by, user=user.name)
        case _:
            raise HTTPException(400)


async def _values(visit: Visit, user: User) -> dict[str, Any]:
    found = await visit.desk.staff.accounts.find(user.name)
    return {
        "user": found or user,
        "logins": await visit.desk.staff.logins.list(user.name),
        "roles": [role.value for role in Role],
        "password": "",
    }


async def _user(visit: Visit) -> User:
    name = str(visit.request.path_params["name"])
    found = await visit.desk.staff.accounts.find(name)
    if found is None:
        raise HTTPException(404)
    return found


def new_password() -> str:
    """A password that is made for somebody: to be changed at the first login."""
    return secrets.token_urlsafe(12)


def _role(word: str) -> Role:
    if word not in {role.value for role in Role}:
        raise HTTPException(400)
    return Role(word)


def _is_users_fault(error: GatepostError, name: str) -> bool:
    """Whether the name is at fault (taken, or none at all) and not the store."""
    return isinstance(error, StateError) or not name_of(name)


def _quoted(name: str) -> str:
    from urllib.parse import quote

    return quote(name, safe="")

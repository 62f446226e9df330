"""Users and their logins through the API."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin.access import Permission
from gatepost.admin.api import staff_shapes as shapes
from gatepost.admin.api.operation import body_of
from gatepost.admin.login import fault_of
from gatepost.admin.visit import Visit
from gatepost.directory import Login, Role, User, name_of
from gatepost.errors import StateError
from gatepost.report import iso, user_as_json


async def me(visit: Visit) -> Response:
    """Who asks, and what they may do."""
    who = visit.who
    scopes = None if who.scopes is None else [scope.value for scope in who.scopes]
    may = [permission.value for permission in Permission if who.may(permission)]
    return JSONResponse({"name": who.name, "role": who.role.value, "scopes": scopes, "may": may})


async def users(visit: Visit) -> Response:
    """All users by name."""
    found = await visit.desk.staff.accounts.list()
    return JSONResponse({"users": [user_as_json(user) for user in found]})


async def user(visit: Visit) -> Response:
    """One user."""
    return JSONResponse(user_as_json(await _user(visit)))


async def add(visit: Visit) -> Response:
    """Add a user with a password that they must change at the first login."""
    body = await body_of(visit, shapes.NewUser)
    if fault := fault_of(body.password, body.password, name=body.name):
        raise HTTPException(422, fault)
    if not name_of(body.name):
        raise HTTPException(422, "a user's name has 1 to 200 printable characters")
    try:
        made = await visit.desk.staff.accounts.add(
            body.name,
            body.password,
            Role(body.role),
            by=visit.who.name,
            must_change=True,
            email=body.email,
        )
    except StateError as error:
        raise HTTPException(409, str(error)) from None
    return JSONResponse(user_as_json(made), 201)


async def change(visit: Visit) -> Response:
    """Change a user's role or address, lock them out or let them in again."""
    user, body = await _user(visit), await body_of(visit, shapes.UserChange)
    role = None if body.role is None else Role(body.role)
    try:
        changed = await visit.desk.staff.accounts.change(
            user.name, by=visit.who.name, role=role, disabled=body.disabled, email=body.email
        )
    except StateError as error:
        raise HTTPException(409, str(error)) from None
    return JSONResponse(user_as_json(changed))


async def set_password(visit: Visit) -> Response:
    """Give a user a password that they must change at the next login; all their sessions end."""
    user, body = await _user(visit), await body_of(visit, shapes.PasswordBody)
    if fault := fault_of(body.password, body.password, name=user.name):
        raise HTTPException(422, fault)
    await visit.desk.staff.accounts.set_password(
        user.name, body.password, by=visit.who.name, must_change=True
    )
    return Response(status_code=204)


async def drop_second_factor(visit: Visit) -> Response:
    """Take a user's second factor away (a lost phone); all their sessions end."""
    user = await _user(visit)
    await visit.desk.staff.proofs.drop(user.name, by=visit.who.name)
    return Response(status_code=204)


async def sessions_of(visit: Visit) -> Response:
    """Where a user is logged in."""
    found = await visit.desk.staff.logins.list((await _user(visit)).name)
    return JSONResponse({"sessions": [_login(login) for login in found]})


async def end_sessions_of(visit: Visit) -> Response:
    """End all logins of a user."""
    user, logins = await _user(visit), visit.desk.staff.logins
    for login in await logins.list(user.name):
        await logins.revoke(login.id, by=visit.who.name, user=user.name)
    return Response(status_code=204)


async def sessions(visit: Visit) -> Response:
    """The visitor's own logins."""
    found = await visit.desk.staff.logins.list(visit.who.name)
    return JSONResponse({"sessions": [_login(login) for login in found]})


async def end_session(visit: Visit) -> Response:
    """End one of the visitor's own logins."""
    id = str(visit.request.path_params["id"])[:200]
    if not await visit.desk.staff.logins.revoke(id, by=visit.who.name, user=visit.who.name):
        raise HTTPException(404, "there is no such session")
    return Response(status_code=204)


async def _user(visit: Visit) -> User:
    name = str(visit.request.path_params["name"])
    found = await visit.desk.staff.accounts.find(name) if name_of(name) else None
    if found is None:
        raise HTTPException(404, "there is no such user")
    return found


def _login(login: Login) -> dict[str, Any]:
    return {
        "id": login.id,
        "user": login.user,
        "begun_at": iso(login.begun_at),
        "seen_at": iso(login.seen_at),
        "address": login.address,
        "browser": login.browser,
    }

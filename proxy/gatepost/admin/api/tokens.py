"""Tokens of programs through the API."""

from __future__ import annotations

from datetime import timedelta

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin.access import Permission, Visitor
from gatepost.admin.api import staff_shapes as shapes
from gatepost.admin.api.operation import body_of, query_of
from gatepost.admin.visit import Visit
from gatepost.directory import Scope, name_of
from gatepost.report import token_as_json


async def tokens(visit: Visit) -> Response:
    """Tokens, the newest first: the own ones, or those of others for who may see them."""
    asked = query_of(visit, shapes.TokenQuery)
    user = asked.user if visit.may(Permission.SEE) else visit.who.name
    if asked.user and asked.user != user:
        raise HTTPException(403, "you may see only your own tokens")
    if user and not name_of(user):
        raise HTTPException(422, "user: this can be no name")
    found = await visit.desk.staff.tokens.list(user=user, limit=asked.limit + 1, after=asked.after)
    shown = found[: asked.limit]
    after = shown[-1].id if len(found) > asked.limit else None
    return JSONResponse({"tokens": [token_as_json(token) for token in shown], "next": after})


async def make(visit: Visit) -> Response:
    """Make a token. Its secret is in this answer and nowhere else."""
    body, who = await body_of(visit, shapes.NewToken), visit.who
    scopes = [Scope(word) for word in body.scopes]
    if excess := [scope.value for scope in scopes if not may_give(who, scope)]:
        raise HTTPException(403, f"a token can't give more than its own scopes: {', '.join(excess)}")
    user = body.user or who.name
    if user != who.name:
        if not who.may(Permission.MANAGE):
            raise HTTPException(403, "you may make only your own tokens")
        if await visit.desk.staff.accounts.find(user) is None:
            raise HTTPException(404, "there is no such user")
    token, secret = await visit.desk.staff.tokens.make(
        user, label=body.label, scopes=scopes, lasts=timedelta(days=body.days), by=who.name
    )
    return JSONResponse({"token": token_as_json(token), "secret": secret}, 201)


async def revoke(visit: Visit) -> Response:
    """End a token: an own one, or anyone's for who manages users."""
    id, who = str(visit.request.path_params["id"])[:100], visit.who
    whose = "" if who.may(Permission.MANAGE) else who.name
    if not await visit.desk.staff.tokens.revoke(id, by=who.name, user=whose):
        raise HTTPException(404, "there is no such token")
    return Response(status_code=204)


def may_give(who: Visitor, scope: Scope) -> bool:
    """Whether a visitor may make a token of that scope: a token gives no more than it has itself."""
    return who.scopes is None or Scope.ADMIN in who.scopes or scope in who.scopes

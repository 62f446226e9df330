"""Settings and rules through the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from gatepost.admin import requests
from gatepost.admin.api.operation import BODY_BYTES, JSON, content_type
from gatepost.admin.visit import Visit
from gatepost.config.overlay import SETTABLE, value_of
from gatepost.directory import Setting
from gatepost.errors import ConfigError
from gatepost.report import iso


async def settings(visit: Visit) -> Response:
    """Every key that may be set on the site: what is in force, what the file says, who set it."""
    known = await visit.desk.office.settings()
    return JSONResponse({"settings": [_as_json(visit, name, known) for name in SETTABLE]})


async def put(visit: Visit) -> Response:
    """Set a key. It is checked like the file; new rules are tried on their own examples first."""
    name = _name(visit)
    value = _value(await _body(visit))
    try:
        await visit.desk.office.put(name, value, by=visit.who.name)
    except ConfigError as error:
        raise HTTPException(422, str(error)) from None
    return JSONResponse(_as_json(visit, name, await visit.desk.office.settings()))


async def drop(visit: Visit) -> Response:
    """Go back to the file's value."""
    name = _name(visit)
    try:
        dropped = await visit.desk.office.drop(name, by=visit.who.name)
    except ConfigError as error:
        raise HTTPException(409, str(error)) from None
    if not dropped:
        raise HTTPException(404, "it is not set on the site")
    return Response(status_code=204)


async def rules(visit: Visit) -> Response:
    """The rules in force by default, each with its mode and action."""
    book = visit.desk.office.rules()
    found = [
        {
            "id": rule.id,
            "clause": rule.clause,
            "title": rule.title,
            "category": rule.category,
            "action": rule.action.word,
            "mode": rule.mode.value,
        }
        for rule in book.rules
    ]
    return JSONResponse({"edition": book.edition, "digest": book.digest, "rules": found})


async def _body(visit: Visit) -> Any:
    if content_type(visit) != JSON:
        raise HTTPException(415, f"send {JSON}")
    try:
        return json.loads(await requests.body_of(visit.request, BODY_BYTES))
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON") from None


def _value(body: Any) -> Any:
    """The value in `{"value": …}`; of any type: the key's own schema judges it."""
    if not isinstance(body, dict) or set(body) != {"value"}:
        raise HTTPException(422, 'expected {"value": …}')
    return body["value"]


def _name(visit: Visit) -> str:
    name = str(visit.request.path_params["key"])
    if name not in SETTABLE:
        raise HTTPException(404, "this can't be set on the site")
    return name


def _as_json(visit: Visit, name: str, known: Mapping[str, Setting]) -> dict[str, Any]:
    office, setting = visit.desk.office, known.get(name)
    return {
        "name": name,
        "value": value_of(office.config, name),
        "filed": value_of(office.filed, name),
        "set_by": setting.by if setting else None,
        "set_at": iso(setting.at) if setting else None,
        "refused": office.refused.get(name),
    }

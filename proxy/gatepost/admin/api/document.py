"""The description of the API (OpenAPI 3.1), made from the table of its operations."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from http import HTTPStatus
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema
from starlette.responses import JSONResponse, Response

from gatepost.admin.access import SCOPES, Permission
from gatepost.admin.api.operation import BASE, JSON, Operation, Shape
from gatepost.admin.api.table import OPERATIONS
from gatepost.admin.page import Page
from gatepost.admin.problems import TYPE
from gatepost.admin.visit import Visit

PATH = f"{BASE}/openapi.json"
_REF = "#/components/schemas/{model}"
_WITH_BODY = (400, 408, 413, 415, 422)

PROBLEM: Mapping[str, Any] = {
    "type": "object",
    "description": "A fault (RFC 9457).",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["at", "detail"],
                "properties": {"at": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}


async def show(visit: Visit) -> Response:
    """The description."""
    return JSONResponse(document(OPERATIONS))


def api_pages() -> tuple[Page, ...]:
    """The routes of all operations, and of their description."""
    return (Page("GET", PATH, show, Permission.PUBLIC), *(each.page for each in OPERATIONS))


@cache
def document(operations: Sequence[Operation]) -> Mapping[str, Any]:
    """The description of these operations."""
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(BASE + operation.path, {})[operation.method.lower()] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gatepost",
            "version": version("gatepost"),
            "description": "Everything that the review site can do, with the same roles. See docs/api.md.",
        },
        "servers": [{"url": "/"}],
        "security": [{"bearer": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": {**_schemas(operations), "Problem": PROBLEM},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "gatepost"},
            },
        },
    }


def _schemas(operations: Iterable[Operation]) -> Mapping[str, Any]:
    models: dict[str, type[BaseModel]] = {}
    for each in operations:
        models |= {model.__name__: model for model in (each.body, each.answer) if model}
    _, schema = models_json_schema([(model, "validation") for model in models.values()], ref_template=_REF)
    found: Mapping[str, Any] = schema["$defs"]
    return found


def _described(operation: Operation) -> Mapping[str, Any]:
    described: dict[str, Any] = {
        "operationId": _name(operation),
        "summary": operation.summary,
        "description": f"Asks for the permission `{operation.permission.value}`; a token needs one of the "
        f"scopes {_scopes(operation.permission)}.",
        "tags": [operation.tag],
        "parameters": [*_path_parameters(operation.path), *_query_parameters(operation.query)],
        "responses": dict(_responses(operation)),
    }
    if operation.body or operation.other_body:
        content: dict[str, Any] = {}
        if operation.body:
            content[JSON] = {"schema": _ref(operation.body)}
        if operation.other_body:
            content[operation.other_body] = {"schema": {"type": "string"}}
        described["requestBody"] = {"required": True, "content": content}
    return described


def _responses(operation: Operation) -> Iterable[tuple[str, Any]]:
    yield str(operation.status), _answer(operation, operation.status)
    statuses = {401, 403, 429, *operation.faults}
    if "{" in operation.path:
        statuses.add(404)
    if operation.query:
        statuses.add(422)
    if operation.body:
        statuses |= set(_WITH_BODY)
    if operation.path == "/tokens":
        statuses.add(404)
    for status in sorted(statuses):
        yield str(status), _answer(operation, status) if status < 300 else _fault(status)
    yield "default", _fault(None)


def _answer(operation: Operation, status: int) -> Mapping[str, Any]:
    answer: dict[str, Any] = {"description": HTTPStatus(status).phrase}
    if operation.answer:
        answer["content"] = {JSON: {"schema": _ref(operation.answer)}}
    elif operation.other_answer:
        answer["content"] = {operation.other_answer: {"schema": {"type": "string"}}}
    return answer


def _fault(status: int | None) -> Mapping[str, Any]:
    described = HTTPStatus(status).phrase if status else "Any other fault"
    schema = {"$ref": _REF.format(model="Problem")}
    fault: dict[str, Any] = {"description": described, "content": {TYPE: {"schema": schema}}}
    if status == 429:
        fault["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return fault


def _path_parameters(path: str) -> list[Mapping[str, Any]]:
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
        for name in re.findall(r"\{(\w+)\}", path)
    ]


def _query_parameters(model: type[Shape] | None) -> list[Mapping[str, Any]]:
    if model is None:
        return []
    schema = model.model_json_schema()
    return [
        {"name": name, "in": "query", "required": False, **_described_schema(each)}
        for name, each in schema["properties"].items()
    ]


def _described_schema(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A parameter's schema: `null` can't be said in a query."""
    plain = {key: value for key, value in schema.items() if key not in ("title", "description")}
    if "anyOf" in plain:
        plain = next(each for each in plain["anyOf"] if each.get("type") != "null")
    return {"description": schema.get("description", ""), "schema": plain}


def _ref(model: type[Shape]) -> Mapping[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _name(operation: Operation) -> str:
    return f"{operation.show.__module__.rpartition('.')[2]}.{operation.show.__name__}"


def _scopes(permission: Permission) -> str:
    return ", ".join(f"`{scope.value}`" for scope, grants in SCOPES.items() if permission in grants)

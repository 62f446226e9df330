"""One operation of the API: its route, and all that its description says of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException

from gatepost.admin import requests
from gatepost.admin.access import Permission
from gatepost.admin.page import Page, Show
from gatepost.admin.problems import invalid
from gatepost.admin.visit import Visit

M = TypeVar("M", bound=BaseModel)

BASE = "/api/v1"
BODY_BYTES = 65_536
JSON = "application/json"


class Shape(BaseModel):
    """A JSON object of the API: no key that it does not know, nothing taken for something else."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, use_attribute_docstrings=True)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation. `faults` are the statuses that it may end with besides those that every one may."""

    method: str
    path: str  # below BASE
    show: Show
    permission: Permission
    summary: str
    tag: str
    query: type[Shape] | None = None
    body: type[Shape] | None = None
    other_body: str = ""  # a media type that is taken, too
    answer: type[Shape] | None = None
    other_answer: str = ""  # the media type of an answer that is not JSON
    status: int = 200
    faults: tuple[int, ...] = ()

    @property
    def page(self) -> Page:
        """The route."""
        return Page(self.method, BASE + self.path, self.show, self.permission)


def query_of(visit: Visit, model: type[M]) -> M:
    """The query, by `model`. 422 for a key that is not known, given twice, or not as it should be."""
    given: dict[str, Any] = {}
    for name, value in visit.request.query_params.multi_items():
        field_ = model.model_fields.get(name)
        many = field_ is not None and "tuple" in str(field_.annotation)
        if not many and name in given:
            raise HTTPException(422, f"{name[:40]}: given twice")
        plain = _typed(value, str(field_.annotation) if field_ else "")
        given[name] = [*given.get(name, ()), plain] if many else plain
    try:
        return model.model_validate_json(json.dumps(given))
    except ValidationError as error:
        raise invalid(error, "query") from None


def _typed(value: str, annotation: str) -> Any:
    """A number or a truth value where one is wanted and one is written; else the text."""
    if "int" in annotation and value.isascii() and value.isdigit() and len(value) < 19:
        return int(value)
    if "bool" in annotation and value in ("true", "false"):
        return value == "true"
    return value


async def body_of(visit: Visit, model: type[M], *, limit: int = BODY_BYTES) -> M:
    """The body, by `model`. 415, 413, 408, 400 or 422 when it is not to be had."""
    if content_type(visit) != JSON:
        raise HTTPException(415, f"send {JSON}")
    return parsed(await requests.body_of(visit.request, limit), model)


def parsed(raw: bytes, model: type[M]) -> M:
    """`raw` as such an object. 400 when it is no JSON, 422 when it is another object."""
    try:
        json.loads(raw)
    except (ValueError, RecursionError):
        raise HTTPException(400, "the body is not JSON") from None
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise invalid(error, "body") from None


def content_type(visit: Visit) -> str:
    """The media type of the body, without its parameters."""
    return visit.request.headers.get("content-type", "").partition(";")[0].strip().lower()

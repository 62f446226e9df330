"""Problem details: what the API answers whenever it can't do as it was asked (RFC 9457)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

TYPE = "application/problem+json"


class Problem(HTTPException):
    """A fault with more than a sentence: `errors` name each part of the request that is wrong."""

    def __init__(self, status: int, detail: str, errors: Sequence[Mapping[str, str]] = ()) -> None:
        super().__init__(status, detail)
        self.errors = tuple(errors)


def problem(
    status: int,
    detail: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    errors: Sequence[Mapping[str, str]] = (),
) -> Response:
    """The answer for a fault; a 401 says how to log in (RFC 6750 §3)."""
    phrase = HTTPStatus(status).phrase
    body: dict[str, Any] = {"type": "about:blank", "title": phrase, "status": status}
    if detail not in ("", phrase):
        body["detail"] = detail
    if errors:
        body["errors"] = list(errors)
    more = {"www-authenticate": "Bearer"} if status == 401 else {}
    return JSONResponse(body, status, headers={**more, **(headers or {})}, media_type=TYPE)


def of(fault: HTTPException) -> Response:
    """The answer for a raised fault."""
    errors = fault.errors if isinstance(fault, Problem) else ()
    return problem(fault.status_code, fault.detail, headers=fault.headers, errors=errors)


def invalid(error: ValidationError, where: str) -> Problem:
    """What is wrong with the "body" or the "query", each fault with its place; never the value."""
    errors = [
        {"at": "/".join((where, *(str(step) for step in fault["loc"]))), "detail": fault["msg"]}
        for fault in error.errors(include_url=False, include_input=False, include_context=False)[:20]
    ]
    return Problem(422, f"the {where} is not as it should be", errors)


def is_call(path: str) -> bool:
    """Whether a path is the API's: its faults are problem details and never pages."""
    return path == "/api" or path.startswith("/api/")

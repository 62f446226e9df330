"""Reading what a browser sends: bounded forms, files and ids."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Message

FORM_BYTES = 65_536
MAX_FIELDS = 300
BODY_SECONDS = 30
"""A body that takes longer than this to arrive is not waited for."""

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}")


@asynccontextmanager
async def form_of(request: Request, limit: int = FORM_BYTES) -> AsyncIterator[FormData]:
    """The form in the body, at most `limit` bytes; 413, 408 or 400 when it is not to be had."""
    bounded = Request(request.scope, _Bounded(request, limit))
    try:
        async with asyncio.timeout(BODY_SECONDS):
            form = await bounded.form(max_files=1, max_fields=MAX_FIELDS, max_part_size=limit)
    except TimeoutError:
        raise HTTPException(408) from None
    try:
        yield form
    finally:
        await form.close()


async def body_of(request: Request, limit: int) -> bytes:
    """The whole body, at most `limit` bytes; 413 or 408 when it is not to be had."""
    bounded = Request(request.scope, _Bounded(request, limit))
    try:
        async with asyncio.timeout(BODY_SECONDS):
            return await bounded.body()
    except TimeoutError:
        raise HTTPException(408) from None


class _Bounded:
    """A request's `receive` that counts."""

    def __init__(self, request: Request, limit: int) -> None:
        self._receive, self._left = request.receive, limit

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise HTTPException(413)
        return message


def text(form: FormData, name: str, limit: int = 1_000) -> str:
    """A text field, stripped, at most `limit` characters; "" when it is not there."""
    value = form.get(name, "")
    return value.strip()[:limit] if isinstance(value, str) else ""


def texts(form: FormData, name: str) -> tuple[str, ...]:
    """All values of a text field that is there several times."""
    return tuple(value for value in form.getlist(name) if isinstance(value, str))


async def file(form: FormData, name: str) -> tuple[str, bytes]:
    """The name and the content of an uploaded file; empty when none was chosen."""
    value = form.get(name)
    return (value.filename or "", await value.read()) if isinstance(value, UploadFile) else ("", b"")


def path_id(request: Request, name: str = "id") -> str:
    """An id in the path; 404 for anything that can't be one."""
    value = str(request.path_params[name])
    if not _ID.fullmatch(value):
        raise HTTPException(404)
    return value


def is_id(value: str) -> bool:
    """Whether `value` can be an id of ours."""
    return _ID.fullmatch(value) is not None


def page_number(request: Request, limit: int = 10_000) -> int:
    """The `page` asked for, from 1; a nonsense one is the first."""
    value = request.query_params.get("page", "1")
    number = int(value) if value.isascii() and value.isdigit() and len(value) < 8 else 1
    return min(max(number, 1), limit)


def asked(request: Request, name: str, limit: int = 200) -> str:
    """A query parameter without control characters, at most `limit` characters."""
    value = request.query_params.get(name, "")[: limit * 4]
    return "".join(character for character in value if character.isprintable()).strip()[:limit]

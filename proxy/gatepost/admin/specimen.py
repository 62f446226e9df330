"""One mail's bytes behind the pages that show it: its words, layout, headers, source, and its files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.guard import MAIL_POLICY
from gatepost.admin.mailview import ShownMail, disposition, show, source_of
from gatepost.admin.safehtml import html_document
from gatepost.admin.visit import READ_SECONDS, Desk, Visit
from gatepost_policies.facts import read, unseen, with_words
from gatepost_policies.model import Finding, JudgedLink, Reading

IN_FILE = "file:"  # how the part of a finding in a file begins
VIEWS = {"words": "Words", "layout": "Layout", "headers": "Headers", "source": "Source"}


@dataclass(frozen=True, slots=True)
class Specimen:
    """A mail to be looked at."""

    raw: bytes
    base: str  # the path of its page

    async def values(self, visit: Visit, findings: Sequence[Finding] = ()) -> dict[str, Any]:
        """What `specimen.html` needs for the view that was asked for."""
        shown = show(
            await _with_files(visit.desk, await reading_of(visit.desk, self.raw), findings), findings
        )
        views = [(key, words) for key, words in VIEWS.items() if key != "layout" or shown.html_parts]
        asked = requests.asked(visit.request, "view")
        view = asked if asked in dict(views) else "words"
        source, cut = source_of(self.raw) if view == "source" else ("", False)
        return {
            "base": self.base,
            "view": view,
            "views": views,
            "shown": shown,
            "source": source,
            "source_cut": cut,
            "part": _number(requests.asked(visit.request, "part")),
            "parts_of_html": min(shown.html_parts, 20),
        }

    async def layout(self, visit: Visit, part: int) -> Response:
        """An HTML part as a document that can do nothing."""
        document = await in_thread(visit.desk, html_document, self.raw, part)
        if document is None:
            raise HTTPException(404)
        return Response(
            document,
            media_type="text/html",
            headers={"content-security-policy": MAIL_POLICY, "x-frame-options": "SAMEORIGIN"},
        )

    async def file(self, visit: Visit, number: int) -> Response:
        """An attachment, as bytes of no type, to be saved."""
        files = (await reading_of(visit.desk, self.raw)).mail.attachments
        if not 0 <= number < len(files):
            raise HTTPException(404)
        return download(files[number].content, files[number].name)


def missing(base: str) -> dict[str, Any]:
    """What `specimen.html` needs when the bytes are not kept."""
    return {
        "base": base,
        "view": "words",
        "views": [("words", VIEWS["words"])],
        "shown": None,
    }


def download(content: bytes, name: str) -> Response:
    """A file to be saved, never shown by the browser."""
    return Response(
        content,
        media_type="application/octet-stream",
        headers={
            "content-disposition": disposition(name),
            "content-security-policy": "default-src 'none'; sandbox",
        },
    )


async def reading_of(desk: Desk, raw: bytes) -> Reading:
    """The mail as the judge's reader reads it, off the loop."""
    reading: Reading = await in_thread(desk, read, raw)
    return reading


async def view_of(
    desk: Desk, raw: bytes, findings: Sequence[Finding], links: Sequence[JudgedLink]
) -> ShownMail:
    """A mail with its findings in place."""
    return show(await _with_files(desk, await reading_of(desk, raw), findings), findings, links)


async def _with_files(desk: Desk, reading: Reading, findings: Sequence[Finding]) -> Reading:
    """The reading with what its files say, where something was found in one of them.

    Files that were read a while ago, as for their judgement, are answered from memory.
    """
    files = desk.bench.files
    if files is None or not any(finding.part.startswith(IN_FILE) for finding in findings):
        return reading
    return with_words(reading, await files.words(unseen(reading.mail)))


async def in_thread(desk: Desk, work: Any, *values: Any) -> Any:
    """The result of `work`, computed in a thread; few at once. 503 when it takes too long."""
    try:
        async with asyncio.timeout(READ_SECONDS), desk.reading:
            return await asyncio.to_thread(work, *values)
    except TimeoutError:
        raise HTTPException(503) from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0

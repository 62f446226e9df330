"""Every decision ever made, with filters; and what is on its way out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from starlette.responses import Response

from gatepost.admin import requests
from gatepost.admin.filters import query
from gatepost.admin.ports import PAGE, Question
from gatepost.admin.spreadsheet import as_csv
from gatepost.admin.visit import Visit
from gatepost.model import Entry, MessageState
from gatepost.report import iso

MOST_ROWS, ROUND = 10_000, 500
"""Rows of an exported list, and how many are read at once."""
_DOUBT = Question(states=frozenset({MessageState.IN_DOUBT}))
_GOING = Question(states=frozenset({MessageState.ATTEMPTING, MessageState.SENDING}))
_WAITING = Question(states=frozenset({MessageState.SPOOLED}), next_first=True)


async def decisions(visit: Visit) -> Response:
    """All messages, the newest first."""
    asked, filters = _question(visit)
    number = requests.page_number(visit.request)
    found = await visit.desk.archive.find(asked, limit=PAGE, offset=(number - 1) * PAGE)
    return visit.page(
        "decisions.html",
        title="Decisions",
        about_list="",
        groups=[("", found.entries)],
        number=number,
        more=found.total > number * PAGE,
        filters=filters,
        query=query(filters),
    )


async def as_file(visit: Visit) -> Response:
    """What the page's filters ask for, the newest first, as CSV; a bounded part of it."""
    asked, _ = _question(visit)
    entries: list[Entry] = []
    after = ""
    while len(entries) < MOST_ROWS:
        found = (await visit.desk.archive.find(asked, limit=ROUND, after=after)).entries
        entries += found
        if len(found) < ROUND:
            break
        after = found[-1].id
    return as_table(entries)


def as_table(entries: Iterable[Entry]) -> Response:
    """Messages as CSV, one a row."""
    return as_csv("gatepost-decisions", _HEADS, (_row(entry) for entry in entries))


_HEADS = (
    "id",
    "received (UTC)",
    "state",
    "action",
    "sender",
    "buyer",
    "subject",
    "orders",
    "rules",
    "edition",
)


def _row(entry: Entry) -> tuple[object, ...]:
    return (
        entry.id,
        iso(entry.received_at),
        entry.state.value,
        entry.action,
        entry.sender or entry.envelope.mail_from,
        " ".join(entry.buyers),
        entry.subject,
        " ".join(entry.order_ids),
        " ".join(dict.fromkeys(finding.rule for finding in entry.findings)),
        entry.edition,
    )


async def outgoing(visit: Visit) -> Response:
    """Mails in doubt, then those on their way, then those that wait for the relay."""
    number = requests.page_number(visit.request)
    archive = visit.desk.archive
    doubtful = await archive.find(_DOUBT, limit=PAGE)
    going = await archive.find(_GOING, limit=PAGE)
    waiting = await archive.find(_WAITING, limit=PAGE, offset=(number - 1) * PAGE)
    return visit.page(
        "decisions.html",
        title="Outgoing",
        about_list="What was accepted and has not certainly reached the relay.",
        groups=[
            ("In doubt: a person must settle it", doubtful.entries),
            ("On its way to the relay now", going.entries),
            ("Waiting for the relay", waiting.entries),
        ],
        number=number,
        more=waiting.total > number * PAGE,
        filters=None,
        query="",
    )


def _question(visit: Visit) -> tuple[Question, dict[str, str]]:
    """What the page's filters ask, and those filters."""
    filters = {name: requests.asked(visit.request, name) for name in ("q", "rule", "clause", "state")}
    words = filters["q"]
    asked = Question(states=_states(filters["state"]), rule=filters["rule"], clause=filters["clause"])
    if "@" in words:
        return replace(asked, sender=words), filters
    if len(words) >= 15 and words.replace("-", "").isdigit():
        return replace(asked, order=words), filters
    return replace(asked, text=words), filters


def _states(word: str) -> frozenset[MessageState]:
    return frozenset(state for state in MessageState if state.value == word)

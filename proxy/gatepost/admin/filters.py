"""What the queue and the decisions are narrowed by: the filters of an address, as a question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlencode

from starlette.requests import Request

from gatepost.admin import requests
from gatepost.admin.ports import Question
from gatepost.admin.render import SOON, URGENT

NAMES = ("q", "rule", "clause", "sender", "account", "marketplace", "language", "age", "due")
"""The filters of the queue, as they stand in its address."""
AGES = {"1": "over 1 hour", "4": "over 4 hours", "12": "over 12 hours", "24": "over 24 hours"}
DUE = {"over": timedelta(0), "urgent": URGENT, "soon": SOON}
"""How near the end of the buyer's 24 hours: words of the style sheet, and what they mean."""


def queue_filters(request: Request) -> Mapping[str, str]:
    """The filters of the queue that were asked for; "" for those that were not."""
    return {name: requests.asked(request, name) for name in NAMES}


def queue_question(filters: Mapping[str, str], base: Question, *, now: datetime) -> Question:
    """`base` narrowed by the queue's filters; what makes no sense does not narrow."""
    age, due = filters["age"], DUE.get(filters["due"])
    return replace(
        base,
        words=filters["q"],
        rule=filters["rule"],
        clause=filters["clause"],
        sender=filters["sender"],
        account=filters["account"],
        marketplace=filters["marketplace"],
        language=filters["language"],
        until=now - timedelta(hours=int(age)) if age in AGES else None,
        due_before=now + due if due is not None else None,
    )


def query(filters: Mapping[str, str]) -> str:
    """The filters as the beginning of a query string; "" when none is set."""
    given = {name: value for name, value in filters.items() if value}
    return f"{urlencode(given)}&" if given else ""

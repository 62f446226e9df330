from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request

from gatepost.admin.filters import NAMES, query, queue_filters, queue_question
from gatepost.admin.ports import Question
from kit.messages import AT


def asked(query_string: str) -> Request:
    return Request({"type": "http", "query_string": query_string.encode(), "headers": []})


def test_what_was_not_asked_does_not_narrow() -> None:
    filters = queue_filters(asked("page=3&unknown=x"))
    assert dict(filters) == dict.fromkeys(NAMES, "")
    assert queue_question(filters, Question(), now=AT) == Question()


def test_filters_come_back_as_they_went() -> None:
    filters = queue_filters(asked("q=a%26b&rule=p4&due=soon"))
    assert query(filters) == "q=a%26b&rule=p4&due=soon&"
    assert query(dict.fromkeys(NAMES, "")) == ""


def test_ages_and_time_left_are_moments() -> None:
    question = queue_question(queue_filters(asked("age=12&due=urgent")), Question(), now=AT)
    assert question.until == AT - timedelta(hours=12)
    assert question.due_before == AT + timedelta(hours=2)

from __future__ import annotations

import json

import pytest
from starlette.exceptions import HTTPException

from gatepost.admin.problems import Problem, is_call, of, problem


def test_a_fault_is_a_problem_with_its_words_and_headers() -> None:
    response = of(HTTPException(429, "slowly", headers={"retry-after": "5"}))
    body = json.loads(bytes(response.body))

    assert body == {"type": "about:blank", "title": "Too Many Requests", "status": 429, "detail": "slowly"}
    assert (response.media_type, response.headers["retry-after"]) == ("application/problem+json", "5")


def test_places_are_named() -> None:
    body = json.loads(bytes(of(Problem(422, "wrong", [{"at": "body/x", "detail": "y"}])).body))

    assert body["errors"] == [{"at": "body/x", "detail": "y"}]


def test_a_phrase_is_not_said_twice() -> None:
    assert "detail" not in json.loads(bytes(problem(404, "Not Found").body))


@pytest.mark.parametrize(
    ("path", "expected"), [("/api/v1/x", True), ("/api", True), ("/apiary", False), ("/", False)]
)
def test_calls_are_known_by_their_path(path: str, expected: bool) -> None:
    assert is_call(path) is expected

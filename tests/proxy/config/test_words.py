from __future__ import annotations

import pytest

from gatepost.config.words import say


@pytest.mark.parametrize(
    ("kind", "context", "value", "sentence"),
    [
        ("missing", {}, None, "is missing"),
        ("greater_than", {"gt": 0.0}, -1, "must be more than 0"),
        ("less_than_equal", {"le": 64}, 65, "must be at most 64"),
        ("literal_error", {"expected": "'a', 'b' or 'c'"}, 1, "expected one of: a, b, c"),
        ("enum", {"expected": "'none' or 'own'"}, "owm", 'expected one of: none, own; did you mean "own"?'),
        ("value_error", {"error": ValueError("x")}, None, "Because I say so"),
        ("never_heard_of", {}, None, "Because I say so"),
    ],
)
def test_a_fault_is_told_in_plain_words(
    kind: str, context: dict[str, object], value: object, sentence: str
) -> None:
    message = "Value error, Because I say so" if kind == "value_error" else "Because I say so"
    assert say(kind, message, context, value) == sentence

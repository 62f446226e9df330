from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.config.document import MAX_VALUES, Place, dotted, parse, scalar
from gatepost.errors import ConfigError


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("TRUE", "TRUE"),
        ("12:30", "12:30"),
        ("2026-11-23", "2026-11-23"),
        ("010", "010"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1e3", "1e3"),
        (".inf", ".inf"),
        ("9" * 30, "9" * 30),
    ],
)
def test_plain_words_mean_what_they_look_like(text: str, value: object) -> None:
    found = scalar(text)
    assert found == value
    assert type(found) is type(value)


def test_quoted_words_stay_text() -> None:
    assert parse('{a: "1", b: \'true\', c: ""}', "f").value == {"a": "1", "b": "true", "c": ""}


def test_every_key_has_its_place() -> None:
    document = parse("a:\n  b: [x, {c: 1}]\n", "f")
    assert document.places["a", "b"] == Place(2, 3)
    assert document.places["a", "b", 1, "c"] == Place(2, 11)
    assert document.place(("a", "b", 1, "missing")) == Place(2, 10)


def test_aliases_work() -> None:
    assert parse("a: &x [1]\nb: *x\n", "f").value == {"a": [1], "b": [1]}


@pytest.mark.parametrize(
    "bomb",
    [
        "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 40)),
        "a: &a [*a]\n",
        "[" * 200 + "]" * 200,
        "[" + "1," * (MAX_VALUES + 1) + "]",
    ],
    ids=["doubling aliases", "an alias within itself", "too deep", "too many"],
)
def test_bombs_are_refused(bomb: str) -> None:
    with pytest.raises(ConfigError, match="too many values, or too deep"):
        parse(bomb, "f")


@pytest.mark.parametrize("text", ["a: !!python/name:os.system x", "a: !own {b: 1}", "a: !!binary aGk="])
def test_tags_are_refused(text: str) -> None:
    assert [fault.why for fault in parse(text, "f").faults] == ["tags are not allowed"]


def test_a_key_must_be_one_word() -> None:
    assert [fault.why for fault in parse("[a, b]: 1", "f").faults] == ["a key must be one word"]


def test_a_file_too_large_is_not_even_parsed() -> None:
    with pytest.raises(ConfigError, match="larger than"):
        parse("#" * 1_000_001, "f")


def test_two_documents_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"f:2:1: not YAML"):
        parse("a: 1\n---\nb: 2\n", "f")


def test_keys_are_written_as_people_write_them() -> None:
    assert dotted(("smtp", "listeners", 0, "tls")) == "smtp.listeners[0].tls"


@given(st.text(max_size=200))
def test_any_text_parses_or_is_refused_by_name(text: str) -> None:
    with contextlib.suppress(ConfigError):
        assert parse(text, "f").source == "f"

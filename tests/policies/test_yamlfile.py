"""YAML is read strictly, and every fault names its file, line and key."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost_policies.errors import PackError
from gatepost_policies.yamlfile import MAX_BYTES, parse


def test_words_that_yaml_takes_for_booleans_or_times_stay_words() -> None:
    text = "a: no\nb: on\nc: 12:30\nd: 2026-11-23\ne: 'true'\nf: 0x10\ng: 1e3"
    value = parse(text, "f").value
    assert value == {
        "a": "no",
        "b": "on",
        "c": "12:30",
        "d": "2026-11-23",
        "e": "true",
        "f": "0x10",
        "g": "1e3",
    }


def test_plain_values_keep_their_kind() -> None:
    assert parse("{a: true, b: False, c: null, d: 7, e: 0.5, f: [1, x]}", "f").value == {
        "a": True,
        "b": False,
        "c": None,
        "d": 7,
        "e": 0.5,
        "f": [1, "x"],
    }


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        pytest.param("a: 1\nb: 2\na: 3", 3, "given twice, first in line 1", id="a key twice"),
        pytest.param("a: &x 1\nb: *x", 1, "aliases are not allowed", id="an alias"),
        pytest.param("a: 1\nb: !!python/name:os.system x", 2, "tags are not allowed", id="a tag"),
        pytest.param("a: 1\nb: [1, 2", 2, "", id="an open bracket"),
        pytest.param("a: 1\n? [x, y]\n: 2", 2, "a key must be one word", id="a list as key"),
    ],
)
def test_a_fault_is_refused_with_its_line(text: str, line: int, why: str) -> None:
    with pytest.raises(PackError) as caught:
        parse(text, "rule.yaml")
    assert (caught.value.file, caught.value.line) == ("rule.yaml", line) or not why
    assert why in caught.value.why


def test_a_file_that_is_no_rule_file_by_its_size_is_refused() -> None:
    with pytest.raises(PackError, match="larger than"):
        parse("a" * (MAX_BYTES + 1), "f")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(PackError, match="not YAML"):
        parse(b"\xff\xfe\xfa", "f")


def test_an_empty_file_has_no_value() -> None:
    assert parse("# nothing", "f").value is None


def test_the_line_of_a_missing_key_is_that_of_the_key_above() -> None:
    document = parse("a: 1\nb:\n  c: 2", "f")
    assert (document.line("b", "c"), document.line("b", "d"), document.line("z")) == (3, 2, 1)
    assert str(document.fault("wrong", "b", "c")) == "f:3: b.c: wrong"


@given(st.text(max_size=200))
def test_any_text_gives_a_value_or_a_pack_error(text: str) -> None:
    with contextlib.suppress(PackError):
        assert parse(text, "f").file == "f"

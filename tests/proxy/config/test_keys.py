from __future__ import annotations

import pytest

from gatepost.config.keys import is_text, known_below, leaves, nearest, suggestion, variable


def test_a_keys_variable_is_its_path_in_capitals() -> None:
    assert variable(("smtp", "times", "reply_seconds")) == "GATEPOST_SMTP_TIMES_REPLY_SECONDS"


def test_an_optional_section_has_keys_of_its_own() -> None:
    assert ("relay", "host") in leaves()
    assert ("relay",) not in leaves()


@pytest.mark.parametrize(
    ("above", "name"),
    [
        ((), "workers"),
        (("smtp", "times"), "reply_seconds"),
        (("smtp", "listeners", 0), "proxy_protocol_from"),
    ],
)
def test_known_keys_are_found_at_any_depth(above: tuple[str | int, ...], name: str) -> None:
    assert name in known_below(above)


@pytest.mark.parametrize("above", [("workers",), ("nothing",), ("policy", "modes")])
def test_what_is_no_section_has_no_keys(above: tuple[str | int, ...]) -> None:
    assert known_below(above) == ()


def test_text_and_yaml_keys_are_told_apart() -> None:
    texts = {key for key, annotation in leaves().items() if is_text(annotation)}
    assert ("store", "path") in texts
    assert ("log", "level") in texts
    assert ("relay", "tls") in texts
    assert ("workers",) not in texts
    assert ("smtp", "trusted_networks") not in texts


def test_a_wild_name_has_no_neighbour() -> None:
    assert nearest("xyzzy", ["smtp", "relay"]) == ""
    assert suggestion(("smtp", "xyzzy")) == ""

"""The fuzzer's properties, on what hypothesis makes up: shorter than a fuzzer's day, but in every run."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz import targets
from fuzz.run import WORDS
from fuzz.targets import TARGETS

PIECES = [word.encode().decode("unicode_escape").encode("latin-1") for word in WORDS]
SOUP = st.lists(st.one_of(st.sampled_from(PIECES), st.binary(max_size=12)), max_size=30).map(b"".join)


@pytest.mark.parametrize("target", TARGETS)
def test_no_octets_break_a_property(target: str) -> None:
    @settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # rules are loaded once
    @given(SOUP)
    def holds(octets: bytes) -> None:
        TARGETS[target](octets)

    holds()


@pytest.mark.parametrize(
    ("target", "name", "wrong", "octets"),
    [
        pytest.param(
            "data", "_find_end", lambda _: (0, False), b"\0\0abc\r\n.\r\n", id="an end that is none"
        ),
        pytest.param(
            "mime", "_CONTROLS", None, b"Subject: =?utf-8?q?a=0Ab?=\r\n\r\n", id="a reader that raises"
        ),
    ],
)
def test_a_broken_parser_would_be_seen(
    target: str, name: str, wrong: object, octets: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = "gatepost.smtp.data" if target == "data" else "gatepost_policies.mime.headers"
    monkeypatch.setattr(f"{home}.{name}", wrong)
    with pytest.raises((AssertionError, AttributeError)):
        getattr(targets, target)(octets)

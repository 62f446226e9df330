from __future__ import annotations

from dataclasses import replace

import pytest

from gatepost.cli.report import QUOTE_LETTERS, as_lines, finding_lines, passes
from gatepost_policies.model import Action, Mode, Purpose, Verdict
from kit.messages import finding


def verdict(action: Action) -> Verdict:
    found = (finding(action=action),) if action else ()
    return Verdict("amazon-2018-10", "d", Purpose.SERVICE, "en", (), found, (), asks_review=False)


@pytest.mark.parametrize(
    ("action", "expected"),
    [(Action.RELAY, True), (Action.REPAIR, True), (Action.QUARANTINE, False), (Action.REJECT, False)],
)
def test_what_goes_out_passes(action: Action, expected: bool) -> None:
    assert passes(verdict(action)) is expected


def test_a_finding_names_rule_clause_and_words() -> None:
    lines = list(as_lines("a.eml", verdict(Action.REJECT)))
    assert lines[0] == "a.eml: reject (customer-service)"
    assert '"shop.example"' in lines[1]
    assert "p1-external-link (P1)" in lines[1]


def test_long_words_are_cut_and_lines_joined() -> None:
    line = next(finding_lines(finding(evidence="a\nb " + "x" * QUOTE_LETTERS)))
    assert '"a b xxx' in line
    assert line.endswith('…"')


def test_a_finding_that_does_not_act_says_so() -> None:
    assert "[shadow]" in next(finding_lines(finding(mode=Mode.SHADOW)))


def test_something_missing_quotes_nothing() -> None:
    assert '"' not in next(finding_lines(replace(finding(), evidence="")))

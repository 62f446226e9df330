from __future__ import annotations

from gatepost.cli.checkups.found import State
from gatepost.cli.checkups.rules import rules
from gatepost.config.schema import Policy


def test_rules_that_load_are_counted() -> None:
    (found,) = rules(Policy())
    assert found.state is State.OK
    assert found.found.startswith("amazon-2018-10: ")


def test_a_rule_that_does_not_exist_is_a_problem() -> None:
    (found,) = rules(Policy(modes={"external-lnik": "off"}))
    assert found.state is State.PROBLEM
    assert "external-link" in found.found

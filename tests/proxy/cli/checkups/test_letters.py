from __future__ import annotations

from pathlib import Path

from gatepost.cli.checkups.found import State
from gatepost.cli.checkups.letters import letters
from gatepost.config import Config
from gatepost.config.schema import Letters

GOOD = 'delay: {subject: "$order", text: "Order $order comes on $delivery. You may cancel it on Amazon."}\n'
BAD = 'review-request: {subject: "$order", text: "Please leave 5 stars on Amazon for $order."}\n'


def found(folder: Path | None) -> list[tuple[str, State, str]]:
    config = Config(letters=Letters(folder=folder))
    return [(Path(each.subject).name, each.state, each.found) for each in letters(config)]


def test_without_own_letters_nothing_is_said(tmp_path: Path) -> None:
    assert found(None) == found(tmp_path) == []


def test_own_letters_are_tried_and_those_that_break_a_rule_are_named(tmp_path: Path) -> None:
    (tmp_path / "en.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "de.yaml").write_text(BAD, encoding="utf-8")
    (tmp_path / "fr.yaml").write_bytes(b"\xff\xfe")
    told = {name: (state, words) for name, state, words in found(tmp_path)}
    assert told["en.yaml"] == (State.OK, "pass")
    assert told["de.yaml"][0] is State.PROBLEM
    assert "positive-only" in told["de.yaml"][1]
    assert told["fr.yaml"][0] is State.PROBLEM

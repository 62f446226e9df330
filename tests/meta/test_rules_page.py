"""docs/rules.md teaches what is so: its worked example loads and holds, and its table names every check."""

from __future__ import annotations

import re
from pathlib import Path

from gatepost_policies import selftest
from gatepost_policies.checks import CHECKS
from gatepost_policies.rule import KEYS
from gatepost_policies.rulebook import load

PAGE = (Path(__file__).parents[2] / "docs" / "rules.md").read_text(encoding="utf-8")
EXAMPLES = Path(__file__).parents[2] / "config" / "rules.d"


def test_the_worked_example_loads_and_holds(tmp_path: Path) -> None:
    [text] = re.findall(r"```yaml\n(id: own-no-calls\n.*?)```", PAGE, flags=re.DOTALL)
    (tmp_path / "own-no-calls.yaml").write_text(text, encoding="utf-8")
    results = [one for one in selftest.run(load(folders=[tmp_path])) if one.rule == "own-no-calls"]
    assert len(results) == 4
    assert [one for one in results if not one.passed] == []


def test_the_examples_beside_the_configuration_load_and_hold() -> None:
    own = load(folders=[EXAMPLES])
    shipped = {rule.id for rule in load().rules}
    results = [one for one in selftest.run(own) if one.rule not in shipped]
    assert results
    assert [one for one in results if not one.passed] == []


def test_the_table_of_checks_is_complete() -> None:
    table = PAGE.split("## The checks")[1].split("\n## ")[0]
    named = {
        name
        for row in table.splitlines()[3:]
        for name in re.findall(r"`(\w+)`", row.split("|")[1] if "|" in row else "")
    }
    assert named == set(CHECKS)


def test_the_table_of_keys_is_complete_and_in_order() -> None:
    table = PAGE.split("## The keys")[1].split("\n## ")[0]
    named = [
        name
        for row in table.splitlines()
        if row.startswith("| `")
        for name in re.findall(r"`(\w+)`", row.split("|")[1])
    ]
    assert named == list(KEYS)

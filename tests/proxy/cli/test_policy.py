from __future__ import annotations

from pathlib import Path

import pytest

from kit.command import command

BROKEN = """\
id: own-greeting
clause: G1
title: No greeting from the moon
why: Our shop is on earth.
since: 2026-11-23
direction: outbound
purposes: [any]
languages: [en]
category: style
action: quarantine
check: phrase
with: {phrases: {en: [moonlit greetings]}}
fix: Greet otherwise.
violates:
  en: [{say: "Sunny greetings to you", finds: "moonlit greetings"}]
complies:
  en: [{say: "Greetings to you"}]
"""


def test_the_rules_are_listed() -> None:
    rows = command("policy", "list", "--json").rows
    assert {"rule", "clause", "category", "action", "mode", "title", "languages"} == set(rows[0])
    assert "p1-external-link" in [row["rule"] for row in rows]
    assert "p1-external-link\tP1\texternal-link\treject\tenforce\t" in command("policy", "list").out


def test_every_clause_has_rules_or_a_reason() -> None:
    rows = {row["clause"]: row for row in command("policy", "list", "--by-clause", "--json").rows}
    assert rows["P1"]["rules"]["p1-external-link"]["violates"] > 0
    assert rows["D4"]["reason"]
    assert "\np1-external-link" not in command("policy", "list", "--by-clause").out


def test_a_mode_of_the_configuration_shows(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("policy: {modes: {external-link: shadow}}\n")
    done = command("policy", "list", "--json", "--config", tmp_path / "c.yaml")
    assert {row["mode"] for row in done.rows if row["category"] == "external-link"} == {"shadow"}


def test_one_rule_is_shown_with_its_examples() -> None:
    out = command("policy", "show", "p1-external-link").out
    assert out.startswith("p1-external-link: ")
    assert "\nTo mend: " in out
    assert "\nViolates (en): " in out
    (row,) = command("policy", "show", "p1-external-link", "--json").rows
    assert row["complies"]["en"]


def test_an_unknown_rule_is_told_with_the_nearest() -> None:
    done = command("policy", "show", "p1-extrnal-link")
    assert (done.status, done.out) == (2, "")
    assert "did you mean p1-external-link?" in done.err


def own_rule(folder: Path, text: str) -> Path:
    (folder / "rules.d").mkdir()
    (folder / "rules.d" / "own-greeting.yaml").write_text(text)
    (folder / "c.yaml").write_text(f"policy: {{rules_folder: {folder / 'rules.d'}}}\n")
    return folder / "c.yaml"


def test_a_failing_example_is_named(tmp_path: Path) -> None:
    done = command("policy", "test", "--config", own_rule(tmp_path, BROKEN))
    assert done.status == 1
    assert "own-greeting (en, violates): " in done.out
    assert "    Sunny greetings to you" in done.out


def test_a_failing_example_is_data_too(tmp_path: Path) -> None:
    done = command("policy", "test", "--json", "--config", own_rule(tmp_path, BROKEN))
    failed = [row for row in done.rows if row["rule"] == "own-greeting" and not row["passed"]]
    assert list(failed[0]) == ["rule", "language", "kind", "say", "passed", "why"]


def test_a_rule_that_can_not_be_read_names_file_and_line(tmp_path: Path) -> None:
    done = command(
        "policy", "list", "--config", own_rule(tmp_path, BROKEN.replace("clause: G1", "clause: X9"))
    )
    assert done.status == 2
    assert "own-greeting.yaml:2" in done.err


@pytest.mark.parametrize("verb", ["list", "test"])
def test_an_unknown_edition_is_bad_usage(verb: str) -> None:
    options = ("--edition", "amazon-1999") if verb == "list" else ("amazon-1999",)
    done = command("policy", verb, *options)
    assert (done.status, "amazon-1999" in done.err) == (2, True)


def test_an_edition_differs_from_itself_in_nothing() -> None:
    done = command("policy", "diff", "amazon-2018-10", "amazon-2018-10")
    assert (done.status, done.out) == (0, "")


def test_a_change_of_edition_is_told_in_sentences() -> None:
    done = command("policy", "diff", "amazon-2018-10", "amazon-2020-11", "--json")
    assert done.status == 0
    assert all(row["change"] for row in done.rows)
    assert done.rows

"""`gatepost policy …`: the rules in force, their examples, and what an edition changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatepost.cli.replay import replay
from gatepost.cli.terminal import (
    DONE,
    FAILED,
    ConfigOption,
    JsonOption,
    configuration,
    emit,
    fail,
    family,
    harmless,
    progress,
    say,
    table,
)

if TYPE_CHECKING:
    from pathlib import Path

    from gatepost_policies.rule import Rule
    from gatepost_policies.rulebook import Rulebook

commands = family("The rules in force: list, show, test, diff, replay.")
commands.command("replay")(replay)

EditionOption = Annotated[str, typer.Option(help="This edition, instead of the configured one.")]


def rulebook_of(config: Path | None, edition: str = "") -> Rulebook:
    """The rulebook that the configuration puts in force, or another edition under the same settings."""
    from gatepost.cli.inforce import in_force
    from gatepost.worker import Rulebooks

    policy = in_force(configuration(config).config).policy
    if edition:
        policy = policy.model_copy(update={"edition": edition, "by_account": {}, "by_marketplace": {}})
    return Rulebooks(policy).default


@commands.command("list")
def list_(
    by_clause: Annotated[
        bool, typer.Option("--by-clause", help="Each clause with its rules and their examples.")
    ] = False,
    edition: EditionOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the rules: id, clause, category, action, mode, title."""
    rulebook = rulebook_of(config, edition)
    if by_clause:
        _list_by_clause(rulebook, as_json=as_json)
    elif as_json:
        for rule in rulebook.rules:
            emit(_brief(rule))
    else:
        heads = ("rule", "clause", "category", "action", "mode", "title")
        rows = [
            (rule.id, rule.clause, rule.category, rule.action.word, rule.mode.value, rule.title)
            for rule in rulebook.rules
        ]
        table(heads, rows)


def _list_by_clause(rulebook: Rulebook, *, as_json: bool) -> None:
    """Clause -> rules -> examples: the table that an auditor asks for."""
    from gatepost_policies import clauses

    rows = []
    for id, clause in clauses.load().items():
        rules = [rule for rule in rulebook.rules if rule.clause == id]
        counts = {rule.id: (_count(rule.violates), _count(rule.complies)) for rule in rules}
        reason = str(rulebook.reasons.get(id, ""))
        if as_json:
            examples = {name: {"violates": bad, "complies": good} for name, (bad, good) in counts.items()}
            emit({"clause": id, "asks": clause.asks, "rules": examples, "reason": reason})
        said = [f"{name} ({bad} violate, {good} comply)" for name, (bad, good) in counts.items()]
        rows.append((id, clause.asks, ", ".join(said) or f"no rule: {reason or 'not said why'}"))
    if not as_json:
        table(("clause", "asks", "rules and examples"), rows)


def _count(examples: Any) -> int:
    return sum(len(of_language) for of_language in examples.values())


def _brief(rule: Rule) -> dict[str, Any]:
    return {
        "rule": rule.id,
        "clause": rule.clause,
        "category": rule.category,
        "action": rule.action.word,
        "mode": rule.mode.value,
        "title": rule.title,
        "languages": sorted(rule.languages),
    }


@commands.command("show")
def show(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="A rule's id.")],
    edition: EditionOption = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show one rule: what it forbids and why, what it does, how to mend a mail, its examples."""
    found = _rule(rulebook_of(config, edition), rule)
    if as_json:
        about = {"why": found.why, "since": str(found.since), "check": found.check, "fix": found.fix}
        emit({**_brief(found), **about, "violates": _said(found.violates), "complies": _said(found.complies)})
        return
    say(f"{found.id}: {found.title}")
    say(f"clause {found.clause}, category {found.category}, {found.action.word}, {found.mode.value}")
    say(f"{found.why}\n")
    say(f"To mend: {found.fix}\n")
    for head, examples in (("Violates", found.violates), ("Complies", found.complies)):
        for language, said in _said(examples).items():
            for text in said:
                say(f"{head} ({language}): {harmless(' '.join(text.split()))}")


def _rule(rulebook: Rulebook, id: str) -> Rule:
    from gatepost_policies.rule import nearest

    try:
        return rulebook.rule(id)
    except KeyError:
        ids = [rule.id for rule in rulebook.rules]
        fail(f"{rulebook.edition} has no rule {id!r}{nearest(id, ids)}")


def _said(examples: Any) -> dict[str, list[str]]:
    return {language: [one.say or one.html for one in some] for language, some in examples.items()}


@commands.command("test")
def run_examples(
    pack: Annotated[str, typer.Argument(metavar="[PACK]", help="An edition, or a pack's folder.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run every rule's own examples; exit 1 when one is not judged as it says."""
    from gatepost_policies import selftest

    rulebook = rulebook_of(config, pack)
    total = sum(_count(rule.violates) + _count(rule.complies) for rule in rulebook.rules)
    ran = failed = 0
    with progress(f"Testing {rulebook.edition}", total) as steps:
        for result in steps.over(selftest.run(rulebook)):
            ran += 1
            failed += not result.passed
            if as_json:
                emit(
                    {
                        "rule": result.rule,
                        "language": result.language,
                        "kind": result.kind,
                        "say": result.say,
                        "passed": result.passed,
                        "why": result.why,
                    }
                )
            elif not result.passed:
                say(f"{result.rule} ({result.language}, {result.kind}): {harmless(result.why)}")
                say(f"    {harmless(' '.join(result.say.split()))}")
    if not as_json:
        say(f"{rulebook.edition}: {len(rulebook.rules)} rules, {ran} examples, {failed} failed")
    raise typer.Exit(FAILED if failed else DONE)


@commands.command("diff")
def diff(
    a: Annotated[str, typer.Argument(help="An edition, or a pack's folder.")],
    b: Annotated[str, typer.Argument(help="Another.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what changes from edition A to edition B."""
    from gatepost_policies.explain import differ

    for sentence in differ(rulebook_of(config, a), rulebook_of(config, b)):
        if as_json:
            emit({"change": sentence})
        else:
            say(sentence)

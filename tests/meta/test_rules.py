"""The laws of rules: examples, clauses, categories, order of keys, and no alarm on permitted mail."""

from __future__ import annotations

from pathlib import Path

import pytest

from gatepost_policies import clauses, selftest
from gatepost_policies.checks import CHECKS
from gatepost_policies.facts import read
from gatepost_policies.judging import judge
from gatepost_policies.model import CATEGORIES
from gatepost_policies.rule import ANY, KEYS, Rule
from gatepost_policies.rulebook import PACKS, editions
from gatepost_policies.yamlfile import parse
from kit.judged import book

PERMITTED = Path(__file__).parents[1] / "policies" / "corpus" / "permitted"
FILES = sorted(path for path in PACKS.glob("*/*.yaml") if path.name != "pack.yaml")
# What the edition of 2020 alone forbids in otherwise permitted mails.
FORBIDDEN_IN_2020 = {
    "en-shipment": "2020-c1-shipment-confirmation",
    "en-helpdesk-html": "2020-d6-tracking-pixel",
}


def rules() -> list[object]:
    return [pytest.param(rule, id=f"{name}-{rule.id}") for name in editions() for rule in book(name).rules]


@pytest.mark.parametrize("edition", editions())
def test_every_example_of_an_edition_holds(edition: str) -> None:
    failed = [
        f"{result.rule} {result.kind} {result.language}: {result.say!r}: {result.why}"
        for result in selftest.run(book(edition))
        if not result.passed
    ]
    assert not failed, "\n".join(failed)


@pytest.mark.parametrize("rule", rules())
def test_a_rule_has_examples_both_ways_in_each_language(rule: Rule) -> None:
    wanted = set(rule.languages) - {ANY}
    assert wanted <= set(rule.violates)
    assert wanted <= set(rule.complies)
    assert rule.violates
    assert rule.complies


@pytest.mark.parametrize("rule", rules())
def test_a_mending_is_one_sentence(rule: Rule) -> None:
    assert rule.fix.endswith(".")
    assert rule.fix[0].isupper()
    assert ". " not in rule.fix


@pytest.mark.parametrize("path", FILES, ids=[f"{path.parent.name}-{path.stem}" for path in FILES])
def test_the_keys_of_a_rule_stand_in_their_order(path: Path) -> None:
    keys = list(parse(path.read_bytes(), path.name).value)
    assert keys == [key for key in KEYS if key in keys]


@pytest.mark.parametrize("edition", editions())
def test_each_clause_has_a_rule_or_a_reason_why_not(edition: str) -> None:
    asked = {
        id
        for id in clauses.load()
        if id != "OWN" and (not id.startswith("2020-") or edition >= "amazon-2020")
    }
    ruled = {rule.clause for rule in book(edition).rules}
    reasons = set(book(edition).reasons) & asked
    assert asked - ruled - reasons == set()
    assert ruled & reasons == set()


def test_each_category_has_a_rule_or_a_reason_why_not() -> None:
    ruled = {rule.category for name in editions() for rule in book(name).rules}
    reasons = {key for name in editions() for key in book(name).reasons}
    assert set(CATEGORIES) - ruled - reasons == set()


def test_each_check_is_named_by_a_rule() -> None:
    named = {rule.check for name in editions() for rule in book(name).rules}
    assert set(CHECKS) - named == {"phrase"}  # the operator's own


@pytest.mark.parametrize("edition", editions())
@pytest.mark.parametrize("path", sorted(PERMITTED.glob("*.eml")), ids=lambda path: path.stem)
def test_no_rule_fires_on_a_permitted_mail(path: Path, edition: str) -> None:
    found = [f"{f.rule}: {f.evidence}" for f in judge(read(path.read_bytes()), book(edition)).findings]
    allowed = FORBIDDEN_IN_2020.get(path.stem, "?") if edition == "amazon-2020-11" else "?"
    assert [one for one in found if not one.startswith(allowed)] == []

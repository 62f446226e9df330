"""A pack's own examples are run, and a rule that does not keep its word is named."""

from __future__ import annotations

from dataclasses import replace

from gatepost_policies import selftest
from gatepost_policies.facts import read
from gatepost_policies.model import Medium
from gatepost_policies.rule import Example
from gatepost_policies.rulebook import Rulebook
from kit.judged import book


def only(id: str, **changes: object) -> Rulebook:
    rule = book().rule(id)
    return replace(book(), rules=(replace(rule, **changes),))  # type: ignore[arg-type]  # any field of Rule


def test_a_rule_that_keeps_its_word_passes() -> None:
    results = list(selftest.run(only("o1-order-id")))
    assert {result.kind for result in results} == {"violates", "complies"}
    assert all(result.passed for result in results)


def test_an_example_that_is_not_found_fails() -> None:
    broken = only("o1-order-id", violates={"en": (Example(say="Hello", line=7),)}, complies={})
    [result] = selftest.run(broken)
    assert (result.passed, result.why, result.line) == (False, "not found", 7)


def test_an_example_that_is_found_by_mistake_fails() -> None:
    broken = only("p1-external-link", complies={"en": (Example(say="www.lampshop.com"),)}, violates={})
    [result] = selftest.run(broken)
    assert (result.passed, result.why) == (False, "found www.lampshop.com")


def test_other_words_than_promised_fail() -> None:
    example = Example(say="See www.lampshop.com.", finds="www.another.com")
    [result] = selftest.run(only("p1-external-link", violates={"en": (example,)}, complies={}))
    assert "instead of 'www.another.com'" in result.why


def test_rules_that_the_gateway_fires_are_left_out() -> None:
    assert list(selftest.run(only("d4b-one-per-order"))) == []


def test_a_rule_for_inserts_only_is_tried_on_an_insert() -> None:
    results = list(selftest.run(only("d4h-compensation", media=frozenset({Medium.INSERT}), complies={})))
    assert results
    assert all(result.passed for result in results if result.language == "de")


def test_an_example_is_a_whole_mail() -> None:
    example = Example(
        say="Grüße",
        html="<p>Grüße</p>",
        subject="Übergröße " * 5,
        headers=(("X-Desk", "7"),),
        attach=(("a.pdf", "application/pdf", ""),),
    )
    mail = read(selftest.mail_of(example)).mail
    assert mail.subject.strip() == ("Übergröße " * 5).strip()
    assert mail.values("x-desk") == ("7",)
    assert [attachment.name for attachment in mail.attachments] == ["a.pdf"]
    assert [p.text.strip() for p in mail.passages if p.label.startswith("text/")] == ["Grüße", "Grüße"]
    assert mail.defects == ()

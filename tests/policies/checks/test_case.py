"""What every check is given."""

from __future__ import annotations

from gatepost_policies.checks.case import Case
from gatepost_policies.model import Section, Span
from kit.judged import case

QUOTED = "It is ready.\n\nOn 3 May 2026 Ann wrote:\n> where is it"


def span_of(built: Case, words: str) -> Span:
    passage = next(index for index, one in enumerate(built.mail.passages) if words in one.text)
    start = built.mail.passages[passage].text.index(words)
    return Span(passage, start, start + len(words))


def test_evidence_quotes_the_words_at_its_span() -> None:
    built = case(QUOTED)
    found = built.at(span_of(built, "is ready"), "why")
    assert (found.text, found.note) == ("is ready", "why")


def test_quoted_words_are_not_the_sellers_own() -> None:
    built = case(QUOTED)
    assert built.section(span_of(built, "where is it")) is Section.QUOTED
    assert not built.is_own(span_of(built, "where is it"))
    assert built.is_own(span_of(built, "is ready"))


def test_a_passage_without_stretches_is_the_authors() -> None:
    assert case("x").section(Span(0, 10_000, 10_001)) is Section.AUTHOR


def test_what_several_checks_need_is_worked_out_once() -> None:
    built = case("x")
    first = built.once("a", lambda one: [one])
    assert built.once("a", lambda one: [one]) is first

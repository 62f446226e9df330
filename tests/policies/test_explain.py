"""Verdicts in words: ASCII lines for SMTP, paragraphs for people, editions compared."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gatepost_policies.explain import MAX_QUOTED, differ, paragraph, sentence
from gatepost_policies.model import Action, Finding, Mode
from gatepost_policies.rulebook import load
from kit.judged import book, verdict

FINDING = Finding(
    rule="d4h-compensation",
    category="review-incentive",
    clause="D4h",
    action=Action.REJECT,
    mode=Mode.ENFORCE,
    evidence="get a $10 gift card",
    part="text/plain",
    start=20,
    end=39,
    fix="Remove the offer.",
    title="Nothing is offered for a review",
)


def test_a_sentence_names_rule_clause_words_and_mending() -> None:
    assert sentence(FINDING) == 'd4h-compensation (D4h): "get a $10 gift card". Remove the offer.'


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param("5 Sterne für “Größe” – 10 €", "\"5 Sterne fur 'Grosse' - 10 EUR\"", id="accents"),
        pytest.param("星5つの高評価", "characters 20-39 of text/plain", id="another script"),
        pytest.param("two\nlines", '"two lines"', id="line break"),
        pytest.param('say "hello"', "\"say 'hello'\"", id="quotation marks"),
    ],
)
def test_a_sentence_is_one_line_of_ascii(words: str, told: str) -> None:
    line = sentence(replace(FINDING, evidence=words))
    assert told in line
    assert line.isascii()
    assert line.isprintable()


def test_a_sentence_quotes_no_more_than_it_should() -> None:
    assert len(sentence(replace(FINDING, evidence="x" * 5000))) < MAX_QUOTED + 100


def test_a_sentence_without_words_tells_its_note_or_title() -> None:
    missing = replace(FINDING, evidence="", note="no order ID")
    assert "no order ID" in sentence(missing)
    assert FINDING.title in sentence(replace(missing, note=""))


def test_a_sentence_tells_where_a_link_leads() -> None:
    told = [
        sentence(f)
        for f in verdict("", html="<p>Please see <a href='https://lampshop.com/'>this</a></p>").findings
    ]
    assert any("lampshop.com" in line for line in told)


def test_a_paragraph_tells_the_whole_verdict() -> None:
    told = paragraph(verdict("Leave us a review and get a $10 gift card."))
    assert told.startswith("reject: ")
    assert "112-1234567-1234567" in told
    assert "Offer nothing for a review" in told
    assert "What to do:" in told


def test_a_paragraph_of_a_clean_mail_says_so() -> None:
    assert paragraph(verdict("Please confirm your address for the lamp.")).startswith("relay: no findings")


def test_a_paragraph_marks_what_is_only_recorded() -> None:
    judged = verdict("Please confirm your address; see www.lampshop.com.")
    shadow = replace(judged, findings=tuple(replace(f, mode=Mode.SHADOW) for f in judged.findings))
    assert "(recorded only)" in paragraph(shadow)


def test_editions_differ_in_words() -> None:
    told = differ(book("amazon-2018-10"), book("amazon-2020-11"))
    assert any(line.startswith("d1a-buyer-address is no longer a rule") for line in told)
    assert any(line.startswith("2020-d7-contact-details is new (quarantine)") for line in told)
    assert "setting amazon_pages: needed becomes all." in told


def test_a_rulebook_does_not_differ_from_itself() -> None:
    assert differ(book(), book()) == []


def test_the_operators_changes_are_told() -> None:
    own = load(
        modes={"p4-marketing": "off"}, actions={"p4-marketing": "reject"}, allowed_hosts=["docs.example.com"]
    )
    assert differ(book(), own) == [
        "p4-marketing: action quarantine becomes reject.",
        "p4-marketing: mode enforce becomes off.",
        "links to docs.example.com are now allowed.",
    ]
    assert "links to docs.example.com are no longer allowed." in differ(own, book())


def test_a_paragraph_tells_what_is_missing_and_where_links_lead() -> None:
    told = paragraph(verdict("", html="<p>See <a href='https://lampshop.com/'>this</a></p>", subject="Hello"))
    assert "  No order ID in the subject or the text." in told
    assert "(leads to lampshop.com; not needed to fulfil the order)" in told

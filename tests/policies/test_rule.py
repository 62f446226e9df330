"""Rule files are read strictly: a wrong one is refused with file, line, key and the nearest right word."""

from __future__ import annotations

from datetime import date

import pytest

from gatepost_policies.errors import PackError
from gatepost_policies.model import Action, Medium, Mode, Purpose
from gatepost_policies.rule import read_rule
from gatepost_policies.yamlfile import parse

GOOD = """\
id: no-fax
clause: OWN
title: No fax numbers
why: We have no fax.
since: 2026-11-23
direction: outbound
media: [mail, insert]
purposes: [customer-service]
languages: [en]
category: style
action: quarantine
mode: shadow
check: phrase
with: {phrases: {en: ["fax ~2 #"]}}
fix: Leave out the fax number.
violates:
  en:
    - {say: "Our fax is 12345.", finds: "fax is 12345"}
complies:
  en:
    - say: The facts are known.
      subject: Hello
      headers: {X-A: b}
      attach: [a.pdf, {name: b.txt, type: text/plain, content: hi}]
"""


def test_a_good_rule_is_read_whole() -> None:
    rule = read_rule(parse(GOOD, "f"), "no-fax")
    assert (rule.clause, rule.category, rule.check) == ("OWN", "style", "phrase")
    assert (rule.action, rule.mode, rule.since) == (Action.QUARANTINE, Mode.SHADOW, date(2026, 11, 23))
    assert rule.media == frozenset({Medium.MAIL, Medium.INSERT})
    assert rule.purposes == frozenset({Purpose.SERVICE})
    example = rule.complies["en"][0]
    assert (example.subject, example.headers) == ("Hello", (("X-A", "b"),))
    assert example.attach == (("a.pdf", "application/octet-stream", ""), ("b.txt", "text/plain", "hi"))


def test_media_and_mode_have_defaults() -> None:
    text = GOOD.replace("media: [mail, insert]\n", "").replace("mode: shadow\n", "")
    rule = read_rule(parse(text, "f"), "no-fax")
    assert (rule.media, rule.mode) == (frozenset({Medium.MAIL}), Mode.ENFORCE)


@pytest.mark.parametrize(
    ("wrong", "right", "line", "key", "why"),
    [
        ("clause: OWN", "clause: D4z", 2, "clause", "did you mean D4"),
        ("category: style", "category: stile", 10, "category", "did you mean style"),
        ("action: quarantine", "action: hold", 11, "action", "one of: relay, repair, quarantine, reject"),
        ("mode: shadow", "mode: silent", 12, "mode", "unknown value 'silent'"),
        ("check: phrase", "check: phrases", 13, "check", "did you mean phrase"),
        ("with: {phrases", "with: {phrase", 14, "with.phrase", "did you mean phrases"),
        ("since: 2026-11-23", "since: yesterday", 5, "since", "expected a date"),
        ("purposes: [customer-service]", "purposes: [service]", 8, "purposes.0", "customer-service"),
        ("purposes: [customer-service]", "purposes: any", 8, "purposes", "expected a list"),
        ("media: [mail, insert]", "media: [mail, flyer]", 7, "media.1", "unknown value 'flyer'"),
        ("title: No fax numbers", "title: ''", 3, "title", "expected words"),
        ("fix: Leave out the fax number.", "fix: Nur ASCII, bitte schön", 15, "fix", "ASCII"),
        ("id: no-fax", "id: no-phone", 1, "id", "the file's name, no-fax"),
        ("why: We have no fax.\n", "", 1, "why", "missing"),
        ("title: No fax", "titel: x\ntitle: No fax", 3, "titel", "did you mean title"),
        ("complies:\n  en:", "complies:\n  de:", 20, "complies.de", "not one of the rule's languages"),
        (
            '- {say: "Our fax is 12345.", finds',
            '- {says: "Our fax is 12345.", finds',
            18,
            "violates.en.0.says",
            "say",
        ),
        ("headers: {X-A: b}", "headers: [X-A]", 21, "complies.en.0", "headers is a mapping"),
        ('["fax ~2 #"]', '["(fax"]', 14, "with", "is missing"),
        ('["fax ~2 #"]', "fax", 14, "with", "expected a list of phrases"),
        ("languages: [en]", "languages: en", 9, "languages", "language codes"),
        ("languages: [en]", "languages: [en]\ndirection: inbound", 10, "direction", "given twice"),
    ],
)
def test_a_wrong_rule_is_refused_by_name(wrong: str, right: str, line: int, key: str, why: str) -> None:
    assert wrong in GOOD
    with pytest.raises(PackError) as caught:
        read_rule(parse(GOOD.replace(wrong, right, 1), "no-fax.yaml"), "no-fax")
    assert (caught.value.file, caught.value.line, caught.value.key) == ("no-fax.yaml", line, key)
    assert why in caught.value.why


@pytest.mark.parametrize("text", ["- a list", "just words", ""])
def test_a_file_that_is_no_mapping_is_refused(text: str) -> None:
    with pytest.raises(PackError, match="expected keys and values"):
        read_rule(parse(text, "f"), "no-fax")


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('  en:\n    - {say: "Our fax is 12345.", finds: "fax is 12345"}', "  {}"),
        ('    - {say: "Our fax is 12345.", finds: "fax is 12345"}', "    []"),
        ('    - {say: "Our fax is 12345.", finds: "fax is 12345"}', "    - only words"),
    ],
)
def test_a_rule_without_examples_is_refused(wrong: str, right: str) -> None:
    assert wrong in GOOD
    with pytest.raises(PackError, match="expected"):
        read_rule(parse(GOOD.replace(wrong, right), "f"), "no-fax")


def test_a_rule_speaks_of_its_media_and_purposes_only() -> None:
    rule = read_rule(parse(GOOD, "f"), "no-fax")
    assert rule.applies(Purpose.SERVICE, Medium.INSERT)
    assert not rule.applies(Purpose.DELAY, Medium.MAIL)
    assert not rule.applies(Purpose.SERVICE, Medium.PACKING_SLIP)


def test_a_rule_that_is_off_or_inbound_never_applies() -> None:
    off = read_rule(parse(GOOD.replace("mode: shadow", "mode: off"), "f"), "no-fax")
    inbound = read_rule(parse(GOOD.replace("direction: outbound", "direction: inbound"), "f"), "no-fax")
    assert not off.applies(Purpose.SERVICE, Medium.MAIL)
    assert not inbound.applies(Purpose.SERVICE, Medium.MAIL)

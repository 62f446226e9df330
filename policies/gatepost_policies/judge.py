"""judge(reading, rulebook) -> Verdict: every rule that applies, its evidence, one action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gatepost_policies.checks import CHECKS, UNLESS_FOUND
from gatepost_policies.checks.case import Case, Evidence
from gatepost_policies.language.scene import observe
from gatepost_policies.model import Finding, Known, Medium, Purpose, Reading, Verdict
from gatepost_policies.rule import Rule
from gatepost_policies.rulebook import Rulebook

MAX_FINDINGS_PER_RULE = 20  # a mail of a thousand links needs no thousand findings


def judge(
    reading: Reading,
    rulebook: Rulebook,
    *,
    recipients: Sequence[str] = (),
    medium: Medium = Medium.MAIL,
    known: Known = Known(),  # noqa: B008 - frozen, so one for all calls is safe
) -> Verdict:
    """All that `rulebook` finds in the mail; the same input gives the same verdict for ever."""
    scene = observe(reading.mail)
    case = Case(
        reading=reading,
        scene=scene,
        purpose=Purpose.OTHER,
        medium=medium,
        recipients=tuple(recipients),
        known=known,
        settings=rulebook.settings,
    )
    findings = [finding for rule in rulebook.rules for finding in _apply(rule, case)]
    return Verdict(
        edition=rulebook.edition,
        digest=rulebook.digest,
        purpose=case.purpose,
        language=scene.language,
        order_ids=tuple(dict.fromkeys(order.id for order in reading.facts.order_ids)),
        findings=tuple(
            sorted(_without_consequences(findings, rulebook), key=lambda finding: _place(finding, case))
        ),
        links=(),
        asks_review=False,
    )


def _apply(rule: Rule, case: Case) -> Iterator[Finding]:
    if not rule.applies(case.purpose, case.medium):
        return
    for count, evidence in enumerate(CHECKS[rule.check].find(case, rule.params)):
        if count == MAX_FINDINGS_PER_RULE:
            return
        yield _finding(rule, case, evidence)


def _finding(rule: Rule, case: Case, evidence: Evidence) -> Finding:
    span = evidence.span
    label = case.mail.passages[span.passage].label if span else evidence.label
    return Finding(
        rule=rule.id,
        category=rule.category,
        clause=rule.clause,
        action=rule.action,
        mode=rule.mode,
        evidence=evidence.text,
        part=label,
        start=span.start if span else 0,
        end=span.end if span else 0,
        fix=rule.fix,
        title=rule.title,
    )


def _without_consequences(findings: list[Finding], rulebook: Rulebook) -> Iterator[Finding]:
    """The findings, without those that only follow from another (`unless_found` of their rule)."""
    found = {finding.category for finding in findings}
    yields_to = {rule.id: rule.params.get(UNLESS_FOUND, ()) for rule in rulebook.rules}
    for finding in findings:
        if not found.intersection(yields_to[finding.rule]):
            yield finding


def _place(finding: Finding, case: Case) -> tuple[int, int, str]:
    labels = [passage.label for passage in case.mail.passages]
    passage = labels.index(finding.part) if finding.part in labels else len(labels)
    return passage, finding.start, finding.rule

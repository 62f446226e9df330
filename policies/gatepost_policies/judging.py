"""judge(reading, rulebook) -> Verdict: every rule that applies, its evidence, one action."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from gatepost_policies.checks import CHECKS, UNLESS_FOUND, UNLESS_FOUND_ON_ORDER
from gatepost_policies.checks.asks import asks_of
from gatepost_policies.checks.case import Case, Evidence
from gatepost_policies.checks.promotion import find_cross_promotion, find_marketing
from gatepost_policies.checks.sites import assess
from gatepost_policies.known import NOTHING_KNOWN, Known
from gatepost_policies.language.scene import observe
from gatepost_policies.model import Finding, JudgedLink, LinkKind, Medium, Reading, Verdict
from gatepost_policies.purpose import purpose_of
from gatepost_policies.rule import Rule
from gatepost_policies.rulebook import Rulebook

MAX_FINDINGS_PER_RULE = 20  # a mail of a thousand links needs no thousand findings


def judge(
    reading: Reading,
    rulebook: Rulebook,
    *,
    recipients: Sequence[str] = (),
    medium: Medium = Medium.MAIL,
    known: Known = NOTHING_KNOWN,
) -> Verdict:
    """All that `rulebook` finds in the mail; the same input gives the same verdict for ever."""
    case = case_of(reading, rulebook, recipients=recipients, medium=medium, known=known)
    rules = [rule for rule in rulebook.rules if rule.applies(case.purpose, medium)]
    findings = [finding for rule in rules for finding in _apply(rule, case)]
    order_ids = dict.fromkeys(order.id for order in reading.facts.order_ids if case.is_own(order.span))
    acting = _without_consequences(findings, rulebook, on_order=bool(order_ids))
    return Verdict(
        edition=rulebook.edition,
        digest=rulebook.digest,
        purpose=case.purpose,
        language=case.scene.language,
        order_ids=tuple(order_ids),
        findings=_in_reading_order(acting, case),
        links=_judged_links(case),
        asks_review=bool(asks_of(case).asks),
    )


def case_of(
    reading: Reading,
    rulebook: Rulebook,
    *,
    recipients: Sequence[str] = (),
    medium: Medium = Medium.MAIL,
    known: Known = NOTHING_KNOWN,
) -> Case:
    """The mail as the checks see it: its sentences observed and its purpose told."""
    scene = observe(reading.mail)
    case = Case(
        reading=reading,
        scene=scene,
        medium=medium,
        recipients=tuple(recipients),
        known=known,
        settings=rulebook.settings,
    )
    asks, promotes = (
        bool(asks_of(case).asks),
        any(find_marketing(case, {})) or any(find_cross_promotion(case, {})),
    )
    purpose = purpose_of(reading, scene, asks_review=asks, promotes=promotes, answers=case.known.answers)
    return replace(case, purpose=purpose)


def _apply(rule: Rule, case: Case) -> Iterator[Finding]:
    seen: set[tuple[str, str]] = set()
    for evidence in CHECKS[rule.check].find(case, rule.params):
        finding = _finding(rule, case, evidence)
        key = (" ".join(finding.evidence.lower().split()), finding.note if not finding.evidence else "")
        if key in seen:  # the plain text and the HTML of one mail say the same thing
            continue
        seen.add(key)
        yield finding
        if len(seen) == MAX_FINDINGS_PER_RULE:
            return


def _finding(rule: Rule, case: Case, evidence: Evidence) -> Finding:
    span = evidence.span
    return Finding(
        rule=rule.id,
        category=rule.category,
        clause=rule.clause,
        action=rule.action,
        mode=rule.mode,
        evidence=evidence.text,
        part=case.mail.passages[span.passage].label if span else evidence.label,
        start=span.start if span else 0,
        end=span.end if span else 0,
        fix=rule.fix,
        title=rule.title,
        note=evidence.note,
    )


def _without_consequences(
    findings: Sequence[Finding], rulebook: Rulebook, *, on_order: bool
) -> Iterator[Finding]:
    """The findings, without those that only follow from another (`unless_found` of their rule)."""
    found = {finding.category for finding in findings if finding.acts}
    keys = (UNLESS_FOUND, UNLESS_FOUND_ON_ORDER) if on_order else (UNLESS_FOUND,)
    rules = {rule.id: rule for rule in rulebook.rules} if found else {}
    for finding in findings:
        if not found or not any(found.intersection(rules[finding.rule].params.get(key, ())) for key in keys):
            yield finding


def _in_reading_order(findings: Iterator[Finding], case: Case) -> tuple[Finding, ...]:
    order = {passage.label: index for index, passage in reversed(tuple(enumerate(case.mail.passages)))}
    return tuple(sorted(findings, key=lambda one: (order.get(one.part, len(order)), one.start, one.rule)))


def _judged_links(case: Case) -> tuple[JudgedLink, ...]:
    """Each website that the mail leads to, once; what is only loaded or stands in headers is left out."""
    judged: dict[tuple[str, str], JudgedLink] = {}
    for site in assess(case):
        link = site.link
        if link.host and link.kind not in (LinkKind.REMOTE, LinkKind.CSS, LinkKind.BASE, LinkKind.HEADER):
            judged.setdefault(
                (link.url, link.shown), JudgedLink(link.url, link.host, link.shown, site.allowed, site.why)
            )
    return tuple(judged.values())

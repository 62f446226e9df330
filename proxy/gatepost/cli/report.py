"""A verdict as `gatepost check` shows it: the contract's JSON, or lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gatepost.cli.terminal import harmless
from gatepost_policies.model import Action, Finding, Verdict

QUOTE_LETTERS = 160  # of the words found, for people; the JSON has them whole


def as_json(file: str, verdict: Verdict) -> dict[str, Any]:
    """The contract's object for one file, its keys in the contract's order."""
    return {
        "file": file,
        "edition": verdict.edition,
        "action": verdict.action.word,
        "purpose": verdict.purpose.value,
        "language": verdict.language,
        "order_ids": list(verdict.order_ids),
        "findings": [finding_as_json(finding) for finding in verdict.findings],
        "links": [
            {
                "url": link.url,
                "host": link.host,
                "shown": link.shown,
                "allowed": link.allowed,
                "why": link.why,
            }
            for link in verdict.links
        ],
    }


def finding_as_json(finding: Finding) -> dict[str, Any]:
    """One finding, its keys in the contract's order."""
    return {
        "rule": finding.rule,
        "category": finding.category,
        "clause": finding.clause,
        "action": finding.action.word,
        "mode": finding.mode.value,
        "evidence": finding.evidence,
        "part": finding.part,
        "start": finding.start,
        "end": finding.end,
        "fix": finding.fix,
    }


def passes(verdict: Verdict) -> bool:
    """Whether the mail would go out, as it is or repaired."""
    return verdict.action <= Action.REPAIR


def as_lines(file: str, verdict: Verdict) -> Iterator[str]:
    """What people want to know of one file: the action, then each finding with its fix."""
    yield f"{harmless(file)}: {verdict.action.word} ({verdict.purpose.value})"
    for finding in verdict.findings:
        yield from finding_lines(finding)


def finding_lines(finding: Finding) -> Iterator[str]:
    """One finding in two lines: rule, clause and words; what to change."""
    words = harmless(" ".join(finding.evidence.split()))
    quoted = f' "{words[:QUOTE_LETTERS]}{"…" if len(words) > QUOTE_LETTERS else ""}"' if words else ""
    mode = "" if finding.acts else f" [{finding.mode.value}]"
    yield f"  {finding.action.word}{mode}: {finding.rule} ({finding.clause}), {finding.part}:{quoted}"
    yield f"      {finding.fix}"

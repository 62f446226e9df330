"""A verdict as `gatepost check` shows it: the contract's JSON, or lines for people."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gatepost.cli.terminal import harmless
from gatepost.report import verdict_as_json
from gatepost_policies.model import Action, Finding, Verdict

QUOTE_LETTERS = 160  # of the words found, for people; the JSON has them whole


def as_json(file: str, verdict: Verdict) -> dict[str, Any]:
    """The contract's object for one file, its keys in the contract's order."""
    return {"file": file, **verdict_as_json(verdict)}


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

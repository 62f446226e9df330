"""Verdicts in words: one ASCII line for an SMTP reply, paragraphs for people, two rulebooks compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from gatepost_policies import clauses
from gatepost_policies.model import Finding, Mode, Verdict
from gatepost_policies.rulebook import Rulebook

MAX_QUOTED = 120  # characters of evidence in one line


def sentence(finding: Finding) -> str:
    """One ASCII line: rule id, clause, the quoted words, what to change. The caller cuts it to its limit."""
    quoted = _quoted(finding)
    what = f"{quoted}; {_ascii(finding.note)}" if quoted and finding.note else quoted or _ascii(finding.note)
    return " ".join(
        f"{finding.rule} ({finding.clause}): {what or _ascii(finding.title)}. {finding.fix}".split()
    )


def paragraph(verdict: Verdict) -> str:
    """The verdict for people: its action, its purpose, and each finding with its clause and its mending."""
    lines = [
        f"{verdict.action.word}: {_counted(len(verdict.findings), 'finding')} by {verdict.edition}; "
        f"purpose {verdict.purpose.value}; language {verdict.language or 'unknown'}; "
        f"order {', '.join(verdict.order_ids) or 'not given'}."
    ]
    for finding in verdict.findings:
        lines += ["", *_told(finding)]
    return "\n".join(lines)


def differ(a: Rulebook, b: Rulebook) -> list[str]:
    """What changes for a mail that is judged by `b` instead of `a`, a sentence each."""
    ours, theirs = {rule.id: rule for rule in a.rules}, {rule.id: rule for rule in b.rules}
    told = [f"{id} is no longer a rule: {ours[id].title}." for id in ours if id not in theirs]
    told += [f"{id} is new ({r.action.word}): {r.title}." for id, r in theirs.items() if id not in ours]
    for id in ours.keys() & theirs.keys():
        before, after = ours[id], theirs[id]
        pairs = (
            ("action", before.action.word, after.action.word),
            ("mode", before.mode.value, after.mode.value),
            ("clause", before.clause, after.clause),
            ("settings", str(dict(before.params)), str(dict(after.params))),
        )
        told += [f"{id}: {name} {old} becomes {new}." for name, old, new in pairs if old != new]
    return sorted(told) + list(_settings_differ(a, b))


def _settings_differ(a: Rulebook, b: Rulebook) -> Iterator[str]:
    names = sorted(a.settings.values.keys() | b.settings.values.keys())
    for name in names:
        old, new = a.settings.values.get(name), b.settings.values.get(name)
        if old != new:
            yield f"setting {name}: {old} becomes {new}."
    for host in sorted(a.settings.allowed_hosts ^ b.settings.allowed_hosts):
        yield f"links to {host} are {'no longer' if host in a.settings.allowed_hosts else 'now'} allowed."


def _told(finding: Finding) -> Iterator[str]:
    clause = clauses.load().get(finding.clause)
    shadow = " (recorded only)" if finding.mode is Mode.SHADOW else ""
    yield f"{finding.title} [{finding.rule}, {finding.clause}, {finding.action.word}{shadow}]"
    if finding.evidence:
        yield f"  Found in {finding.part}: {finding.evidence!r}" + (
            f" ({finding.note})" if finding.note else ""
        )
    elif finding.note:
        yield f"  {finding.note[:1].upper()}{finding.note[1:]}."
    if clause:
        yield f"  The guidelines: {clause.asks} ({clause.paragraph})."
    yield f"  What to do: {finding.fix}"


def _quoted(finding: Finding) -> str:
    """The words in ASCII; where hardly a letter would survive, the place where they stand."""
    words = " ".join(finding.evidence.split())
    if not words:
        return ""
    plain = _ascii(words)
    if len(plain.replace("?", "").strip()) * 2 < len(words):
        return f"characters {finding.start}-{finding.end} of {_ascii(finding.part)}"
    cut = f"{plain[:MAX_QUOTED]}..." if len(plain) > MAX_QUOTED else plain
    return f'"{cut}"'


def _ascii(text: str) -> str:
    """`text` in printable ASCII: accents dropped, typographic marks replaced, the rest as question marks."""
    replaced = text.translate(_MARKS)
    bare = "".join(c for c in unicodedata.normalize("NFKD", replaced) if not unicodedata.combining(c))
    return "".join(c if " " <= c <= "~" else "?" if c > "~" else " " for c in bare)


_MARKS = str.maketrans({
    "‘": "'", "’": "'", "“": "'", "”": "'", "„": "'", "«": "'", "»": "'", '"': "'", "–": "-", "—": "-",
    "−": "-", "…": "...", "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "€": "EUR",
    "£": "GBP", "¥": "JPY", "×": "x", "•": "*", "·": "*",
})  # fmt: skip


def _counted(number: int, noun: str) -> str:
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"

"""A pack judged by its own examples: what must be found is found, what must not is not."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

from gatepost_policies.facts import read, with_words
from gatepost_policies.judging import judge
from gatepost_policies.model import Finding, Medium
from gatepost_policies.rule import Example, Rule
from gatepost_policies.rulebook import Rulebook

SUBJECT = "Your order 112-1234567-1234567"
RECIPIENT = "abcdefghij12345@marketplace.amazon.com"
_BOUNDARY = "example-boundary"


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What became of one example."""

    rule: str
    language: str
    kind: str  # "violates" or "complies"
    say: str
    passed: bool
    why: str  # "" when it passed
    line: int = 0


def run(rulebook: Rulebook) -> Iterator[ExampleResult]:
    """Judge every example of every rule; rules that only the gateway's ledger fires are left out."""
    for rule in rulebook.rules:
        if rule.check == "ledger" or rule.direction != "outbound":
            continue
        for kind, by_language in (("violates", rule.violates), ("complies", rule.complies)):
            for language, examples in by_language.items():
                for example in examples:
                    yield _try(rule, rulebook, kind=kind, language=language, example=example)


def mail_of(example: Example) -> bytes:
    """The example as a whole mail: its words as the text, its order ID in the subject."""
    subject = SUBJECT if example.subject is None else example.subject
    headers = {
        "From": "Shop <service@seller.example>",
        "To": RECIPIENT,
        "Date": "Mon, 23 Nov 2026 09:00:00 +0000",
        "Subject": _encoded(subject),
        "MIME-Version": "1.0",
        **dict(example.headers),
    }
    lines = [f"{name}: {value}" for name, value in headers.items()]
    parts = _parts(example)
    if len(parts) == 1:
        return "\r\n".join([*lines, parts[0]]).encode()
    kind = "mixed" if example.attach else "alternative"
    lines.append(f'Content-Type: multipart/{kind}; boundary="{_BOUNDARY}"')
    body = "".join(f"\r\n--{_BOUNDARY}\r\n{part}" for part in parts)
    return ("\r\n".join(lines) + f"\r\n{body}\r\n--{_BOUNDARY}--\r\n").encode()


def _parts(example: Example) -> list[str]:
    parts = []
    if example.say or not example.html:
        parts.append(_part('text/plain; charset="utf-8"', example.say))
    if example.html:
        parts.append(_part('text/html; charset="utf-8"', example.html))
    for name, content_type, text in example.attach:
        disposition = f'Content-Disposition: attachment; filename="{name}"'
        parts.append(_part(f'{content_type}; name="{name}"', text or "x", disposition))
    return parts


def _part(content_type: str, text: str, *more: str) -> str:
    encoded = base64.encodebytes(text.encode()).decode().replace("\n", "\r\n")
    lines = [f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64", *more]
    return "\r\n".join(lines) + f"\r\n\r\n{encoded}"


def _encoded(subject: str) -> str:
    if subject.isascii():
        return subject
    pieces = [subject[start : start + 10] for start in range(0, len(subject), 10)]
    words = (base64.b64encode(piece.encode()).decode() for piece in pieces)
    return "\r\n ".join(f"=?utf-8?B?{word}?=" for word in words)


def _try(rule: Rule, rulebook: Rulebook, *, kind: str, language: str, example: Example) -> ExampleResult:
    medium = Medium.MAIL if Medium.MAIL in rule.media else sorted(rule.media, key=lambda one: one.value)[0]
    reading = with_words(read(mail_of(example)), example.files)
    verdict = judge(reading, rulebook, recipients=(RECIPIENT,), medium=medium, known=example.known)
    found = [finding for finding in verdict.findings if finding.rule == rule.id]
    why = _violates(found, example) if kind == "violates" else _complies(found)
    say = (
        example.say
        or example.html
        or ", ".join(name for name, _, _ in example.attach)
        or example.subject
        or ""
    )
    return ExampleResult(rule.id, language, kind, say, not why, why, example.line)


def _violates(found: list[Finding], example: Example) -> str:
    if not found:
        return "not found"
    wanted = _spaced(example.finds)
    if wanted and not any(wanted in words or words in wanted for words in _said(found) if words):
        return f"found {', '.join(map(repr, _said(found)))} instead of {wanted!r}"
    return ""


def _complies(found: list[Finding]) -> str:
    if not found:
        return ""
    return "found " + ", ".join(finding.evidence or finding.note for finding in found)


def _said(found: list[Finding]) -> list[str]:
    return [_spaced(finding.evidence) for finding in found]


def _spaced(text: str) -> str:
    return " ".join(text.lower().split())

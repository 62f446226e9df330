"""The header lines by which the mailbox sees what was found; the mail below stays as it came. Pure."""

from __future__ import annotations

import re
from typing import Final

from gatepost.inbound.arrival import Arrival
from gatepost_policies.model import Finding

VERDICT: Final = "X-Gatepost-Inbound"
REASON: Final = "X-Gatepost-Reason"
MOST_REASONS: Final = 10
LONGEST_REASON: Final = 300
_SUBJECT: Final = re.compile(rb"^subject:[ \t]*", re.IGNORECASE | re.MULTILINE)
_OURS: Final = re.compile(
    rb"^x-gatepost-[!-9;-~]*[ \t]*:[^\n]*\n(?:[ \t][^\n]*\n)*", re.IGNORECASE | re.MULTILINE
)


def marked(raw: bytes, arrival: Arrival, *, subject_mark: str = "") -> bytes:
    """`raw` below our lines, without lines of that name that others wrote.

    Signatures fit as before: none covers them. With `subject_mark` the subject of a suspicious mail
    changes, and they don't.
    """
    head, gap, body = _parted(raw)
    head = _OURS.sub(b"", head)
    if subject_mark and arrival.findings:
        head = _SUBJECT.sub(lambda found: found[0] + subject_mark.encode("ascii") + b" ", head, count=1)
    lines = [f"{VERDICT}: {verdict_on(arrival)}"]
    lines += [f"{REASON}: {_reason(finding)}" for finding in arrival.findings[:MOST_REASONS]]
    return "".join(f"{line}\r\n" for line in lines).encode("ascii") + head + gap + body


def verdict_on(arrival: Arrival) -> str:
    """One word for programs, and what proves it."""
    if arrival.findings:
        return "suspicious"
    if arrival.authentic:
        return f"genuine ({_ascii(arrival.proof.by)})"
    return "unchecked" if arrival.claims_amazon else "other"


def _parted(raw: bytes) -> tuple[bytes, bytes, bytes]:
    """Header block with the line end of its last line, the empty line, body."""
    if raw.startswith(b"\r\n"):
        return b"", raw[:2], raw[2:]
    end = raw.find(b"\r\n\r\n")
    return (raw, b"", b"") if end < 0 else (raw[: end + 2], raw[end + 2 : end + 4], raw[end + 4 :])


def _reason(finding: Finding) -> str:
    return _ascii(f"{finding.rule}: {finding.note}")[:LONGEST_REASON]


def _ascii(text: str) -> str:
    plain = "".join(sign if " " <= sign <= "~" else "?" for sign in text)
    return " ".join(plain.split())

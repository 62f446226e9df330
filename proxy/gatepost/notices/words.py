"""What notices say: plain, short, with the words that were found and how to mend them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from gatepost.model import Entry, MessageState
from gatepost.ports import Tripped
from gatepost_policies import clauses
from gatepost_policies.model import Finding

SHOWN, LISTED = 12, 50
"""Findings in one notice, and mails in one digest."""

Link = Callable[[Entry], str]
"""The address that leads to a mail; "" when there is none."""


def told(entry: Entry, state: MessageState, *, link: str) -> tuple[str, str]:
    """Subject and text of the notice to the sender of a mail that came into `state`."""
    subject = entry.subject or "(no subject)"
    match state:
        case MessageState.HELD:
            head = f"Held for review: {subject}"
            first = (
                "Your mail was not sent yet. It waits for a reviewer, because of what is listed below. "
                "You need not send it again: if it is released, it goes out as it is."
            )
            last = "If you want to change it, ask the reviewer to reject it, and send the changed mail."
        case MessageState.REJECTED:
            head = f"Not sent: {subject}"
            note = f" The reviewer's note: {_line(entry.last_error)}" if entry.last_error else ""
            first = f"A reviewer decided not to send your mail. The buyer did not get it.{note}"
            last = "Change what is listed above and send it as a new mail; the same mail is refused again."
        case _:
            head = f"Refused: {subject}"
            first = "Your mail was refused. The buyer did not get it."
            last = "Change what is listed above and send it again; the same mail is refused again."
    lines = [*_wrapped(first), "", *_about(entry), "", *_findings(entry.findings), *_wrapped(last)]
    if link:
        lines += ["", "What became of it:", link]
    return head, "\n".join([*lines, "", *_signed(entry)])


def overflow(count: int, hour: datetime, *, site_url: str) -> tuple[str, str]:
    """Subject and text of the one notice that stands for many."""
    text = [
        f"In the hour from {hour:%Y-%m-%d %H:%M} UTC, {count} more of your mails were held, refused or "
        "rejected than you were told of one by one.",
    ]
    lines = _wrapped(text[0])
    if site_url:
        lines += ["", "They are listed on the review site:", f"{site_url}/decisions"]
    return f"{count} more of your mails were not sent", "\n".join([*lines, "", "-- ", "Gatepost", ""])


def digest(entries: Sequence[Entry], total: int, *, now: datetime, link: Link) -> tuple[str, str]:
    """Subject and text of the digest: what is held, the least time left first."""
    head = f"{total} {_mails(total)} held for review"
    lines = [f"{total} {_mails(total)} held for review, the most urgent first.", ""]
    lines += _list(entries, now, link)
    if total > len(entries):
        lines += [f"... and {total - len(entries)} more.", ""]
    return head, "\n".join([*lines, *_how(link, entries), "-- ", "Gatepost", ""])


def alarm(entries: Sequence[Entry], hours: int, *, now: datetime, link: Link) -> tuple[str, str]:
    """Subject and text of the alarm: these are due soon."""
    count = len(entries)
    head = f"Due within {hours} hours: {count} held {_mails(count)}"
    lines = [f"The buyers of {count} held {_mails(count)} wait; nobody decided yet.", ""]
    lines += _list(entries[:LISTED], now, link)
    return head, "\n".join([*lines, *_how(link, entries), "-- ", "Gatepost", ""])


def breaker(tripped: Tripped, *, site_url: str) -> tuple[str, str]:
    """Subject and text of the notice that the breaker is tripped."""
    since = f"{tripped.at:%Y-%m-%d %H:%M} UTC"
    lines = [
        *_wrapped(f"Since {since} only answers to buyers go out; all other mail to them is held."),
        "",
        *_wrapped(f"Tripped by {_line(tripped.by)}: {_line(tripped.reason)}"),
        "",
        *_wrapped("Look into Seller Central. Once the restriction has ended, reset the breaker and say why:"),
        "",
        "  gatepost inbound reset --reason TEXT",
    ]
    if site_url:
        lines += ["", "or on the site:", "", f"  {site_url}/breaker"]
        lines += ["", "What is held meanwhile:", f"{site_url}/queue"]
    return "Only answers to buyers go out: the breaker is tripped", "\n".join(
        [*lines, "", "-- ", "Gatepost", ""]
    )


def _list(entries: Sequence[Entry], now: datetime, link: Link) -> list[str]:
    lines = []
    for entry in entries:
        rules = ", ".join(dict.fromkeys(finding.rule for finding in entry.findings if finding.acts))
        lines += [
            f"* {_left(entry.deadline_at, now)}: {_line(entry.subject) or '(no subject)'}",
            f"  from {_line(entry.sender or entry.envelope.mail_from)}; {rules or 'no rule named'}",
        ]
        if address := link(entry):
            lines.append(f"  {address}")
        lines.append("")
    return lines


def _how(link: Link, entries: Sequence[Entry]) -> list[str]:
    if not entries or not link(entries[0]):
        return []
    words = (
        "A link shows the mail and decides nothing by itself; on its page you release or reject. "
        "It is yours alone: do not pass it on."
    )
    return [*_wrapped(words), ""]


def _left(deadline: datetime | None, now: datetime) -> str:
    if deadline is None:
        return "no deadline"
    left = deadline - now
    minutes = abs(int(left.total_seconds())) // 60
    span = f"{minutes // 60} h {minutes % 60} min"
    return f"{span} left" if left > timedelta(0) else f"{span} OVER"


def _about(entry: Entry) -> list[str]:
    to = ", ".join(entry.envelope.rcpt_tos[:5])
    lines = [f"Subject: {_line(entry.subject)}", f"To:      {_line(to)}"]
    if entry.order_ids:
        lines.append(f"Order:   {', '.join(entry.order_ids[:5])}")
    return [*lines, f"Id:      {entry.id}"]


def _findings(findings: Sequence[Finding]) -> list[str]:
    acting = [finding for finding in findings if finding.acts]
    known = clauses.load()
    lines = []
    for number, finding in enumerate(acting[:SHOWN], 1):
        clause = known.get(finding.clause)
        lines.append(
            f"{number}. {finding.title or finding.rule} (rule {finding.rule}, clause {finding.clause})"
        )
        if finding.evidence:
            lines += _wrapped(f'Found: "{_line(finding.evidence)[:300]}"', "   ")
        if clause:
            lines += _wrapped(f"The clause: {clause.asks}", "   ")
        if finding.fix:
            lines += _wrapped(f"How to mend it: {finding.fix}", "   ")
        lines.append("")
    if len(acting) > SHOWN:
        lines += [f"... and {len(acting) - SHOWN} more.", ""]
    return lines


def _signed(entry: Entry) -> list[str]:
    return ["-- ", "Gatepost, the mail gateway. This notice was made by a program.", f"Id {entry.id}", ""]


def _mails(count: int) -> str:
    return "mail" if count == 1 else "mails"


def _line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def _wrapped(text: str, indent: str = "") -> list[str]:
    from textwrap import wrap

    return wrap(text, 76, initial_indent=indent, subsequent_indent=indent, break_long_words=False)

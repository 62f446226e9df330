"""How well mails of labelled collections are judged: `make judge`, or `make judge ARGS=PATH`.

A collection has one JSON object a line, or is a YAML list of mappings; a folder is all its YAML lists.
An entry has `subject`, `body`, `kind` (plain or html), `lang`, `verdict` (pass or violation), `rules`
(categories; `review-request` notes a permitted ask), `missing_order_id`, `ambiguous`, `incomplete`.
Prints recall, false alarms and confusion by category and by language, and every misjudged mail with
the words that decided. Without a path, the collections kept beside the tests are judged.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import yaml

from gatepost_policies import Verdict, judge, load, read

UNSEEN = Path(__file__).parent.parent / "tests" / "policies" / "unseen"
BUYER = "abcdefghij12345@marketplace.amazon.com"
NOT_A_BREACH = {"review-request"}
# What other fields of a label tell, or what no label tells: not counted as extra.
BESIDE = {"missing-order-id", "wrong-order-id", "missing-content", "contact-details", "style"}


@dataclass(frozen=True)
class Judged:
    """One mail with its label and its verdict."""

    label: dict[str, Any]
    verdict: Verdict

    @property
    def expected(self) -> set[str]:
        return set(self.label["rules"]) - NOT_A_BREACH

    @property
    def found(self) -> set[str]:
        return {f.category for f in self.verdict.findings if f.acts and f.action > 0} - BESIDE

    @property
    def violates(self) -> bool:
        return bool(self.label["verdict"] == "violation")

    @property
    def ambiguous(self) -> bool:
        return bool(self.label.get("ambiguous"))

    @property
    def right(self) -> bool:
        """Stopped with at least one right category, or let pass."""
        return bool(self.found & self.expected) if self.violates else not self.found

    @property
    def exact(self) -> bool:
        return self.found == self.expected


def mail_of(label: dict[str, Any]) -> bytes:
    message = EmailMessage()
    message["From"] = "Shop <service@shop.example>"
    message["To"] = BUYER
    message["Subject"] = " ".join(label["subject"].split())
    message.set_content(label["body"], subtype="html" if label["kind"] == "html" else "plain")
    return message.as_bytes()


def labels(path: Path) -> Iterator[dict[str, Any]]:
    if path.is_dir():
        for file in sorted(path.glob("*.yaml")):
            yield from labels(file)
    elif path.suffix == ".yaml":
        yield from yaml.safe_load(path.read_text("utf-8"))
    else:
        yield from map(json.loads, path.read_text("utf-8").splitlines())


def judged(path: Path, edition: str) -> Iterator[Judged]:
    rulebook = load(edition)
    for label in labels(path):
        yield Judged(label, judge(read(mail_of(label)), rulebook, recipients=(BUYER,)))


def share(part: int, whole: int) -> str:
    return (
        f"{part:4d} of {whole:4d}  {100 * part / whole:6.1f} %"
        if whole
        else f"{part:4d} of {whole:4d}        –"
    )


def totals(mails: list[Judged]) -> None:
    clear = [mail for mail in mails if not mail.ambiguous]
    for name, group in (("clear", clear), ("ambiguous", [mail for mail in mails if mail.ambiguous])):
        bad = [mail for mail in group if mail.violates]
        good = [mail for mail in group if not mail.violates]
        print(f"{name}: violations stopped          {share(sum(bool(m.found) for m in bad), len(bad))}")
        print(f"{name}: with a right category       {share(sum(m.right for m in bad), len(bad))}")
        print(f"{name}: with exactly the categories {share(sum(m.exact for m in bad), len(bad))}")
        print(f"{name}: permitted mails stopped     {share(sum(bool(m.found) for m in good), len(good))}")
        print()


def by_category(mails: list[Judged]) -> None:
    names = sorted({name for mail in mails for name in mail.expected | mail.found})
    print(f"{'category':24s} {'found':>6s} {'missed':>6s} {'extra':>6s}  taken for")
    for name in names:
        hit = sum(name in m.expected & m.found for m in mails)
        missed = [m for m in mails if name in m.expected - m.found]
        extra = sum(name in m.found - m.expected for m in mails)
        taken = Counter(other for m in missed for other in (m.found - m.expected or {"nothing"}))
        others = ", ".join(f"{other} {count}" for other, count in taken.items())
        print(f"{name:24s} {hit:6d} {len(missed):6d} {extra:6d}  {others}")
    print()


def by_language(mails: list[Judged]) -> None:
    print(f"{'language':10s} {'violations right':>24s}   {'permitted stopped':>22s}   language told")
    for language in sorted({mail.label["lang"] for mail in mails}):
        group = [mail for mail in mails if mail.label["lang"] == language]
        bad = [mail for mail in group if mail.violates]
        good = [mail for mail in group if not mail.violates]
        told = sum(mail.verdict.language == language for mail in group)
        print(
            f"{language:10s} {share(sum(m.right for m in bad), len(bad)):>24s}   "
            f"{share(sum(bool(m.found) for m in good), len(good)):>22s}   {told} of {len(group)}"
        )
    print()


def misjudged(mails: Iterable[Judged]) -> None:
    for mail in mails:
        if mail.exact:
            continue
        note = " (ambiguous)" if mail.ambiguous else ""
        print(f"{mail.label.get('id', '?')} {mail.label['lang']} {mail.label['verdict']}{note}")
        if missing := mail.expected - mail.found:
            print(f"   missed: {', '.join(sorted(missing))}")
        for finding in mail.verdict.findings:
            if finding.category in mail.found - mail.expected:
                words = " ".join(finding.evidence.split())[:120]
                print(f"   extra:  {finding.category} ({finding.rule}): {words!r}")


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "path", type=Path, nargs="?", default=UNSEEN, help="labelled mails: JSON lines, YAML, a folder"
    )
    parser.add_argument("--edition", default="amazon-2018-10")
    parser.add_argument("--language", default="", help="only mails in this language")
    arguments = parser.parse_args()
    mails = list(judged(arguments.path, arguments.edition))
    mails = [mail for mail in mails if arguments.language in ("", mail.label["lang"])]
    totals(mails)
    by_category(mails)
    by_language(mails)
    misjudged(mails)
    return 0


if __name__ == "__main__":
    sys.exit(main())

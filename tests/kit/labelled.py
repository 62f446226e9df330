"""Mails with labels, as a careful reviewer would judge them, and what the rules make of them.

A collection has one JSON object a line, or is a YAML list of mappings; a folder is all its YAML lists.
An entry has `subject`, `body`, `kind` (plain or html), `lang`, `verdict` (pass or violation), `rules`
(categories; `review-request` notes a permitted ask), `missing_order_id`, `ambiguous`, `incomplete`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import yaml

from gatepost_policies import Verdict, judge, load, read

UNSEEN = Path(__file__).parent.parent / "policies" / "unseen"
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
        """The categories of its label."""
        return set(self.label["rules"]) - NOT_A_BREACH

    @property
    def found(self) -> set[str]:
        """The categories found, but for those that a label does not tell."""
        return {f.category for f in self.verdict.findings if f.acts and f.action > 0} - BESIDE

    @property
    def violates(self) -> bool:
        """Whether the label calls it a violation."""
        return bool(self.label["verdict"] == "violation")

    @property
    def ambiguous(self) -> bool:
        """Whether a careful reviewer could argue the other way."""
        return bool(self.label.get("ambiguous"))

    @property
    def right(self) -> bool:
        """Stopped with at least one right category, or let pass."""
        return bool(self.found & self.expected) if self.violates else not self.found

    @property
    def exact(self) -> bool:
        """Whether all categories are right."""
        return self.found == self.expected


def mail_of(label: dict[str, Any]) -> bytes:
    """The mail that a label describes."""
    message = EmailMessage()
    message["From"] = "Shop <service@shop.example>"
    message["To"] = BUYER
    message["Subject"] = " ".join(label["subject"].split())
    message.set_content(label["body"], subtype="html" if label["kind"] == "html" else "plain")
    return message.as_bytes()


def labels(path: Path) -> Iterator[dict[str, Any]]:
    """The labels of a collection or of a folder of them."""
    if path.is_dir():
        for file in sorted(path.glob("*.yaml")):
            yield from labels(file)
    elif path.suffix == ".yaml":
        yield from yaml.safe_load(path.read_text("utf-8"))
    else:
        yield from map(json.loads, path.read_text("utf-8").splitlines())


def judged(path: Path, edition: str = "amazon-2018-10") -> Iterator[Judged]:
    """Each mail of a collection with its verdict."""
    rulebook = load(edition)
    for label in labels(path):
        yield Judged(label, judge(read(mail_of(label)), rulebook, recipients=(BUYER,)))

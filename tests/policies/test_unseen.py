"""Collections of whole mails that no rule was written against: what is found of them never falls."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from kit.labelled import UNSEEN, Judged, judged, labels


@dataclass(frozen=True)
class Floor:
    """The figures of one collection, its ambiguous mails left out."""

    right: int  # violations stopped with at least one right category
    exact: int  # violations stopped with exactly the right categories
    false_alarms: int  # permitted mails stopped


# Raise these with the figures of `make judge`; never lower them.
FLOORS = {
    "answers": Floor(right=0, exact=0, false_alarms=0),
    "east": Floor(right=44, exact=42, false_alarms=0),
    "east_again": Floor(right=14, exact=13, false_alarms=0),
    "ordinary": Floor(right=92, exact=83, false_alarms=0),
    "third": Floor(right=55, exact=52, false_alarms=0),
    "third_again": Floor(right=12, exact=12, false_alarms=0),
    "west": Floor(right=45, exact=42, false_alarms=1),
    "west_again": Floor(right=12, exact=11, false_alarms=0),
}


@pytest.mark.parametrize("name", FLOORS)
def test_what_is_found_of_unseen_mails_does_not_fall(name: str) -> None:
    mails = [mail for mail in judged(UNSEEN / f"{name}.yaml") if not mail.ambiguous]
    floor = FLOORS[name]
    violations = [mail for mail in mails if mail.violates]
    assert sum(mail.right for mail in violations) >= floor.right, named(m for m in violations if not m.right)
    assert sum(mail.exact for mail in violations) >= floor.exact, named(m for m in violations if not m.exact)
    alarms = [mail for mail in mails if not mail.violates and mail.found]
    assert len(alarms) <= floor.false_alarms, named(alarms)


def test_every_unseen_mail_has_its_own_name_and_a_known_verdict() -> None:
    entries = list(labels(UNSEEN))
    assert len({entry["id"] for entry in entries}) == len(entries)
    assert {entry["verdict"] for entry in entries} == {"pass", "violation"}


def named(mails: Iterable[Judged]) -> list[str]:
    """The names of mails, for the message of a failure."""
    return [mail.label["id"] for mail in mails]

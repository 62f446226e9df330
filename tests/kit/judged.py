"""Mails as the judge sees them: built from words, read for real, with the shipped editions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any

from gatepost_policies.checks import CHECKS
from gatepost_policies.checks.case import Case, Evidence, Settings
from gatepost_policies.facts import read
from gatepost_policies.judging import case_of, judge
from gatepost_policies.model import Medium, Verdict
from gatepost_policies.rule import Example
from gatepost_policies.rulebook import Rulebook, load
from gatepost_policies.selftest import RECIPIENT, mail_of

File = tuple[str, str, str]  # name, content type, text


@lru_cache(maxsize=4)
def book(edition: str = "amazon-2018-10") -> Rulebook:
    """A shipped edition, loaded once."""
    return load(edition)


def raw(
    text: str = "",
    *,
    html: str = "",
    subject: str | None = None,
    headers: Mapping[str, str] | None = None,
    files: Sequence[File] = (),
) -> bytes:
    """The bytes of a mail to a buyer; without a subject of its own it carries an order ID there."""
    example = Example(
        say=text, html=html, subject=subject, headers=tuple((headers or {}).items()), attach=tuple(files)
    )
    return mail_of(example)


def case(text: str = "", *, edition: str = "amazon-2018-10", allowed: str = "", **mail: Any) -> Case:
    """The case that the checks are given; `allowed` is a host on the operator's list."""
    built = case_of(read(raw(text, **mail)), book(edition), recipients=(RECIPIENT,))
    if not allowed:
        return built
    settings = replace(built.settings, allowed_hosts=frozenset({allowed}))
    return replace(built, settings=settings)


def with_settings(built: Case, **values: object) -> Case:
    """The same case under an edition with other `settings:`."""
    settings = Settings(built.settings.edition, built.settings.languages, frozenset(), values)
    return replace(built, settings=settings, memo={})


def evidence(check: str, built: Case, **params: object) -> list[Evidence]:
    """All that one check of the table gives."""
    return list(CHECKS[check].find(built, params))


def words(check: str, built: Case, **params: object) -> list[str]:
    """The words that one check quotes, or its note where there are none."""
    return [one.text or one.note for one in evidence(check, built, **params)]


def verdict(
    text: str = "", *, edition: str = "amazon-2018-10", medium: Medium = Medium.MAIL, **mail: Any
) -> Verdict:
    """The whole judgement of a mail."""
    return judge(read(raw(text, **mail)), book(edition), recipients=(RECIPIENT,), medium=medium)

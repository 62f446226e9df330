"""One rule: its values, and how its YAML file is read."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from difflib import get_close_matches
from typing import Any

from gatepost_policies import clauses
from gatepost_policies.checks import CHECKS
from gatepost_policies.checks.case import Params
from gatepost_policies.facts import Words
from gatepost_policies.known import NOTHING_KNOWN, Known, known_from
from gatepost_policies.model import CATEGORIES, Action, Medium, Mode, Purpose
from gatepost_policies.yamlfile import Document

KEYS = (
    "id", "clause", "title", "why", "since", "direction", "media", "purposes", "languages", "category",
    "action", "mode", "check", "with", "fix", "violates", "complies",
)  # fmt: skip
OPTIONAL = frozenset({"media", "mode", "with"})
DIRECTIONS = ("outbound", "inbound")
ANY = "any"
EXAMPLE_KEYS = frozenset(
    {"say", "finds", "subject", "html", "headers", "attach", "to", "orders", "today", "stopped", "files"}
    | {"answers", "restricted"}
)
MAX_FIX = 300  # the sentence stands in an SMTP reply beside the quoted words


@dataclass(frozen=True, slots=True)
class Example:
    """A mail that a rule must find, or must leave alone."""

    say: str = ""  # the text body; one with an order ID in the subject is built around it
    finds: str = ""  # the words that must be quoted
    subject: str | None = None
    html: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    attach: tuple[tuple[str, str, str], ...] = ()  # name, content type, text of each
    known: Known = NOTHING_KNOWN  # from `orders` and `today`
    files: tuple[Words, ...] = ()  # what pictures and documents were seen to say
    line: int = 0


@dataclass(frozen=True, slots=True)
class Rule:
    """What one clause forbids or asks for, and what follows when a mail breaks it."""

    id: str
    clause: str
    title: str
    why: str
    since: date
    direction: str
    media: frozenset[Medium]
    purposes: frozenset[Purpose]  # empty: any
    languages: tuple[str, ...]  # of the examples; ("any",) when the check reads no words
    category: str
    action: Action
    mode: Mode
    check: str
    params: Params
    fix: str
    violates: Mapping[str, tuple[Example, ...]]
    complies: Mapping[str, tuple[Example, ...]]
    file: str

    def applies(self, purpose: Purpose, medium: Medium) -> bool:
        """Whether this rule speaks about such a mail or insert at all."""
        return (
            self.mode is not Mode.OFF
            and medium in self.media
            and (not self.purposes or purpose in self.purposes)
            and self.direction == "outbound"
        )


def read_rule(document: Document, name: str) -> Rule:
    """The rule in `document`, whose file is called `name` without its ending; raises PackError."""
    check_keys(document, KEYS)
    field = _Fields(document)
    if field.text("id") != name:
        raise document.fault(f"the id must be the file's name, {name}", "id")
    check = field.one_of("check", CHECKS)
    return Rule(
        id=name,
        clause=field.one_of("clause", clauses.load()),
        title=field.text("title"),
        why=field.text("why"),
        since=field.day("since"),
        direction=field.one_of("direction", DIRECTIONS),
        media=frozenset(
            Medium(word) for word in field.some_of("media", _values(Medium), [Medium.MAIL.value])
        ),
        purposes=frozenset(
            Purpose(w) for w in field.some_of("purposes", (ANY, *_values(Purpose))) if w != ANY
        ),
        languages=field.languages(),
        category=field.one_of("category", CATEGORIES),
        action=Action[field.one_of("action", [a.word for a in Action]).upper()],
        mode=Mode(field.one_of("mode", _values(Mode), "enforce")),
        check=check,
        params=_params(document, check),
        fix=field.fix(),
        violates=field.examples("violates"),
        complies=field.examples("complies"),
        file=document.file,
    )


def check_keys(document: Document, allowed: Collection[str]) -> None:
    """Refuse a file that is no mapping or has a key not in `allowed`, naming the nearest right one."""
    if not isinstance(document.value, dict):
        raise document.fault("expected keys and values")
    for key in document.value:
        if key not in allowed:
            raise document.fault(f"unknown key{nearest(key, allowed)}", key)


def nearest(word: str, allowed: Collection[str]) -> str:
    """A hint at the allowed word most like `word`, or an empty text."""
    close = get_close_matches(word, list(allowed), n=1)
    return f"; did you mean {close[0]}?" if close else ""


def _values(enum: type[Medium] | type[Purpose] | type[Mode]) -> tuple[str, ...]:
    return tuple(str(member.value) for member in enum)


def check_params(document: Document, check: str, given: Params, *path: str) -> None:
    """Refuse settings that the check does not know or can't use; `path` is where they stand."""
    allowed = CHECKS[check].params
    for key in given:
        if key not in allowed:
            raise document.fault(f"not a setting of the check {check}{nearest(key, allowed)}", *path, key)
    try:
        CHECKS[check].validate(given)
    except ValueError as error:
        raise document.fault(str(error), *path) from error


def _params(document: Document, check: str) -> Params:
    given = document.value.get("with") or {}
    if not isinstance(given, dict):
        raise document.fault("expected keys and values", "with")
    check_params(document, check, given, "with")
    return given


class _Fields:
    """Reads the keys of one rule, each with its own complaint."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.values: dict[str, Any] = document.value
        for key in KEYS:
            if key not in self.values and key not in OPTIONAL:
                raise document.fault(f"the key {key} is missing", key)

    def text(self, key: str) -> str:
        value = self.values[key]
        if not isinstance(value, str) or not value.strip():
            raise self.document.fault("expected words", key)
        return " ".join(value.split())

    def fix(self) -> str:
        fix = self.text("fix")
        if not fix.isascii() or len(fix) > MAX_FIX:
            raise self.document.fault(f"expected one sentence in ASCII, at most {MAX_FIX} characters", "fix")
        return fix

    def day(self, key: str) -> date:
        try:
            return date.fromisoformat(self.text(key))
        except ValueError as error:
            raise self.document.fault("expected a date such as 2026-11-23", key) from error

    def one_of(self, key: str, allowed: Collection[str], default: str | None = None) -> str:
        value = self.values.get(key, default)
        if not isinstance(value, str) or value not in allowed:
            hint = nearest(str(value), allowed) or f"; one of: {', '.join(allowed)}"
            raise self.document.fault(f"unknown value {value!r}{hint}", key)
        return value

    def some_of(self, key: str, allowed: Collection[str], default: list[str] | None = None) -> list[str]:
        value = self.values.get(key, default)
        if not isinstance(value, list) or not value:
            raise self.document.fault("expected a list", key)
        for index, word in enumerate(value):
            if word not in allowed:
                hint = nearest(str(word), allowed) or f"; one of: {', '.join(allowed)}"
                raise self.document.fault(f"unknown value {word!r}{hint}", key, index)
        return value

    def languages(self) -> tuple[str, ...]:
        value = self.values["languages"]
        if not isinstance(value, list) or not value or not all(isinstance(code, str) for code in value):
            raise self.document.fault("expected a list of language codes, or [any]", "languages")
        return tuple(value)

    def examples(self, key: str) -> dict[str, tuple[Example, ...]]:
        value = self.values[key]
        if not isinstance(value, dict) or not value:
            raise self.document.fault("expected examples by language", key)
        for language in value:
            if language not in self.values["languages"] and self.values["languages"] != [ANY]:
                raise self.document.fault("not one of the rule's languages", key, language)
        return {language: self._examples(key, language) for language in value}

    def _examples(self, key: str, language: str) -> tuple[Example, ...]:
        value = self.values[key][language]
        if not isinstance(value, list) or not value:
            raise self.document.fault("expected a list of examples", key, language)
        return tuple(self._example(one, (key, language, index)) for index, one in enumerate(value))

    def _example(self, value: Any, path: tuple[str | int, ...]) -> Example:
        if not isinstance(value, dict):
            raise self.document.fault("expected {say: …}", *path)
        for key in value:
            if key not in EXAMPLE_KEYS:
                raise self.document.fault(f"unknown key{nearest(key, EXAMPLE_KEYS)}", *path, key)
        headers, attach = value.get("headers") or {}, value.get("attach") or []
        if not isinstance(headers, dict) or not isinstance(attach, list):
            raise self.document.fault("headers is a mapping, attach a list", *path)
        subject = value.get("subject")
        return Example(
            say=str(value.get("say") or ""),
            finds=str(value.get("finds") or ""),
            subject=None if subject is None else str(subject),
            html=str(value.get("html") or ""),
            headers=tuple((str(name), str(text)) for name, text in headers.items()),
            attach=tuple(_attachment(one) for one in attach),
            known=self._known(value, path),
            files=self._files(value, path),
            line=self.document.line(*path),
        )

    def _known(self, value: dict[str, Any], path: tuple[str | int, ...]) -> Known:
        known = NOTHING_KNOWN
        try:
            if "orders" in value:
                known = known_from(value["orders"], value.get("today"), value.get("stopped") or ())
        except (TypeError, ValueError, ArithmeticError) as error:
            raise self.document.fault(f"not order data: {error}", *path, "orders") from error
        restricted = str(value.get("restricted") or "")
        return replace(known, answers=bool(value.get("answers")), restricted=restricted)

    def _files(self, value: dict[str, Any], path: tuple[str | int, ...]) -> tuple[Words, ...]:
        try:
            return tuple(_words(one) for one in value.get("files") or ())
        except (AttributeError, TypeError) as error:
            raise self.document.fault(f"not files: {error}", *path, "files") from error


def _words(value: dict[str, Any]) -> Words:
    values: dict[str, Any] = {
        name: tuple(map(str, given)) if isinstance(given, list) else str(given)
        for name, given in value.items()
    }
    return Words(**values)


def _attachment(value: Any) -> tuple[str, str, str]:
    if not isinstance(value, dict):
        return str(value), "application/octet-stream", ""
    kind = value.get("type") or "application/octet-stream"
    return str(value.get("name") or ""), str(kind), str(value.get("content") or "")

"""The words of the letters: one YAML file a language, the shipped ones or the seller's own in their place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from importlib.resources import files
from pathlib import Path
from string import Template
from typing import Any, Final

from gatepost.errors import ConfigError
from gatepost_policies.errors import PackError
from gatepost_policies.yamlfile import Document, parse

LANGUAGES: Final = ("en", "de", "fr", "es", "it", "nl", "pl", "pt", "sv", "tr", "ja")
MAX_BYTES: Final = 200_000  # of one file


class LetterKind(Enum):
    """The five letters; the contract's names."""

    SHIPMENT = "shipment-confirmation"
    UNAVAILABLE = "order-unavailable"
    DELAY = "delay"
    RETURN = "return-confirmation"
    REVIEW_REQUEST = "review-request"


NEEDED: Final[Mapping[LetterKind, frozenset[str]]] = {
    LetterKind.SHIPMENT: frozenset({"order", "items", "carrier", "tracking", "delivery", "address"}),
    LetterKind.UNAVAILABLE: frozenset({"order", "reason", "amount"}),
    LetterKind.DELAY: frozenset({"order", "delivery"}),
    LetterKind.RETURN: frozenset({"order", "items", "amount", "refund_date"}),
    LetterKind.REVIEW_REQUEST: frozenset({"order"}),
}
"""What the guidelines prescribe for each, and its words must therefore name (D1a to D3c, O1)."""

NAMES: Final = frozenset({"recipient", "seller"}).union(*NEEDED.values())
_DATE_NAMES: Final = frozenset({"day", "month", "year"})


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter's words with `$names`."""

    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Templates:
    """All letters of one language, and how it writes days and sums."""

    language: str
    date: str
    months: tuple[str, ...]
    decimal: str
    reasons: Mapping[str, str]
    letters: Mapping[LetterKind, Letter]


def shipped_words(language: str) -> bytes:
    """The shipped file of `language`. Raises ConfigError when there is none."""
    if language not in LANGUAGES:
        raise ConfigError(f"no letters in {language!r}; there are: {', '.join(LANGUAGES)}")
    return files("gatepost.letters").joinpath("words", f"{language}.yaml").read_bytes()


def load(language: str, folder: Path | None = None, *, own: str | None = None) -> Templates:
    """The letters of `language`: those of `own`, else `<language>.yaml` of `folder`, else the shipped ones.

    A letter that the seller's own words leave out is the shipped one. Raises ConfigError with file and line.
    """
    base = _templates(language, _parsed(shipped_words(language), f"letters/{language}.yaml"), None)
    if own is not None:
        return _templates(language, _own(own.encode(), f"{language}.yaml"), base)
    return _from_folder(language, folder, base)


def _from_folder(language: str, folder: Path | None, base: Templates) -> Templates:
    own = folder / f"{language}.yaml" if folder else None
    if own is None or not own.is_file():
        return base
    try:
        raw = own.read_bytes()
    except OSError as error:
        raise ConfigError(f"{own}: can't be read: {error.strerror}") from error
    return _templates(language, _own(raw, str(own)), base)


def _own(raw: bytes, name: str) -> Document:
    if len(raw) > MAX_BYTES:
        raise ConfigError(f"{name}: larger than {MAX_BYTES} bytes")
    return _parsed(raw, name)


def _parsed(raw: bytes, name: str) -> Document:
    try:
        document = parse(raw, name)
    except PackError as error:
        raise ConfigError(str(error)) from error
    if not isinstance(document.value, dict):
        raise _fault(document, "expected letters by name")
    return document


def _fault(document: Document, why: str, *path: str) -> ConfigError:
    return ConfigError(str(document.fault(why, *path)))


def _templates(language: str, document: Document, base: Templates | None) -> Templates:
    values: dict[str, Any] = document.value
    kinds = {kind.value: kind for kind in LetterKind}
    for key in values:
        if key not in kinds and key not in ("date", "months", "decimal", "reasons"):
            raise _fault(
                document, f"unknown key; there are {', '.join(kinds)}, date, months, decimal, reasons", key
            )
    letters = dict(base.letters) if base else {}
    letters |= {kinds[key]: _letter(document, kinds[key]) for key in values if key in kinds}
    reasons = values.get("reasons") or (base.reasons if base else {})
    return Templates(
        language=language,
        date=_date(document, base),
        months=_months(document, base),
        decimal=str(values.get("decimal") or (base.decimal if base else ".")),
        reasons={str(name): str(words) for name, words in reasons.items()},
        letters=letters,
    )


def _date(document: Document, base: Templates | None) -> str:
    form = str(document.value.get("date") or (base.date if base else ""))
    if _names_in(form) != _DATE_NAMES:
        raise _fault(document, "expected $day, $month and $year", "date")
    return form


def _months(document: Document, base: Templates | None) -> tuple[str, ...]:
    months = tuple(map(str, document.value.get("months") or (base.months if base else ())))
    if len(months) != 12:
        raise _fault(document, "expected the names of twelve months", "months")
    return months


def _letter(document: Document, kind: LetterKind) -> Letter:
    value = document.value[kind.value]
    if not isinstance(value, dict) or set(value) != {"subject", "text"}:
        raise _fault(document, "expected subject and text", kind.value)
    letter = Letter(" ".join(str(value["subject"]).split()), str(value["text"]))
    named = _names_in(letter.subject + "\n" + letter.text)
    if unknown := sorted(named - NAMES):
        raise _fault(document, f"${unknown[0]} is not known; there are {_dollars(NAMES)}", kind.value)
    if lacking := NEEDED[kind] - named:
        raise _fault(document, f"{_dollars(lacking)} must stand in it", kind.value)
    return letter


def _names_in(text: str) -> frozenset[str]:
    return frozenset(Template(text).get_identifiers())


def _dollars(names: frozenset[str]) -> str:
    return ", ".join(f"${name}" for name in sorted(names))

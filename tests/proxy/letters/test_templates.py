from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.errors import ConfigError
from gatepost.letters import LANGUAGES, LetterKind, load


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_letter(language: str) -> None:
    templates = load(language)
    assert set(templates.letters) == set(LetterKind)
    assert set(templates.reasons) == {"no-stock", "could-not-ship"}


def test_a_letter_of_the_sellers_own_takes_the_place_of_the_shipped_one(tmp_path: Path) -> None:
    own = 'delay: {subject: "Order $order", text: "Order $order comes on $delivery."}\n'
    (tmp_path / "en.yaml").write_text(own, encoding="utf-8")
    templates = load("en", tmp_path)
    assert templates.letters[LetterKind.DELAY].text == "Order $order comes on $delivery."
    assert templates.letters[LetterKind.RETURN] == load("en").letters[LetterKind.RETURN]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('delay: {subject: "x", text: "late"}', r"\$delivery, \$order must stand in it"),
        ('delay: {subject: "$order", text: "$delivery $colour"}', r"\$colour is not known"),
        ("delay: soon", "expected subject and text"),
        ("sorry: {subject: x, text: y}", "unknown key"),
        ("date: $day", r"expected \$day, \$month and \$year"),
        ("months: [a]", "twelve months"),
        ("[]", "expected letters by name"),
        ("delay: {", "en.yaml:"),
    ],
)
def test_a_faulty_file_is_refused_with_its_place(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "en.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError, match=why) as refused:
        load("en", tmp_path)
    assert "en.yaml" in str(refused.value)


def test_a_language_without_letters_is_named() -> None:
    with pytest.raises(ConfigError, match="no letters in 'xx'"):
        load("xx")

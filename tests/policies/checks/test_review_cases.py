"""What each sentence of `cases/` breaks, in every language: violations and their permitted twins."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gatepost_policies.checks.review import asks_review
from gatepost_policies.language.scene import observe
from kit.scenes import found, plain

CASES = Path(__file__).resolve().parent.parent / "cases"
NOTHING = frozenset({"permitted", "neutral ask"})


def sentences(headings: frozenset[str] = frozenset()) -> list[object]:
    cases: list[object] = []
    for path in sorted(CASES.glob("*.yaml")):
        for heading, says in yaml.safe_load(path.read_text("utf-8")).items():
            wanted = says if not headings or heading in headings else []
            name = f"{path.stem}-{heading.replace(' ', '+')}"
            cases += [
                pytest.param(path.stem[:2], heading, say, id=f"{name}-{at}") for at, say in enumerate(wanted)
            ]
    return cases


@pytest.mark.parametrize(("language", "heading", "say"), sentences())
def test_a_sentence_breaks_exactly_what_its_heading_says(language: str, heading: str, say: str) -> None:
    expected = set() if heading in NOTHING else set(heading.split())
    assert set(found(plain(say))) == expected


@pytest.mark.parametrize(("language", "heading", "say"), sentences(NOTHING))
def test_asks_for_a_review_are_known_as_such(language: str, heading: str, say: str) -> None:
    assert bool(asks_review(observe(plain(say)))) is (heading == "neutral ask")


@pytest.mark.parametrize(("language", "heading", "say"), sentences())
def test_no_sentence_is_taken_for_another_language(language: str, heading: str, say: str) -> None:
    assert observe(plain(say)).language in (language, "")

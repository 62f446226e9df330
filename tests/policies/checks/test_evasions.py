"""Violating sentences in disguise, read from real bytes: a sample of every language and disguise."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gatepost_policies import judge, load, read
from kit.evasions import BUYER, EVASIONS

CASES = Path(__file__).resolve().parent.parent / "cases"
# Lines of one word are read apart where the next begins with a capital; alt text is judged beside a body.
PARTLY = ("line breaks", "image alt text")
DISGUISES = [name for name in EVASIONS if name not in PARTLY]


def sample() -> list[object]:
    """One sentence of each heading and language, each in two of the disguises."""
    chosen: list[object] = []
    for path in sorted(CASES.glob("*.yaml")):
        for heading, says in yaml.safe_load(path.read_text("utf-8")).items():
            if heading in ("permitted", "neutral ask"):
                continue
            for step in (0, 7):
                disguise = DISGUISES[(len(chosen) + step) % len(DISGUISES)]
                name = f"{path.stem}-{heading}-{disguise}".replace(" ", "+")
                chosen.append(pytest.param(heading, says[0], disguise, id=name))
    return chosen


@pytest.mark.parametrize(("heading", "say", "disguise"), sample())
def test_a_disguised_sentence_is_found_as_what_it_is(heading: str, say: str, disguise: str) -> None:
    verdict = judge(read(EVASIONS[disguise](say)), load(), recipients=(BUYER,))
    assert set(heading.split()) <= {finding.category for finding in verdict.findings}

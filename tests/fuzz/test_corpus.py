"""What the fuzzer once found worth keeping is replayed in every run: no property breaks again."""

from __future__ import annotations

from pathlib import Path

import pytest

from fuzz.targets import TARGETS

CORPUS = Path(__file__).parent / "corpus"
MOST_FILES, MOST_BYTES = 300, 1_000_000


@pytest.mark.parametrize("target", TARGETS)
def test_no_input_that_was_kept_breaks_its_property(target: str) -> None:
    kept = sorted((CORPUS / target).iterdir())
    assert kept
    for path in kept:
        TARGETS[target](path.read_bytes())


def test_the_corpus_stays_small_and_belongs_to_targets() -> None:
    files = [path for path in CORPUS.rglob("*") if path.is_file()]
    assert len(files) < MOST_FILES
    assert sum(path.stat().st_size for path in files) < MOST_BYTES
    assert {path.parent.name for path in files} == set(TARGETS)

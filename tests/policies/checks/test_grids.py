"""Plain sayings of every kind, put together from their parts: each of `grids/` in every combination."""

from __future__ import annotations

import itertools
from pathlib import Path
from string import Formatter

import pytest
import yaml

from kit.scenes import found, plain

GRIDS = Path(__file__).resolve().parent.parent / "grids"


def sayings() -> list[object]:
    cases: list[object] = []
    for path in sorted(GRIDS.glob("*.yaml")):
        for grid in yaml.safe_load(path.read_text("utf-8")):
            cases += [
                pytest.param(grid.get("breaks", ""), grid["of"], say, id=f"{path.stem}-{say}")
                for say in grid["say"]
            ]
    return cases


def filled(say: str, parts: dict[str, list[str]]) -> list[str]:
    """The saying with every combination of its parts; a name in capitals begins with one."""
    names = [name for _, name, _, _ in Formatter().parse(say) if name]
    choices = [
        [part[:1].upper() + part[1:] for part in parts[name.lower()]] if name[0].isupper() else parts[name]
        for name in names
    ]
    return [say.format(**dict(zip(names, chosen, strict=True))) for chosen in itertools.product(*choices)]


@pytest.mark.parametrize(("breaks", "parts", "say"), sayings())
def test_a_plain_saying_is_heard_with_every_part(breaks: str, parts: dict[str, list[str]], say: str) -> None:
    """What breaks a rule breaks at least that one; what breaks none is wholly left alone."""
    heard = {text: set(found(plain(text))) for text in filled(say, parts)}
    wrong = {text: kinds for text, kinds in heard.items() if (breaks not in kinds if breaks else kinds)}
    assert not wrong

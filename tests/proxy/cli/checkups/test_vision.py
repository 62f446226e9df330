from __future__ import annotations

import pytest

from gatepost.cli.checkups import vision as module
from gatepost.cli.checkups.found import State
from gatepost.cli.checkups.vision import vision
from gatepost.config.schema import Unread, Vision


def test_what_is_missing_is_named_with_what_follows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "missing_libraries", lambda: ("rapidocr",))
    [held] = vision(Vision())
    assert (held.state, "rapidocr" in held.found, "are held" in held.found) == (State.WARNING, True, True)
    [passed] = vision(Vision(unread=Unread.PASS))
    assert "judged by what else they say" in passed.found


def test_all_there_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "missing_libraries", tuple)
    assert vision(Vision())[0].state is State.OK


def test_switched_off_is_no_fault() -> None:
    assert vision(Vision(enabled=False))[0].state is State.OK

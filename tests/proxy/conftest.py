"""Each test starts with a log that has counted nothing yet: the count is the process's, as is the minute."""

from __future__ import annotations

import pytest

from gatepost import events
from gatepost.loglines import Repeats


@pytest.fixture(autouse=True)
def _own_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_repeats", Repeats(60))

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gatepost.store import Store
from kit.ports import StillClock
from kit.stores import open_store


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "gatepost.db"


@pytest.fixture
async def store(path: Path, clock: StillClock) -> AsyncIterator[Store]:
    async with await open_store(path, clock) as opened:
        yield opened

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
async def shop_store(tmp_path: Path, clock: StillClock) -> AsyncIterator[Store]:
    """A store on a file, for order data."""
    async with await open_store(tmp_path / "var" / "gatepost.db", clock) as opened:
        yield opened

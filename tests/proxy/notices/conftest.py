from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.ports import StillClock
from kit.stores import open_store
from kit.telling import Told


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Told]:
    """Notices over a store of their own."""
    clock = StillClock()
    store = await open_store(tmp_path / "gatepost.db", clock)
    try:
        yield Told(store, clock)
    finally:
        await store.close()

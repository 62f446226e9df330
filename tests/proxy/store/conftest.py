from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gatepost.store import FileHome, Home, Store
from kit import postgres
from kit.ports import StillClock
from kit.stores import a_home, open_store


@pytest.fixture(scope="session", autouse=True)
def _server() -> Iterator[None]:
    yield
    postgres.end_shared()


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "gatepost.db"


@pytest.fixture(params=["file", "server"])
def home(request: pytest.FixtureRequest, path: Path) -> Home:
    """Every test of the store runs on both databases, but for those that look into a file."""
    return FileHome(path) if request.param == "file" else a_home()


@pytest.fixture
async def store(home: Home, clock: StillClock) -> AsyncIterator[Store]:
    async with await open_store(home, clock) as opened:
        yield opened

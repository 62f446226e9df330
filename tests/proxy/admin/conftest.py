from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kit.site import TestSite, open_site


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[TestSite]:
    """A review site over a real store; nothing may fail behind it unseen."""
    async with open_site(tmp_path) as opened:
        yield opened
    assert opened.failures == []

"""Real programs beside Python that some tests need: skipped by name where one is missing."""

from __future__ import annotations

import os
import shutil

import pytest


def require(program: str) -> str:
    """The path of `program`; without it the test is skipped, or fails where GATEPOST_REQUIRE_ALL=1."""
    path = shutil.which(program)
    if path is None and os.environ.get("GATEPOST_REQUIRE_ALL") == "1":
        pytest.fail(f"{program} is not installed, and GATEPOST_REQUIRE_ALL=1 wants every peer")
    if path is None:
        pytest.skip(f"{program} is not installed")
    return path

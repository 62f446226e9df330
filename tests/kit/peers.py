"""Real programs beside Python that some tests need: skipped by name where one is missing."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def require(program: str) -> str:
    """The path of `program`; without it the test is skipped, or fails where GATEPOST_REQUIRE_ALL=1."""
    path = shutil.which(program)
    if path is None:
        missing(program)
    return path


def require_file(path: Path) -> Path:
    """`path`, which is part of some program; as `require` when it is not there."""
    if not path.exists():
        missing(str(path))
    return path


def missing(what: str) -> NoReturn:
    """Skip the test by the name of what is missing, or fail it where every peer is wanted."""
    if os.environ.get("GATEPOST_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is not installed, and GATEPOST_REQUIRE_ALL=1 wants every peer")
    pytest.skip(f"{what} is not installed")

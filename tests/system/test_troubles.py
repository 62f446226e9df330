"""A store that is locked, gone or on a full disk, and a clock that jumps: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kit import troubles
from kit.peers import missing, require
from kit.troubles import FULL, GONE, JUMPS, LOCKS, line_of, run

MOUNT = 'mount -t tmpfs -o size=48m none "$1" || exit 9; shift; exec "$@"'


@pytest.mark.parametrize(
    ("steps", "count", "bites"),
    [
        pytest.param(LOCKS, 18, True, id="locked"),
        pytest.param(GONE, 12, True, id="file gone"),
        pytest.param((*JUMPS, "random"), 36, False, id="clock"),
    ],
)
async def test_under_troubles_of_its_store_and_clock_nothing_is_lost_or_doubled(
    tmp_path: Path, steps: tuple[str, ...], count: int, bites: bool, tell: Callable[[str], None]
) -> None:
    totals = await run(tmp_path, count=count, seed=1, steps=steps)
    tell(line_of(totals, seed=1))
    assert totals.broken() == []
    assert totals.acknowledged > count
    assert totals.put_off > 0 or not bites  # a trouble that nobody met shows nothing


@pytest.mark.peer
def test_on_a_disk_that_fills_up_nothing_is_lost_or_doubled(
    tmp_path: Path, tell: Callable[[str], None]
) -> None:
    inside = (sys.executable, "-m", "kit.troubles", str(tmp_path), "1", "16", *FULL)
    ended = subprocess.run(
        [require("unshare"), "-rm", "sh", "-c", MOUNT, "sh", str(tmp_path), *inside],
        env=os.environ | {"PYTHONPATH": str(Path(troubles.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    if "unshare failed" in ended.stderr or ended.returncode == 9:
        missing("a mount namespace of one's own")
    assert ended.returncode == 0, ended.stderr
    line, told = ended.stdout.splitlines()[-2:]
    tell(line)
    totals = json.loads(told)
    assert totals["broken"] == []
    assert min(totals["acknowledged"], totals["put_off"]) > 16

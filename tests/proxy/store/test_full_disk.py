from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kit import full_disk
from kit.peers import missing, require

MOUNT = 'mount -t tmpfs -o size=56m none "$1" || exit 9; exec "$2" -m kit.full_disk "$1"'


@pytest.mark.peer
def test_a_full_disk_loses_nothing_and_is_left_behind_without_a_restart(tmp_path: Path) -> None:
    ended = subprocess.run(
        [require("unshare"), "-rm", "sh", "-c", MOUNT, "sh", str(tmp_path), sys.executable],
        env=os.environ | {"PYTHONPATH": str(Path(full_disk.__file__).parents[1])},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if "unshare failed" in ended.stderr or ended.returncode == 9:
        missing("a mount namespace of one's own")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert (told["why"], told["ready"]) == ("the disk is full", "disk")
    assert told["kept"] == told["expired"] == told["first"]
    assert told["second"] >= told["first"]
    assert (told["spooled"], told["sound"]) == ("spooled", True)

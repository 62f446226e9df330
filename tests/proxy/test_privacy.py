"""A process of its own, since none can take this back."""

from __future__ import annotations

import subprocess
import sys

import pytest

WATCH = """
import ctypes, os, resource, stat
from gatepost.privacy import keep_to_itself
{before}
keep_to_itself()
print("core", resource.getrlimit(resource.RLIMIT_CORE))
print("dumpable", ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))  # PR_GET_DUMPABLE
open("made", "w").close()
print("mode", oct(stat.S_IMODE(os.stat("made").st_mode)))
print("next", os.dup(1))
"""


def told(folder: str, before: str = "") -> dict[str, str]:
    ended = subprocess.run(
        [sys.executable, "-c", WATCH.format(before=before)],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
        cwd=folder,
    )
    return dict(line.split(" ", 1) for line in ended.stdout.splitlines())


def test_no_core_is_written_and_files_are_the_owners_alone(tmp_path: str) -> None:
    said = told(tmp_path)
    assert (said["core"], said["mode"]) == ("(0, 0)", "0o600")


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_no_other_process_may_read_its_memory(tmp_path: str) -> None:
    assert told(tmp_path)["dumpable"] == "0"


def test_a_closed_stdin_is_taken_before_a_connection_takes_it(tmp_path: str) -> None:
    assert told(tmp_path, "os.close(0)")["next"] == "3"

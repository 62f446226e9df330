"""A process of its own, since the collector is one for all."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

WATCH = """
import gc, weakref
from gatepost.heap import YOUNG, settle

class Ring:
    def __init__(self):
        self.ring = self

before = len(gc.get_objects())
settle()
print("left", len(gc.get_objects()) < before / 10)
print("young", gc.get_threshold()[0] == YOUNG)
late = weakref.ref(Ring())
gc.collect()
print("collected", late() is None)
early = Ring()
settle()
kept, early = weakref.ref(early), None
gc.collect()
print("kept", kept() is not None)
settle()
print("again", kept() is None)
"""


FREED = """
import resource
from gatepost.heap import keep_freed

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(50):
        taken = [bytearray(100_000) for _ in range(10)]
        del taken
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print("taken-again", faults() > 5_000)
keep_freed()
faults()
print("kept", faults() < 50)
"""


def told(program: str) -> dict[str, str]:
    ended = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=30
    )
    return dict(line.split() for line in ended.stdout.splitlines())


def test_what_was_loaded_is_left_alone_and_what_comes_later_is_collected() -> None:
    assert told(WATCH) == dict.fromkeys(("left", "young", "collected", "kept", "again"), "True")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told so")
def test_what_a_mail_frees_is_kept_for_the_next() -> None:
    assert told(FREED) == dict.fromkeys(("taken-again", "kept"), "True")

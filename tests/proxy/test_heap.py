"""A process of its own, since the collector is one for all."""

from __future__ import annotations

import subprocess
import sys

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


def test_what_was_loaded_is_left_alone_and_what_comes_later_is_collected() -> None:
    ended = subprocess.run(
        [sys.executable, "-c", WATCH], capture_output=True, text=True, check=True, timeout=30
    )
    told = dict(line.split() for line in ended.stdout.splitlines())
    assert told == dict.fromkeys(("left", "young", "collected", "kept", "again"), "True")

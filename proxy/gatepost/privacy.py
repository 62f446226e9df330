"""What a process that holds secrets and buyers' mail does first: no core dump, no onlooker, narrow files."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import sys

_PR_SET_DUMPABLE = 4  # linux/prctl.h
_STANDARD_FILES = 3


def keep_to_itself() -> None:
    """Write no core, let no other process of this user read our memory, make files for their owner alone.

    Files 0 to 2 are taken if nobody gave them: else our first connection would be stdin.
    """
    while (file := os.open(os.devnull, os.O_RDWR)) < _STANDARD_FILES:
        pass
    os.close(file)
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # for whatever we start, too
    if sys.platform == "linux":  # where cores are piped to a program the limit alone is no help
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)

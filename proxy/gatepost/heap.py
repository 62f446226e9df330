"""Memory that a process of ours keeps: what the collector need not look at, and what it need not give back.

Rules, words and modules are some 200,000 objects. A collection that goes through all of them takes
70 ms, in which no client is answered; none of them ever becomes garbage. And each mail takes some hundred
kilobytes and frees them: given back to the system and taken again, they cost 0.1 ms a mail in page faults.
"""

from __future__ import annotations

import ctypes
import gc
from contextlib import suppress
from typing import Final

_KEPT: Final = {-3: 1 << 20, -1: 8 << 20, -2: 1 << 20}
"""glibc's mallopt(3): what is taken as pages of its own (M_MMAP_THRESHOLD), what of the freed is given back
(M_TRIM_THRESHOLD), and how much is taken at once (M_TOP_PAD), in octets."""

YOUNG: Final = 10_000
"""New objects, net of freed ones, between two collections of the youngest: those of a few mails."""

ROUNDS: Final = 20
"""Collections of the youngest between two of the middle-aged, and of those between two of all."""


def settle() -> None:
    """Keep what there is now out of every later collection; call it again when as much was loaded anew.

    What was settled before and is no longer used is freed all the same, unless it is part of a cycle.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, ROUNDS, ROUNDS)


def keep_freed() -> None:
    """Keep up to 8 MiB of what was freed for the next mail; where there is no glibc, nothing changes."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL(None)
        for option, octets in _KEPT.items():
            library.mallopt(option, octets)

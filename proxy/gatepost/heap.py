"""What the collector of cycles need not look at: all that was loaded at the start and stays.

Rules, words and modules are some 200,000 objects. A collection that goes through all of them takes
70 ms, in which no client is answered; none of them ever becomes garbage.
"""

from __future__ import annotations

import gc
from typing import Final

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

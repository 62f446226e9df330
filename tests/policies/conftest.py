"""Property tests are not timed: the first example of a process loads tables, and machines are busy."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("policies", deadline=None)
settings.load_profile("policies")

"""Ids of messages."""

from __future__ import annotations

import re

from gatepost.daemon.clock import SystemClock, new_message_id


def test_ids_are_short_plain_and_never_the_same() -> None:
    ids = {new_message_id() for _ in range(10_000)}
    assert len(ids) == 10_000
    assert all(re.fullmatch(r"[0-9a-hjkmnp-tv-z]{18}", id) for id in ids)


def test_ids_sort_by_time() -> None:
    first = new_message_id()[:10]
    assert first <= new_message_id()[:10]


def test_the_clock_is_aware() -> None:
    assert SystemClock().now().utcoffset() is not None

from __future__ import annotations

from gatepost.vision import seen
from gatepost.vision.seen import Seen, joined


def test_several_sayings_are_one() -> None:
    whole = joined(
        [Seen("a", "b", ("l",), ("c",)), Seen("d", links=("l",), unread="why"), Seen(unread="later")]
    )
    assert whole == Seen("a\n\nd", "b", ("l",), ("c",), "why")


def test_what_is_too_long_is_cut_and_said() -> None:
    whole = joined([Seen("x" * (seen.MAX_WORDS + 1))])
    assert (len(whole.words), whole.unread) == (seen.MAX_WORDS, "says more than is read")

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.admin import differences as module
from gatepost.admin.differences import Stretch, differences


def side(found: tuple[Stretch, ...], fate: str) -> str:
    return "".join(each.text for each in found if each.fate in ("same", fate))


def test_words_that_went_and_came_stand_beside_what_stayed() -> None:
    assert differences("Come to our shop now", "Come to Amazon now") == (
        Stretch("same", "Come to "),
        Stretch("gone", "our shop"),
        Stretch("new", "Amazon"),
        Stretch("same", " now"),
    )


def test_nothing_is_no_difference() -> None:
    assert differences("", "") == ()
    assert differences("same", "same") == (Stretch("same", "same"),)


@given(st.text(alphabet="ab \n", max_size=60), st.text(alphabet="ab \n", max_size=60))
def test_both_texts_can_be_read_from_it(old: str, new: str) -> None:
    """Invariant: what stayed and went is the old text, what stayed and came is the new one."""
    found = differences(old, new)
    assert (side(found, "gone"), side(found, "new")) == (old, new)


@pytest.mark.parametrize("most", [3, 0], ids=["by lines", "as a whole"])
def test_long_texts_are_compared_coarsely(monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(module, "MOST", most)
    old, new = "one two\nthree four\n", "one two\nfive six\n"
    found = differences(old, new)
    assert (side(found, "gone"), side(found, "new")) == (old, new)
    assert (Stretch("same", "one two\n") in found) is bool(most)


def test_a_word_that_stands_everywhere_takes_bounded_time() -> None:
    old, new = (" ".join(f"x {mark}{number}" for number in range(290)) for mark in "ab")
    began = time.process_time()
    found = differences(old, new)
    assert time.process_time() - began < 1
    assert (side(found, "gone"), side(found, "new")) == (old, new)

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatepost.seal import seal, unseal
from kit.messages import AT

KEY = b"k" * 32
UNTIL = AT + timedelta(hours=1)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=4))
def test_sealed_words_come_back(words: dict[str, str]) -> None:
    token = seal(words, key=KEY, until=UNTIL)
    assert len(token) > 1_000 or unseal(token, key=KEY, now=AT) == words


@given(st.text(max_size=200))
def test_what_was_not_sealed_is_nothing(token: str) -> None:
    assert unseal(token, key=KEY, now=AT) is None


def test_a_seal_expires() -> None:
    assert unseal(seal({}, key=KEY, until=UNTIL), key=KEY, now=UNTIL) is None


def test_another_key_opens_nothing() -> None:
    assert unseal(seal({}, key=KEY, until=UNTIL), key=b"x" * 32, now=AT) is None


@pytest.mark.parametrize("place", range(0, 60, 7))
def test_one_changed_letter_breaks_the_seal(place: int) -> None:
    token = seal({"id": "m1"}, key=KEY, until=UNTIL)
    changed = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]

    assert unseal(changed, key=KEY, now=AT) is None

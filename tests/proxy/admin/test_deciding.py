from __future__ import annotations

import pytest

from gatepost.admin.deciding import is_at_it, summary, word_of
from gatepost.model import Turn
from kit.messages import AT, ORDER


def test_outcomes_of_a_kind_are_counted() -> None:
    said = [("good", "Rejected."), ("bad", "Still held."), ("good", "Rejected.")]
    assert summary(said) == [("good", "2 mails: Rejected."), ("bad", "Still held.")]


def test_a_persons_word_is_orders_or_none_or_nothing() -> None:
    assert word_of(ORDER, none=False) == (ORDER,)
    assert word_of("", none=True) == ()
    assert word_of("", none=False) is None


@pytest.mark.parametrize(("orders", "none"), [("112", False), (ORDER, True)])
def test_an_unclear_word_is_told(orders: str, none: bool) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        word_of(orders, none=none)


def test_a_turn_is_told_with_its_end() -> None:
    assert is_at_it(Turn("rita", AT)) == "rita is at this mail until 09:00 UTC. Take it over first."

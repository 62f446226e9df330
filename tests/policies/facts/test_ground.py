from __future__ import annotations

from gatepost_policies.facts.ground import Ground
from gatepost_policies.model import Span
from gatepost_policies.text import unmask


def test_windows_around_digits_merge_where_they_meet() -> None:
    ground = Ground(0, unmask("aaaa 12 bb 3 cccccccccc 4"))
    assert ground.around(2, 2) == [(3, 14), (22, 25)]


def test_a_place_leads_back_to_the_passage() -> None:
    ground = Ground(7, unmask("㎏ 12"))
    at = ground.text.index("12")
    assert ground.span(at, at + 2) == Span(7, 2, 4)


def test_a_text_without_digits_has_no_windows() -> None:
    ground = Ground(0, unmask("no digits"))
    assert (ground.digits, ground.around(5, 5)) == (0, [])


def test_windows_are_worked_out_once() -> None:
    ground = Ground(0, unmask("a 1 b"))
    assert ground.around(1, 1) is ground.around(1, 1)

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


def test_stretches_with_too_few_digits_are_left_out() -> None:
    ground = Ground(0, unmask("a 12 b" + "." * 100 + "c 1234567 d"))
    assert ground.around(2, 2, least=7) == [(106, 117)]


def test_digits_of_runs_that_meet_count_together() -> None:
    ground = Ground(0, unmask("1234 567"))
    assert ground.around(2, 2, least=7) == [(0, 8)]


def test_a_digit_at_the_very_start_begins_a_stretch() -> None:
    assert Ground(0, unmask("7 days")).around(40, 2) == [(0, 3)]


def test_digits_within_taken_places_are_not_free() -> None:
    ground = Ground(0, unmask("1 23 45-67 8"))
    taken = [Span(0, 2, 4), Span(0, 5, 10)]
    assert ground.free(taken) == [(0, 1), (11, 12)]


def test_digits_that_reach_out_of_a_taken_place_are_free() -> None:
    ground = Ground(0, unmask("a 1234 b"))
    assert ground.free([Span(0, 3, 5)]) == [(2, 6)]


def test_free_digits_of_a_changed_text_are_compared_by_their_origin() -> None:
    ground = Ground(0, unmask("㎏㎏ 12 34"))
    at = ground.text.index("12")
    assert ground.free([Span(0, 3, 5)]) == [(at + 3, at + 5)]

"""The table of clauses that everything cites."""

from __future__ import annotations

import pytest

from gatepost_policies import clauses

OF_2018 = (
    "D1 D1a D1b D1c D1d D1e D1f D2 D2a D2b D2c D3 D3a D3b D3c D4 D4a D4b D4c D4d D4e D4f D4g D4h D4i "
    "I1 I2 I3 G1 G2 P1 P2 P3 P4 P5 O1 A1 A2 A3 A4"
)


def test_every_clause_of_2018_is_in_the_table() -> None:
    assert set(OF_2018.split()) <= set(clauses.load())


def test_every_clause_says_what_it_asks_and_where() -> None:
    for clause in clauses.load().values():
        assert clause.asks
        assert clause.paragraph


def test_clauses_are_in_the_order_of_the_source() -> None:
    assert clauses.position("D1") < clauses.position("D4h") < clauses.position("P1") < clauses.position("A4")


def test_a_clause_that_does_not_exist_has_no_place() -> None:
    with pytest.raises(ValueError, match="Z9"):
        clauses.position("Z9")

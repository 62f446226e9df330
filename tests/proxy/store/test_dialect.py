from __future__ import annotations

import pytest

from gatepost.store.dialect import for_postgres


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT :a, :b_2", "SELECT %(a)s, %(b_2)s"),
        ("WHERE a = ':no' AND b = :yes", "WHERE a = ':no' AND b = %(yes)s"),
        ("WHERE a = 'it''s :no'", "WHERE a = 'it''s :no'"),
        ("SELECT 1::bigint", "SELECT 1::bigint"),
        ("-- :note\nSELECT :a", "-- :note\nSELECT %(a)s"),
        ("LIKE '%x%'", "LIKE '%%x%%'"),
        ("SELECT a % :b", "SELECT a %% %(b)s"),
        ("SELECT 1 /*! FOR UPDATE */", "SELECT 1 FOR UPDATE"),
        ("SELECT 1 /* not :this */", "SELECT 1 /* not %(this)s */"),
    ],
)
def test_statements_are_put_into_postgresql_s_words(sql: str, said: str) -> None:
    assert for_postgres(sql) == said


def test_no_more_statements_are_remembered_than_so_many() -> None:
    for number in range(3_000):
        for_postgres(f"SELECT {number}")
    assert for_postgres.cache_info().currsize <= 1_000

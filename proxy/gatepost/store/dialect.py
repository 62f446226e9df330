"""SQL as it is written here, put into PostgreSQL's words: parameters, and what SQLite has no need of."""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(
    r"""
      (?P<text>'(?:[^']|'')*')          # a literal: left alone
    | (?P<note>--[^\n]*)                # a comment to the end of the line
    | /\*!(?P<only>.*?)\*/              # for PostgreSQL only
    | (?P<cast>::)
    | :(?P<name>[a-z_][a-z0-9_]*)       # a parameter
    """,
    re.VERBOSE | re.DOTALL,
)
_REMEMBERED = 1_000  # statements; those with IN lists come in many lengths


@lru_cache(_REMEMBERED)
def for_postgres(sql: str) -> str:
    """`sql` with `:name` as psycopg takes it, and with what `/*! … */` says."""
    return _WORDS.sub(_put, sql.replace("%", "%%"))


def _put(match: re.Match[str]) -> str:
    if match["name"] is not None:
        return f"%({match['name']})s"
    if match["only"] is not None:
        return match["only"].strip()
    return match[0]

"""Tables as CSV (RFC 4180) that a spreadsheet reads as words and numbers, never as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from starlette.responses import Response

_FORMULA = tuple("=+-@\t\r\n|%") + tuple("＝＋－＠")
"""What a cell begins with that some program would calculate, in wide letters too."""


def safe(cell: object) -> str | int | float:
    """The cell as a spreadsheet may have it: numbers as they are, words that could act behind a quote."""
    if isinstance(cell, int | float):
        return cell
    text = "" if cell is None else str(cell).replace("\0", "")
    return f"'{text}" if text.lstrip(" \u00a0\u3000\ufeff").startswith(_FORMULA) else text


def as_csv(name: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    """The table as a file to be saved."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return Response(
        out.getvalue().encode("utf-8", "replace"),
        media_type="text/csv",
        headers={"content-disposition": f'attachment; filename="{name}.csv"'},
    )

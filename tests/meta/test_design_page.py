"""docs/design.md lists every event that the log can hold, with its meaning: `make docs` writes the list."""

from __future__ import annotations

import inspect
import re
from pathlib import Path

from gatepost import events

PAGE = Path(__file__).parents[2] / "docs" / "design.md"


def listed() -> str:
    """The table of events, from the functions that make them."""
    rows = ["| event | meaning |", "| --- | --- |"]
    for _, function in sorted(inspect.getmembers(events, inspect.isfunction)):
        name = re.search(r'_log\.\w+\(\s*"([a-z_]+\.[a-z_]+)"', inspect.getsource(function))
        if name:
            assert function.__doc__
            rows.append(f"| `{name.group(1)}` | {' '.join(function.__doc__.split())} |")
    return "\n".join(rows)


def written() -> str:
    """The page with the table as it should be."""
    text = PAGE.read_text(encoding="utf-8")
    table = f"<!-- events -->\n{listed()}\n<!-- /events -->"
    return re.sub(r"<!-- events -->.*<!-- /events -->", lambda _: table, text, flags=re.DOTALL)


def test_the_page_lists_every_event() -> None:
    assert PAGE.read_text(encoding="utf-8") == written()


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")

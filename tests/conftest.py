"""What the long tests count is printed at the end of a run, whether they pass or not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

_TOTALS = "totals"


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Keeps a line for the end of the run; with workers, theirs come too."""

    def keep(line: str) -> None:
        record_property(_TOTALS, line)

    return keep


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what was told, test by test."""
    ended = [
        report
        for reports in terminalreporter.stats.values()
        for report in reports
        if isinstance(report, pytest.TestReport) and report.when == "call"
    ]
    lines = [
        f"{report.location[2]}: {line}"
        for report in sorted(ended, key=lambda report: report.nodeid)
        for name, line in report.user_properties
        if name == _TOTALS
    ]
    if lines:
        terminalreporter.section("totals")
        for line in lines:
            terminalreporter.write_line(line)

"""`gatepost doctor`: tries everything that the gateway stands on, and says what to mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from gatepost.cli.terminal import (
    DONE,
    FAILED,
    ConfigOption,
    JsonOption,
    configuration,
    emit,
    harmless,
    progress,
    say,
)

if TYPE_CHECKING:
    from gatepost.cli.checkups.found import Finding


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("doctor")(doctor)


def doctor(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Try relay, TLS, DNS, ports, store, disk, clock, secrets, rules. Exit 1 when there is a problem."""
    loaded = configuration(config)

    from gatepost.cli.checkups import examine
    from gatepost.cli.desk import run

    with progress("Examining") as steps:
        findings = run(examine(loaded, steps.step))
    for finding in findings:
        if as_json:
            emit(finding.as_json())
        else:
            _show(finding)
    raise typer.Exit(FAILED if any(finding.is_problem for finding in findings) else DONE)


def _show(finding: Finding) -> None:
    say(f"{finding.state.value:8} {harmless(finding.subject)}: {harmless(finding.found)}")
    if finding.mend:
        say(f"{'':8} → {harmless(finding.mend)}")

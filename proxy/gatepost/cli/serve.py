"""`gatepost serve`: the gateway itself."""

from __future__ import annotations

import typer

from gatepost.cli.terminal import ConfigOption, configuration


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""
    app.command("serve")(serve)


def serve(config: ConfigOption = None) -> None:
    """Start the gateway and run until SIGTERM; SIGHUP reads the configuration again."""
    loaded = configuration(config, serving=True)

    from gatepost.daemon import serve as run

    raise typer.Exit(run(loaded))

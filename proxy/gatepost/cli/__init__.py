"""The command line: one module a family of commands.

Here and in the families stand only names, options and help; what a command does is imported when it is
called, so that `gatepost --help` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from gatepost.cli import (
    audit,
    buyer,
    check,
    compose,
    config,
    doctor,
    feeds,
    inbound,
    orders,
    policy,
    quarantine,
    reviews,
    serve,
    token,
    user,
)
from gatepost.cli.terminal import FAILED, UNUSABLE, prepare_streams, say, say_error, say_lines

app = typer.Typer(
    name="gatepost",
    help="Keep a seller's mail to Amazon buyers within Amazon's communication guidelines.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,  # rich takes as long to import as all the rest
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _say_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        say(f"gatepost {version('gatepost')}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """Keep a seller's mail to Amazon buyers within Amazon's communication guidelines."""


serve.register(app)
check.register(app)
app.add_typer(quarantine.commands, name="quarantine")
app.add_typer(reviews.commands, name="reviews")
app.add_typer(orders.commands, name="orders")
app.add_typer(feeds.commands, name="feeds")
compose.register(app)
app.add_typer(inbound.commands, name="inbound")
app.add_typer(policy.commands, name="policy")
app.add_typer(user.commands, name="user")
app.add_typer(token.commands, name="token")
app.add_typer(buyer.commands, name="buyer")
app.add_typer(config.commands, name="config")
doctor.register(app)
app.add_typer(audit.commands, name="audit")


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and exit: 0 done, 1 done but something is wrong, 2 not usable as called.

    What is expected to fail ends in one plain sentence on stderr.
    """
    prepare_streams()
    try:
        app(args=list(arguments) if arguments is not None else None)
    except Exception as error:
        status = _told(error)
        if status is None:
            raise
        sys.exit(status)


def _told(error: Exception) -> int | None:
    """Tell an expected error and return the exit status; None for what nobody expected."""
    from gatepost.errors import ConfigError, GatepostError
    from gatepost_policies.errors import PackError

    if isinstance(error, (ConfigError, PackError)):
        say_lines(str(error))
        return UNUSABLE
    if isinstance(error, GatepostError):
        say_error(str(error))
        return FAILED
    return None

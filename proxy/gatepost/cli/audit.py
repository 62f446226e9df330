"""`gatepost audit …`: the trail of what people did."""

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
    family,
    say,
    say_error,
)

if TYPE_CHECKING:
    from gatepost.config import Config
    from gatepost.store.audit import Trail

commands = family("The trail of what people did.")


@commands.command("verify")
def verify(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Check that no row of the trail was changed or taken out; exit 1 when one was.

    A trail cut off at its end still fits: note the head now and then, and compare.
    """
    from gatepost.cli.desk import run

    trail = run(_verify(configuration(config).config))
    if as_json:
        emit({"rows": trail.rows, "head": trail.head, "broken_at": trail.broken_at})
    elif trail.broken_at is None:
        say(f"{trail.rows} rows, each fits the one before; head {trail.head}")
    else:
        say_error(f"the trail is broken at row {trail.broken_at}; the {trail.rows} rows before it fit")
    raise typer.Exit(DONE if trail.broken_at is None else FAILED)


async def _verify(config: Config) -> Trail:
    from gatepost.cli.desk import store_of

    async with store_of(config, read_only=True) as store:
        return await store.audit.verify()

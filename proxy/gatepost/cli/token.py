"""`gatepost token …`: what programs log in with at the API."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatepost.cli.terminal import (
    FAILED,
    ConfigOption,
    JsonOption,
    configuration,
    emit,
    fail,
    family,
    say,
    say_error,
    table,
)

if TYPE_CHECKING:
    from gatepost.config import Config

commands = family("Tokens of programs: add, list, revoke.")


class ScopeWord(Enum):
    """What a token may be used for, within what its user may do."""

    CHECK = "check"
    READ = "read"
    REVIEW = "review"
    ADMIN = "admin"


@commands.command("add")
def add(
    user: Annotated[str, typer.Argument(metavar="USER", help="Whose token it is.")],
    scope: Annotated[
        list[ScopeWord], typer.Option(help="What it may be used for; may be given several times.")
    ],
    label: Annotated[str, typer.Option(help="What it is for.")] = "command line",
    days: Annotated[int, typer.Option(min=1, max=400, help="How long it is good.")] = 90,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a token and print its secret, this once."""
    from gatepost.cli.desk import run
    from gatepost.report import token_as_json

    words = [each.value for each in scope]
    token, secret = run(_make(configuration(config).config, user, label, words, days))
    if as_json:
        emit({**token_as_json(token), "secret": secret})
    else:
        say(secret)


async def _make(config: Config, user: str, label: str, words: list[str], days: int) -> Any:
    from datetime import timedelta

    from gatepost.cli.desk import store_of, who
    from gatepost.directory import Scope

    async with store_of(config) as store:
        return await store.tokens.make(
            user,
            label=label,
            scopes=[Scope(word) for word in words],
            lasts=timedelta(days=days),
            by=who(),
        )


@commands.command("list")
def list_(
    user: Annotated[str, typer.Option(help="Of this user only.")] = "",
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """List tokens, the newest first."""
    from gatepost.cli.desk import local, run
    from gatepost.report import token_as_json

    tokens = run(_tokens(configuration(config).config, user))
    if as_json:
        for token in tokens:
            emit(token_as_json(token))
        return
    rows = [
        (
            token.id,
            token.user,
            token.label,
            " ".join(scope.value for scope in token.scopes),
            "ended" if token.revoked_at else local(token.expires_at),
            local(token.used_at),
        )
        for token in tokens
    ]
    table(("id", "user", "for", "scopes", "good until", "last used"), rows)


async def _tokens(config: Config, user: str) -> Any:
    from gatepost.cli.desk import store_of

    async with store_of(config) as store:
        return await store.tokens.list(user=user, limit=1_000)


@commands.command("revoke")
def revoke(
    id: Annotated[str, typer.Argument(metavar="ID", help="The token's id, as `list` shows it.")],
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """End a token at once; exit 1 when there is none to end."""
    from gatepost.cli.desk import run

    if not id:
        fail("a token's id is needed")
    ended = run(_revoke(configuration(config).config, id))
    if as_json:
        emit({"id": id, "revoked": ended})
    elif ended:
        say(f"{id}: ended")
    else:
        say_error(f"there is no token {id} to end")
    if not ended:
        raise typer.Exit(FAILED)


async def _revoke(config: Config, id: str) -> bool:
    from gatepost.cli.desk import store_of, who

    async with store_of(config) as store:
        return await store.tokens.revoke(id, by=who())

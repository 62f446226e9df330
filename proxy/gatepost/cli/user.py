"""`gatepost user …`: who may log in to send mail, and on the review site."""

from __future__ import annotations

import sys
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gatepost.cli.terminal import ConfigOption, JsonOption, configuration, emit, fail, family, say, table

if TYPE_CHECKING:
    from gatepost.config import Config

commands = family("Gateway users: add, list, passwd, disable, reset-factor.")

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="What the user logs in with.")]
StdinOption = Annotated[bool, typer.Option("--password-stdin", help="Read the password from stdin.")]


class RoleWord(Enum):
    """What a user may do on the site; any of them may send mail."""

    AGENT = "agent"
    REVIEWER = "reviewer"
    ADMIN = "admin"
    AUDITOR = "auditor"


@commands.command("add")
def add(
    name: NameArgument,
    role: Annotated[RoleWord, typer.Option(help="What the user may do on the review site.")] = (
        RoleWord.AGENT
    ),
    password_stdin: StdinOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Add a user; asks for the password."""
    from gatepost.cli.desk import run

    loaded = configuration(config)
    user = run(_add(loaded.config, name, role.value, _password(from_stdin=password_stdin)))
    _tell(user, f"{user.name}: added as {user.role.value}", as_json=as_json)


async def _add(config: Config, name: str, role: str, password: str) -> Any:
    from gatepost.cli.desk import store_of, who
    from gatepost.store.users import Role

    async with store_of(config, create=True) as store:
        return await store.users.add(name, password, Role(role), by=who())


@commands.command("list")
def list_(config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """List the users by name."""
    from gatepost.cli.desk import local, run
    from gatepost.report import user_as_json

    users = run(_users(configuration(config).config))
    if as_json:
        for user in users:
            emit(user_as_json(user))
        return
    rows = [
        (user.name, user.role.value, "disabled" if user.disabled else "", local(user.created_at))
        for user in users
    ]
    table(("name", "role", "state", "created"), rows)


async def _users(config: Config) -> Any:
    from gatepost.cli.desk import store_of

    async with store_of(config) as store:
        return await store.users.list()


@commands.command("passwd")
def passwd(
    name: NameArgument,
    password_stdin: StdinOption = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Give a user a new password; their sessions on the site end."""
    from gatepost.cli.desk import run

    loaded = configuration(config)
    user = run(_set_password(loaded.config, name, _password(from_stdin=password_stdin)))
    _tell(user, f"{user.name}: has a new password", as_json=as_json)


async def _set_password(config: Config, name: str, password: str) -> Any:
    from gatepost.cli.desk import store_of, who

    async with store_of(config) as store:
        await store.users.set_password(name, password, by=who())
        return await store.users.find(name)


@commands.command("disable")
def disable(
    name: NameArgument,
    enable: Annotated[bool, typer.Option("--enable", help="Let a disabled user in again.")] = False,
    config: ConfigOption = None,
    as_json: JsonOption = False,
) -> None:
    """Lock a user out: no login, and the sessions on the site end."""
    from gatepost.cli.desk import run

    user = run(_set_disabled(configuration(config).config, name, disabled=not enable))
    _tell(user, f"{user.name}: {'disabled' if user.disabled else 'enabled'}", as_json=as_json)


async def _set_disabled(config: Config, name: str, *, disabled: bool) -> Any:
    from gatepost.cli.desk import store_of, who

    async with store_of(config) as store:
        await (store.users.disable if disabled else store.users.enable)(name, by=who())
        return await store.users.find(name)


@commands.command("reset-factor")
def reset_factor(name: NameArgument, config: ConfigOption = None, as_json: JsonOption = False) -> None:
    """Take a user's second factor away, for a lost phone; their sessions on the site end."""
    from gatepost.cli.desk import run

    user = run(_reset_factor(configuration(config).config, name))
    _tell(user, f"{user.name}: logs in with the password alone now", as_json=as_json)


async def _reset_factor(config: Config, name: str) -> Any:
    from gatepost.cli.desk import store_of, who

    async with store_of(config) as store:
        await store.proofs.drop(name, by=who())
        return await store.users.find(name)


def _tell(user: Any, words: str, *, as_json: bool) -> None:
    from gatepost.report import user_as_json

    if as_json:
        emit(user_as_json(user))
    else:
        say(words)


def _password(*, from_stdin: bool) -> str:
    """The password, never from the command line, where other users of the machine could read it."""
    from gatepost.directory import LONGEST_PASSWORD, SHORTEST_PASSWORD

    if from_stdin:
        password = sys.stdin.readline(LONGEST_PASSWORD + 2).rstrip("\r\n")
    elif sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        fail("there is no terminal to ask for the password: use --password-stdin")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        fail(f"a password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
    return password

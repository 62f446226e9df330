from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.store import Store
from kit.command import Done, command
from kit.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path)
    command("user", "add", "anna", "--password-stdin", "--config", made.file, stdin="correct horse")
    return made


def run(desk: Desk, *arguments: str) -> Done:
    return command("token", *arguments, "--config", desk.file)


def works(desk: Desk, secret: str) -> bool:
    async def find(store: Store) -> bool:
        return await store.tokens.find(secret) is not None

    return desk.do(find)


def test_a_token_is_made_listed_and_ended(desk: Desk) -> None:
    secret = run(desk, "add", "Anna", "--scope", "read", "--scope", "check").out.strip()
    (row,) = run(desk, "list", "--json").rows
    worked = works(desk, secret)
    ended = run(desk, "revoke", row["id"])
    again = run(desk, "revoke", row["id"], "--json")

    assert (row["user"], row["scopes"]) == ("anna", ["read", "check"])
    assert worked
    assert (ended.status, again.status, again.rows) == (0, 1, [{"id": row["id"], "revoked": False}])
    assert not works(desk, secret)
    assert secret not in run(desk, "list").out


def test_json_brings_the_secret_with_its_token(desk: Desk) -> None:
    (row,) = run(desk, "add", "anna", "--scope", "admin", "--label", "desk", "--days", "1", "--json").rows

    assert row["label"] == "desk"
    assert works(desk, row["secret"])


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("add", "nobody", "--scope", "read"), 1),
        (("add", "anna"), 2),
        (("add", "anna", "--scope", "all"), 2),
        (("add", "anna", "--scope", "read", "--days", "0"), 2),
        (("revoke", ""), 2),
    ],
)
def test_what_can_not_be_done_says_so(desk: Desk, arguments: tuple[str, ...], status: int) -> None:
    assert run(desk, *arguments).status == status

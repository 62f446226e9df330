from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.store import Store
from kit.command import Done, command
from kit.desk import Desk

GOOD = "correct horse"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def run(desk: Desk, *arguments: str, stdin: str = "") -> Done:
    return command("user", *arguments, "--config", desk.file, stdin=stdin)


def may_log_in(desk: Desk, name: str, password: str) -> bool:
    async def check(store: Store) -> bool:
        return await store.users.check(name, password)

    return desk.do(check)


def test_a_user_is_added_before_the_gateway_ever_ran(desk: Desk) -> None:
    done = run(desk, "add", "Shop-DE", "--password-stdin", stdin=f"{GOOD}\n")
    assert (done.status, done.out) == (0, "shop-de: added as agent\n")
    assert may_log_in(desk, "shop-de", GOOD)


def test_the_list_shows_everyone_and_no_hash(desk: Desk) -> None:
    run(desk, "add", "anna", "--role", "admin", "--password-stdin", stdin=GOOD)
    (row,) = run(desk, "list", "--json").rows
    assert list(row) == ["name", "role", "disabled", "must_change", "email", "second_factor", "created_at"]
    assert (row["name"], row["role"]) == ("anna", "admin")
    assert run(desk, "list").out.splitlines()[1].startswith("anna\tadmin\t")


def test_a_name_is_taken_once(desk: Desk) -> None:
    run(desk, "add", "anna", "--password-stdin", stdin=GOOD)
    done = run(desk, "add", "ANNA", "--password-stdin", stdin=GOOD)
    assert (done.status, done.err) == (1, "gatepost: there is a user anna already\n")


def test_a_new_password_replaces_the_old(desk: Desk) -> None:
    run(desk, "add", "anna", "--password-stdin", stdin=GOOD)
    assert run(desk, "passwd", "anna", "--password-stdin", stdin="another horse\r\n").status == 0
    assert not may_log_in(desk, "anna", GOOD)
    assert may_log_in(desk, "anna", "another horse")


def test_a_disabled_user_is_out_until_enabled(desk: Desk) -> None:
    run(desk, "add", "anna", "--password-stdin", stdin=GOOD)
    assert run(desk, "disable", "anna", "--json").rows[0]["disabled"] is True
    assert not may_log_in(desk, "anna", GOOD)
    assert run(desk, "disable", "anna", "--enable").out == "anna: enabled\n"
    assert may_log_in(desk, "anna", GOOD)


@pytest.mark.parametrize("verb", ["passwd", "disable"])
def test_an_unknown_user_is_one_plain_sentence(verb: str, desk: Desk) -> None:
    run(desk, "add", "anna", "--password-stdin", stdin=GOOD)
    options = ("--password-stdin",) if verb == "passwd" else ()
    done = run(desk, verb, "nobody", *options, stdin=GOOD)
    assert (done.status, done.err) == (1, "gatepost: there is no user nobody\n")


def test_a_short_password_is_refused_and_not_echoed(desk: Desk) -> None:
    done = run(desk, "add", "anna", "--password-stdin", stdin="secret9\n")
    assert done.status == 2
    assert "12 to 1000 characters" in done.err
    assert "secret9" not in done.out + done.err


def test_without_a_terminal_the_password_comes_from_stdin_only(desk: Desk) -> None:
    done = run(desk, "add", "anna")
    assert (done.status, done.err) == (
        2,
        "gatepost: there is no terminal to ask for the password: use --password-stdin\n",
    )


def test_there_is_no_option_that_takes_a_password(desk: Desk) -> None:
    assert run(desk, "add", "anna", "--password", GOOD).status == 2


def test_a_lost_phone_is_replaced_by_the_password_alone(desk: Desk) -> None:
    run(desk, "add", "anna", "--password-stdin", stdin=GOOD)

    async def enrol(store: Store) -> None:
        await store.proofs.enrol("anna", "SECRET", 1, [], by="anna")

    desk.do(enrol)
    assert run(desk, "list", "--json").rows[0]["second_factor"] is True
    assert run(desk, "reset-factor", "anna", "--json").rows[0]["second_factor"] is False
    assert run(desk, "reset-factor", "nobody").status == 1


def test_a_password_has_at_least_twelve_characters_here_too(desk: Desk) -> None:
    assert run(desk, "add", "anna", "--password-stdin", stdin="eleven char").status == 2

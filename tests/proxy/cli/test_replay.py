"""`gatepost policy replay` over what is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from kit.command import command
from kit.desk import Desk
from kit.messages import finding
from kit.stores import held


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_what_the_rules_in_force_judge_otherwise_is_listed(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1", findings=[finding()]))
    done = command("policy", "replay", "--config", desk.file, "--json")
    (row,) = done.rows
    assert (done.status, row["id"], row["was"]["rules"]) == (1, "m1", ["p1-external-link"])
    assert row["now"] != row["was"]


def test_without_held_mail_nothing_differs(desk: Desk) -> None:
    desk.do(lambda store: store.ledger.list())
    done = command("policy", "replay", "--config", desk.file)
    assert (done.status, done.out) == (0, "0 judged again, 0 otherwise\n")


def test_what_is_replayed_stays_held(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1", findings=[finding()]))
    command("policy", "replay", "--config", desk.file)
    listed = command("quarantine", "list", "--config", desk.file, "--json")
    assert [row["id"] for row in listed.rows] == ["m1"]

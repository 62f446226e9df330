"""The commands judge as the running gateway does: by the file, under what was set on the site."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from gatepost.daemon.clock import SystemClock
from gatepost.model import Allowance
from gatepost.store import Store
from kit.command import command
from kit.desk import Desk
from kit.outgoing import with_link


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def linked(tmp_path: Path) -> Path:
    path = tmp_path / "a.eml"
    path.write_bytes(with_link())
    return path


def put(desk: Desk, name: str, value: Any) -> None:
    async def work(store: Store) -> None:
        await store.settings.put(name, value, by="ada")

    desk.do(work)


def test_a_mode_and_an_edition_set_on_the_site_hold_for_a_check(desk: Desk, linked: Path) -> None:
    put(desk, "policy.modes", {"external-link": "shadow"})
    put(desk, "policy.edition", "amazon-2020-11")
    done = command("check", "--json", "--config", desk.file, linked)
    (row,) = done.rows
    modes = {each["mode"] for each in row["findings"] if each["category"] == "external-link"}
    assert (done.status, row["action"], row["edition"], modes) == (0, "relay", "amazon-2020-11", {"shadow"})


def test_a_host_allowed_on_the_site_may_be_linked_to(desk: Desk, linked: Path) -> None:
    put(desk, "policy.allowed_hosts", ["www.shop.example", "shop.example"])
    (row,) = command("check", "--json", "--config", desk.file, linked).rows
    assert [link["allowed"] for link in row["links"]] == [True]


def test_told_so_the_file_alone_holds(desk: Desk, linked: Path) -> None:
    put(desk, "policy.modes", {"external-link": "shadow"})
    done = command("check", "--as-filed", "--json", "--config", desk.file, linked)
    assert (done.status, done.rows[0]["action"]) == (1, "reject")


def test_an_edition_that_is_asked_for_wins_over_the_site(desk: Desk, linked: Path) -> None:
    put(desk, "policy.edition", "amazon-2020-11")
    done = command("check", "--edition", "amazon-2018-10", "--json", "--config", desk.file, linked)
    assert done.rows[0]["edition"] == "amazon-2018-10"


def test_without_a_store_nothing_is_made_and_nothing_said(desk: Desk, linked: Path) -> None:
    done = command("check", "--json", "--config", desk.file, linked)
    assert (done.status, done.err, desk.path.exists()) == (1, "", False)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("policy.modes", {"no-such-rule": "off"}, "no-such-rule"),
        ("policy.actions", "nonsense", "policy.actions"),
    ],
)
def test_what_does_not_fit_any_more_is_said_and_left_out(
    desk: Desk, linked: Path, name: str, value: object, said: str
) -> None:
    put(desk, name, value)
    done = command("check", "--json", "--config", desk.file, linked)
    assert (done.status, done.rows[0]["action"]) == (1, "reject")
    assert said in done.err


def test_a_store_that_can_not_be_read_is_said(desk: Desk, linked: Path) -> None:
    desk.path.write_bytes(b"no database at all" * 100)
    done = command("check", "--json", "--config", desk.file, linked)
    assert "the file alone holds" in done.err
    assert len(done.rows) == 1


def test_the_rules_are_listed_as_they_are_in_force(desk: Desk) -> None:
    put(desk, "policy.modes", {"external-link": "shadow"})
    rows = command("policy", "list", "--json", "--config", desk.file).rows
    assert {row["mode"] for row in rows if row["category"] == "external-link"} == {"shadow"}


def allow(desk: Desk, *, sender: str = "", account: str = "") -> None:
    now = SystemClock().now()
    until = now + timedelta(days=7)
    made = Allowance(
        "x1",
        "p1-external-link",
        reason="agreed",
        by="ada",
        at=now,
        until=until,
        sender=sender,
        account=account,
    )

    async def work(store: Store) -> None:
        await store.allowances.allow(made)

    desk.do(work)


def test_an_exception_made_on_the_site_holds_for_a_check(desk: Desk, linked: Path) -> None:
    allow(desk, sender="@shop.example")
    (row,) = command("check", "--json", "--config", desk.file, linked).rows
    assert row["action"] == "relay"
    (found,) = [each for each in row["findings"] if each["rule"] == "p1-external-link"]
    assert found["mode"] == "shadow"


def test_an_exception_holds_within_its_scope_only(desk: Desk, linked: Path) -> None:
    allow(desk, account="shop1")
    check = ("check", "--json", "--config", desk.file)
    assert command(*check, linked).rows[0]["action"] == "reject"
    assert command(*check, "--account", "shop1", linked).rows[0]["action"] == "relay"


def test_told_so_no_exception_counts(desk: Desk, linked: Path) -> None:
    allow(desk, sender="help@shop.example")
    done = command("check", "--as-filed", "--json", "--config", desk.file, linked)
    assert (done.status, done.rows[0]["action"]) == (1, "reject")

from __future__ import annotations

from pathlib import Path

import pytest

from gatepost.model import OrderId
from kit.command import Done, command
from kit.desk import Desk
from kit.messages import ORDER
from kit.stores import relayed

OTHER = "028-7654321-7654321"


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def asked(desk: Desk) -> Desk:
    desk.do(lambda store: relayed(store, "m1", orders=[OrderId(ORDER)]))
    return desk


def run(desk: Desk, *arguments: str | Path) -> Done:
    return command("reviews", *arguments, "--config", desk.file)


def test_the_ledger_is_listed_by_the_contract(asked: Desk) -> None:
    done = run(asked, "list", "--json")
    (row,) = done.rows
    assert list(row) == ["order_id", "state", "message_id", "at"]
    assert (row["order_id"], row["state"], row["message_id"]) == (ORDER, "confirmed", "m1")
    assert row["at"].endswith("Z")


def test_the_list_can_be_narrowed_to_a_state(asked: Desk) -> None:
    assert len(run(asked, "list", "--state", "confirmed", "--json").rows) == 1
    assert run(asked, "list", "--state", "granted", "--json").rows == []
    done = run(asked, "list", "--state", "sent")
    assert done.status == 2
    assert "reserved, confirmed" in done.err


def test_pages_of_the_ledger_follow_each_other(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gatepost.cli.reviews.PAGE", 2)
    orders = [f"112-1234567-000000{number}" for number in range(5)]
    (tmp_path / "orders.txt").write_text("\n".join(orders))
    assert run(desk, "import", tmp_path / "orders.txt").out == "5 added, 0 known already\n"
    assert sorted(row["order_id"] for row in run(desk, "list", "--json").rows) == orders


def test_one_order_tells_its_story(asked: Desk) -> None:
    (row,) = run(asked, "show", ORDER, "--json").rows
    assert [step["state"] for step in row["steps"]] == ["reserved", "confirmed"]
    assert row["messages"] == ["m1"]
    out = run(asked, "show", ORDER).out
    assert out.startswith(f"{ORDER}: confirmed")


def test_an_order_that_never_asked_says_so(asked: Desk) -> None:
    done = run(asked, "show", OTHER)
    assert (done.status, done.err) == (1, f"gatepost: order {OTHER} has had no review request\n")


def test_a_grant_allows_another_request_and_needs_a_reason(asked: Desk) -> None:
    assert run(asked, "grant", ORDER).status == 2
    assert run(asked, "grant", ORDER, "--reason", "bounced at the buyer").out == f"{ORDER}: granted\n"
    assert [row["state"] for row in run(asked, "list", "--json").rows] == ["granted"]
    assert run(asked, "grant", ORDER, "--reason", "again").status == 1


def test_an_import_leaves_what_is_known(asked: Desk, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(f"order-id,date\n{ORDER},2026-01-01\n{OTHER},2026-01-01\n")
    assert run(asked, "import", tmp_path / "orders.csv", "--json").rows == [{"added": 1, "known": 1}]
    rows = {row["order_id"]: row for row in run(asked, "list", "--json").rows}
    assert rows[ORDER]["message_id"] == "m1"
    assert rows[OTHER] == {
        "order_id": OTHER,
        "state": "confirmed",
        "message_id": None,
        "at": "2026-01-01T00:00:00Z",
    }


def test_an_import_with_a_wrong_line_imports_nothing(asked: Desk, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text(f"{OTHER}\nnonsense\n")
    done = run(asked, "import", tmp_path / "orders.csv")
    assert done.status == 2
    assert "orders.csv:2: not an order ID" in done.err
    assert len(run(asked, "list", "--json").rows) == 1

"""`gatepost orders …` on files and a store of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit import orderfiles
from kit.command import command as run


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "gatepost.yaml"
    path.write_text(f"store: {{path: {tmp_path}/g.db}}\n", encoding="utf-8")
    return path


def test_orders_are_imported_and_shown(tmp_path: Path, config: Path) -> None:
    file = orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, [orderfiles.order()])
    done = run("orders", "import", str(file), "--config", str(config), "--json")
    assert done.status == 0
    assert json.loads(done.out) == {
        "file": str(file), "kind": "orders", "rows": 1, "bad": 0, "aside": None, "imported_before": None,
    }  # fmt: skip
    shown = run("orders", "show", orderfiles.ORDER, "--config", str(config), "--json")
    assert json.loads(shown.out)["items"] == [
        {"name": "Brass lamp", "sku": "LAMP-1", "quantity": 2, "shipped": 0}
    ]


def test_the_same_file_twice_changes_nothing(tmp_path: Path, config: Path) -> None:
    file = orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, [orderfiles.order()])
    run("orders", "import", str(file), "--config", str(config))
    again = run("orders", "import", str(file), "--config", str(config))
    assert (again.status, "nothing changed" in again.out) == (0, True)
    listed = run("orders", "list", "--config", str(config), "--json")
    assert len(listed.out.splitlines()) == 1


def test_bad_rows_are_told_and_put_aside(tmp_path: Path, config: Path) -> None:
    rows = [orderfiles.order(), orderfiles.order(order_id="12", order_item_id="2")]
    file = orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, rows)
    done = run("orders", "import", str(file), "--config", str(config))
    assert done.status == 1
    assert "line 3: order-id" in done.out
    assert (tmp_path / "o.txt.bad").read_text("utf-8").splitlines()[1].startswith("3\torder-id")


def test_a_file_that_is_no_report_is_named_and_the_others_count(tmp_path: Path, config: Path) -> None:
    wrong = tmp_path / "x.txt"
    wrong.write_text("hello\n", encoding="utf-8")
    file = orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, [orderfiles.order()])
    done = run("orders", "import", str(wrong), str(file), "--config", str(config))
    assert (done.status, "not a report that is known" in done.err, "1 rows" in done.out) == (1, True, True)


def test_a_file_with_no_good_row_leaves_nothing_behind(tmp_path: Path, config: Path) -> None:
    file = orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, [orderfiles.order(order_id="12")])
    assert run("orders", "import", str(file), "--config", str(config)).status == 1
    assert run("orders", "list", "--config", str(config), "--json").out == ""


def test_mails_are_checked_against_what_was_imported(tmp_path: Path, config: Path) -> None:
    file = orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, [orderfiles.order()])
    run("orders", "import", str(file), "--config", str(config))
    mail = tmp_path / "m.eml"
    head = (
        f"From: s@shop.example\nTo: {orderfiles.BUYER}\nSubject: Re: Order {{}}\n\nYour lamp is repaired.\n"
    )
    mail.write_text(head.format(orderfiles.OTHER), encoding="utf-8")
    checked = json.loads(run("check", str(mail), "--config", str(config), "--json").out)
    assert [finding["category"] for finding in checked["findings"]] == ["wrong-order-id"]
    mail.write_text(head.format(orderfiles.ORDER), encoding="utf-8")
    assert run("check", str(mail), "--config", str(config)).status == 0


def test_a_buyer_is_stopped_and_goes_again(config: Path) -> None:
    assert run("orders", "stop", orderfiles.BUYER, "--reason", "asked", "--config", str(config)).status == 0
    assert run("orders", "go", orderfiles.BUYER, "--config", str(config)).status == 0
    assert run("orders", "go", orderfiles.BUYER, "--config", str(config)).status == 1


def test_an_order_that_nobody_knows_is_said(config: Path, tmp_path: Path) -> None:
    file = orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, [orderfiles.order()])
    run("orders", "import", str(file), "--config", str(config))
    assert run("orders", "show", orderfiles.OTHER, "--config", str(config)).status == 1

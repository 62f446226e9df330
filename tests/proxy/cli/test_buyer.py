from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gatepost.model import OrderId
from kit import orderfiles, postgres
from kit.command import Done, command
from kit.desk import Desk
from kit.messages import BUYER, ORDER
from kit.stores import held, opened, relayed


@pytest.fixture(scope="module", autouse=True)
def _server() -> Iterator[None]:
    yield
    postgres.end_shared()


@pytest.fixture(params=["file", "server"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Desk:
    return Desk(tmp_path, url=postgres.shared().new() if request.param == "server" else "")


def run(desk: Desk, *arguments: str | Path) -> Done:
    return command("buyer", *arguments, "--config", desk.file)


def test_a_buyer_is_erased_and_their_order_stays_spent(desk: Desk) -> None:
    desk.do(lambda store: relayed(store, "m1", orders=[OrderId(ORDER)]))
    desk.do(lambda store: held(store, "m2"))
    done = run(desk, "erase", BUYER, "--json")
    told = {"messages": 2, "captures": 0, "orders": 0, "in_flight": 0, "files": 0, "left": []}
    assert (done.status, done.rows) == (0, [told])
    (claim,) = command("reviews", "list", "--json", "--config", desk.file).rows
    assert (claim["order_id"], claim["state"]) == (ORDER, "confirmed")
    shown = command("quarantine", "show", "m2", "--json", "--config", desk.file)
    assert BUYER not in shown.out
    assert shown.rows[0]["state"] == "rejected"


def test_the_trail_says_who_erased_but_not_whom(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1"))
    assert run(desk, "erase", f"<{BUYER}>").out == "erased: 1 messages, 0 captured mails, data of 0 orders\n"
    (deed, *_) = desk.do(lambda store: store.audit.list())
    assert (deed.what, deed.details) == ("buyer.erased", {"messages": "1", "captures": "0", "orders": "0"})
    assert deed.by.endswith("(command line)")
    assert BUYER not in str(deed)


def test_mail_in_flight_is_said_with_the_exit_status(tmp_path: Path) -> None:
    desk = Desk(tmp_path, url=postgres.shared().new())  # a file's dead owner would be known at once
    desk.do(lambda store: opened(store, "m1"))
    done = run(desk, "erase", BUYER)
    assert done.status == 1
    assert "1 mails are in flight" in done.err


def test_files_that_were_put_aside_and_name_them_are_deleted(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    desk.configure(f"orders: {{watch: {tmp_path}}}\n")
    desk.do(lambda store: held(store, "m1"))
    (tmp_path / "done").mkdir()
    aside = tmp_path / "done" / "20261123T090000.000000Z-o.txt"
    aside.write_text(BUYER)
    (tmp_path / "done" / "20261123T090000.000000Z-odd").mkdir()
    done = run(desk, "erase", BUYER)
    assert (done.status, aside.exists()) == (1, False)
    assert "1 files of the watched folder that named them are deleted" in done.out
    assert "not searched: " in done.err


def test_an_unknown_buyer_is_no_error(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1"))
    done = run(desk, "erase", "nobody@marketplace.amazon.com")
    assert (done.status, done.out) == (0, "erased: 0 messages, 0 captured mails, data of 0 orders\n")


@pytest.mark.parametrize("address", ["", "buyer", "a@b\n", "x" * 400 + "@y.example"])
def test_what_is_no_address_is_refused(tmp_path: Path, address: str) -> None:
    done = run(Desk(tmp_path), "erase", "--", address)
    assert done.status == 2


def test_without_a_store_nothing_is_made(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    done = run(desk, "erase", BUYER)
    assert done.status == 1
    assert "there is no store" in done.err
    assert not desk.path.exists()


def test_a_buyer_is_shown_whole(desk: Desk, tmp_path: Path) -> None:
    file = orderfiles.write(tmp_path / "o.txt", orderfiles.UNSHIPPED, [orderfiles.order(buyer_email=BUYER)])
    command("orders", "import", file, "--config", desk.file)
    desk.do(lambda store: relayed(store, "m1", orders=[OrderId(ORDER)]))
    command("orders", "stop", BUYER, "--reason", "asked us to", "--config", desk.file)
    assert run(desk, "show", BUYER.upper(), "--json").rows == [
        {
            "address": BUYER,
            "stopped": True,
            "orders": [{"order_id": ORDER, "state": "confirmed"}],
            "messages": [{"id": "m1", "state": "relayed", "subject": f"Order {ORDER}"}],
        }
    ]
    shown = run(desk, "show", BUYER).out
    assert f"{BUYER}: wants no more mail\norder {ORDER}: review request confirmed\n" in shown


def test_of_a_stranger_there_is_nothing_to_show(desk: Desk) -> None:
    desk.do(lambda store: held(store, "m1"))
    assert run(desk, "show", f"x{BUYER}").out == f"x{BUYER}\n"

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml

from gatepost.store import Store
from kit.arrivals import AMAZON, ORDER, SHOP, arriving, sealed, signed
from kit.command import command
from kit.dns import name_server
from kit.ports import StillClock

TEXT = "When does my lamp arrive?"


def put(folder: Path, name: str, sender: str) -> Path:
    path = folder / name
    path.write_text(f"From: {sender}\nSubject: Order\n\n{TEXT}\n", encoding="utf-8")
    return path


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A configuration with a store that is there."""
    path = tmp_path / "var" / "gatepost.db"

    async def make() -> None:
        await (await Store.open(path, clock=StillClock())).close()

    asyncio.run(make())
    file = tmp_path / "gatepost.yaml"
    file.write_text(yaml.safe_dump({"store": {"path": str(path)}}), encoding="utf-8")
    return file


def test_what_is_suspicious_is_told(tmp_path: Path) -> None:
    put(tmp_path, "a.eml", "Amazon <help@amazon-support.example>")
    put(tmp_path, "b.eml", "Ann <k3v9x2m7q4w8z1p@marketplace.amazon.com>")
    done = command("inbound", "check", "--no-dns", "--json", tmp_path)
    assert done.status == 1
    assert [row["action"] for row in done.rows] == ["quarantine", "relay"]
    assert done.rows[0]["findings"][0]["category"] == "suspicious-inbound"
    assert done.rows[1]["authentic"] is None


def test_people_are_told_in_words(tmp_path: Path) -> None:
    done = command("inbound", "check", "--no-dns", put(tmp_path, "a.eml", "Amazon <x@amazon-help.example>"))
    assert "suspicious" in done.out
    assert "a2-sender (A2)" in done.out


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    assert command("inbound", "check", "--no-dns", tmp_path / "none.eml").status == 2


def test_the_letter_of_2018_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "a.eml"
    file.write_bytes(arriving("Ann <k3v9x2m7q4w8z1p@marketplace.amazon.com>", html="<p>Hello</p>"))
    assert command("inbound", "check", "--no-dns", file).status == 0
    done = command("inbound", "check", "--no-dns", "--strict", "--json", file)
    assert [found["rule"] for found in done.rows[0]["findings"]] == ["a1-plain-text"]


async def test_signatures_and_chains_are_checked_by_the_configured_name_server(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(signed(arriving()))
    (tmp_path / "b.eml").write_bytes(sealed(signed(arriving()) + b"-- list\r\n"))
    notice = arriving(AMAZON, f"Order {ORDER}: your message was blocked.", to=SHOP)
    (tmp_path / "c.eml").write_bytes(signed(notice))
    async with name_server("amazon.com", "forwarder.example") as server:
        file = tmp_path / "gatepost.yaml"
        settings = {"name_server": server.address, "trusted_forwarders": ["forwarder.example"]}
        file.write_text(yaml.safe_dump({"inbound": settings}), encoding="utf-8")
        mails = sorted(tmp_path.glob("*.eml"))
        done = await asyncio.to_thread(command, "inbound", "check", "--json", "--config", file, *mails)
    assert done.status == 0
    assert [row["proof"] for row in done.rows] == [
        "dkim amazon.com",
        "arc forwarder.example",
        "dkim amazon.com",
    ]
    assert [row["news"] for row in done.rows] == ["", "", "blocked"]


def test_the_breaker_is_tripped_shown_and_reset_with_a_reason(config: Path) -> None:
    asked = ("--config", config)
    assert command("inbound", "breaker", *asked).status == 0
    assert command("inbound", "reset", "--reason", "over", *asked).status == 1
    assert command("inbound", "trip", *asked).status == 2
    assert command("inbound", "trip", "--reason", "seen in Seller Central", *asked).status == 0
    shown = command("inbound", "breaker", *asked)
    assert shown.status == 1
    assert "seen in Seller Central" in shown.out
    (row,) = command("inbound", "breaker", "--json", *asked).rows
    assert (row["tripped"], row["reason"]) == (True, "seen in Seller Central")
    assert command("inbound", "reset", *asked).status == 2
    assert command("inbound", "reset", "--reason", "Amazon lifted it", *asked).status == 0
    assert command("inbound", "breaker", *asked).status == 0
    assert command("audit", "verify", *asked).status == 0


async def test_what_came_back_is_listed(config: Path) -> None:
    from gatepost.ports import About

    path = Path(yaml.safe_load(config.read_text(encoding="utf-8"))["store"]["path"])
    async with await Store.open(path, clock=StillClock()) as store:
        about = About(order=ORDER)
        id = await store.come_back.note(
            "n1", kind="opt-out", proof="dkim amazon.com", about=about, status="", words="opted out"
        )
        await store.come_back.done(id, "put the order on the stop list")
    done = await asyncio.to_thread(command, "inbound", "news", "--json", "--config", config)
    (row,) = done.rows
    assert (row["kind"], row["order_id"], row["done"]) == ("opt-out", ORDER, "put the order on the stop list")
    assert ORDER in (await asyncio.to_thread(command, "inbound", "news", "--config", config)).out

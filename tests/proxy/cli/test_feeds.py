"""`gatepost feeds …` on a store of its own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gatepost.feeds.reading import recognise, rows
from kit.command import command
from kit.orderfiles import ORDER

SHIP = (
    "feeds",
    "shipment",
    ORDER,
    "--carrier",
    "UPS",
    "--tracking",
    "1Z12345E0205271688",
    "--date",
    "2026-11-19",
)
PAY = (
    "feeds",
    "adjustment",
    ORDER,
    "--item",
    "12345678901234",
    "--reason",
    "CustomerReturn",
    "--currency",
    "usd",
)


@pytest.fixture
def config(tmp_path: Path) -> tuple[str, str]:
    path = tmp_path / "gatepost.yaml"
    path.write_text(f"store: {{path: {tmp_path}/g.db}}\n", encoding="utf-8")
    return "--config", str(path)


@pytest.mark.parametrize("form", [(), ("--xml",)])
def test_a_shipment_goes_out_once(tmp_path: Path, config: tuple[str, str], form: tuple[str, ...]) -> None:
    assert command(*SHIP, *config).status == 0
    out = tmp_path / "feed"
    write = ("feeds", "write", "shipping-confirmation", *form, *config, "--json")
    assert json.loads(command(*write, "--out", out).out)["entries"] == 1
    assert len(list(rows(recognise(out)))) == 1
    second = json.loads(command(*write, "--out", tmp_path / "second").out)
    assert (second["entries"], second["file"], (tmp_path / "second").exists()) == (0, None, False)


def test_a_file_that_is_there_is_not_overwritten(tmp_path: Path, config: tuple[str, str]) -> None:
    command(*SHIP, *config)
    out = tmp_path / "feed"
    out.write_text("mine", encoding="utf-8")
    done = command("feeds", "write", "shipping-confirmation", "--out", out, *config)
    assert (done.status, out.read_text("utf-8")) == (1, "mine")
    again = json.loads(
        command("feeds", "write", "shipping-confirmation", "--out", tmp_path / "b", *config, "--json").out
    )
    assert again["entries"] == 1


def test_again_is_asked_for_by_the_file(tmp_path: Path, config: tuple[str, str]) -> None:
    command(*SHIP, *config)
    out = tmp_path / "feed"
    write = ("feeds", "write", "shipping-confirmation", *config)
    command(*write, "--out", out)
    first = out.read_bytes()
    out.unlink()
    done = command(*write, "--again", out)
    assert ("written again" in done.out, out.read_bytes()) == (True, first)
    assert command(*write, "--again", tmp_path / "other").status == 1


def test_an_adjustment_carries_its_reason_and_sums(tmp_path: Path, config: tuple[str, str]) -> None:
    assert command(*PAY, "--item-price", "24.50", "--shipping", "3", *config).status == 0
    out = tmp_path / "feed"
    command("feeds", "write", "order-adjustments", "--out", out, *config)
    assert out.read_text("utf-8").splitlines()[1].split("\t")[2:7] == [
        "CustomerReturn",
        "USD",
        "24.50",
        "",
        "3",
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        (*PAY,),
        (*PAY, "--item-price", "free"),
        (*PAY[:5], "--reason", "Sorry", "--currency", "USD", "--item-price", "1"),
        ("feeds", "shipment", "112", "--carrier", "UPS"),
        (*SHIP[:-1], "soon"),
    ],
)
def test_what_makes_no_sense_is_refused(config: tuple[str, str], wrong: tuple[str, ...]) -> None:
    assert command(*wrong, *config).status == 2


def test_feeds_and_mails_are_compared(config: tuple[str, str]) -> None:
    command(*SHIP, *config)
    done = command("feeds", "check", *config, "--json")
    assert (done.status, done.rows) == (1, [{"order_id": ORDER, "problem": "in a feed, no mail"}])

"""`gatepost compose` on imported orders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kit import orderfiles
from kit.command import command
from kit.orderfiles import ORDER


@pytest.fixture
def config(tmp_path: Path) -> tuple[str, str]:
    path = tmp_path / "gatepost.yaml"
    path.write_text(
        f"store: {{path: {tmp_path}/g.db}}\nletters: {{from_address: s@shop.example, seller: Lamps & Co}}\n",
        encoding="utf-8",
    )
    row = orderfiles.order(quantity_shipped="2")
    command(
        "orders", "import", orderfiles.write(tmp_path / "o", orderfiles.UNSHIPPED, [row]), "--config", path
    )
    return "--config", str(path)


def test_a_shipment_confirmation_is_made_of_what_is_on_record(
    tmp_path: Path, config: tuple[str, str]
) -> None:
    ship = ("feeds", "shipment", ORDER, "--carrier", "UPS", "--tracking", "1Z999AA10123456784")
    assert command(*ship, *config).status == 0
    out = tmp_path / "m.eml"
    made = command(
        "compose", "shipment-confirmation", ORDER, "--delivery", "2026-11-27", "--out", out, *config
    )
    assert made.status == 0
    assert b"1Z999AA10123456784" in out.read_bytes()
    assert command("check", out, *config).status == 0


def test_the_language_is_chosen(config: tuple[str, str]) -> None:
    made = command("compose", "review-request", ORDER, "--language", "de", *config, "--json")
    assert json.loads(made.out)["language"] == "de"
    assert "Bewertung" in json.loads(made.out)["text"]


def test_what_is_not_on_record_is_named(config: tuple[str, str]) -> None:
    made = command("compose", "shipment-confirmation", ORDER, *config)
    assert (made.status, "gatepost feeds shipment" in made.err) == (1, True)


def test_an_order_that_nobody_knows_is_said(config: tuple[str, str]) -> None:
    assert command("compose", "review-request", orderfiles.OTHER, *config).status == 1


def test_a_letter_that_breaks_a_rule_is_not_written(tmp_path: Path, config: tuple[str, str]) -> None:
    folder = tmp_path / "own"
    folder.mkdir()
    words = "Order $order: please leave us a 5 star review on Amazon."
    (folder / "en.yaml").write_text(
        f'review-request: {{subject: "$order", text: "{words}"}}\n', encoding="utf-8"
    )
    own = tmp_path / "own.yaml"
    own.write_text(f"store: {{path: {tmp_path}/g.db}}\nletters: {{folder: {folder}}}\n", encoding="utf-8")
    out = tmp_path / "m.eml"
    made = command(
        "compose", "review-request", ORDER, "--from", "s@shop.example", "--out", out, "--config", own
    )
    assert (made.status, out.exists()) == (1, False)
    assert "d4c-positive-only" in made.out


@pytest.mark.parametrize("wrong", [("--delivery", "soon"), ("--amount", "free"), ("--language", "xx")])
def test_what_makes_no_sense_is_refused(config: tuple[str, str], wrong: tuple[str, str]) -> None:
    assert command("compose", "review-request", ORDER, *wrong, *config).status == 2


def test_without_a_gateway_nothing_is_sent(tmp_path: Path, config: tuple[str, str]) -> None:
    path = Path(config[1])
    path.write_text(
        path.read_text("utf-8") + 'smtp: {listeners: [{address: "127.0.0.1:1"}]}\n', encoding="utf-8"
    )
    made = command("compose", "review-request", ORDER, "--send", *config)
    assert (made.status, "is the gateway running" in made.err) == (1, True)

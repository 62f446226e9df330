"""Order data in a real gateway: from a watched folder and the API into judging, and from mail into a feed."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import httpx

from gatepost.feeds.reading import recognise, rows
from gatepost.letters import LetterKind
from gatepost.orderdata import ShipmentLine
from kit import shop
from kit.gateway import Gateway
from kit.shop import MARKETS, Sale
from kit.smtp_sink import Sink
from kit.submit import submit

GERMAN, JAPANESE = Sale(MARKETS["de"], 3), Sale(MARKETS["jp"], 4)


def config(folder: Path) -> dict[str, object]:
    folder.mkdir()
    return {
        "orders": {"watch": str(folder), "watch_seconds": 0.3, "shipments_from_mail": True},
        "letters": {"from_address": "s@shop.example", "seller": "Lamps & Co"},
    }


async def answered(gateway: Gateway, sale: Sale, kind: LetterKind) -> int:
    code, _ = await submit(gateway.port, sale.mail(kind), sender="s@shop.example", to=[sale.buyer])
    return code


async def test_what_is_put_into_the_folder_is_judged_by_and_mails_become_a_feed(tmp_path: Path) -> None:
    folder = tmp_path / "reports"
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port, config=config(folder)) as gateway:
        shop.report(folder / ".orders.txt", [GERMAN]).rename(folder / "orders.txt")
        async with asyncio.timeout(60):
            while not list((folder / "done").glob("*.report.json")):
                await asyncio.sleep(0.05)
        [report] = (folder / "done").glob("*.report.json")
        own = await answered(gateway, GERMAN, LetterKind.SHIPMENT)
        strangers = await answered(gateway, JAPANESE, LetterKind.SHIPMENT)
        out = tmp_path / "ship.txt"
        async with asyncio.timeout(60):
            while not out.exists():  # the mail is read behind its answer
                await gateway.run("feeds", "write", "shipping-confirmation", "--out", str(out))
    assert json.loads(report.read_text("utf-8"))["rows"] == 1
    assert (own, strangers) == (250, 550)
    [line] = rows(recognise(out))
    assert isinstance(line, ShipmentLine)
    assert (line.order, line.carrier, line.number) == (GERMAN.order, "UPS", GERMAN.tracking)


async def test_a_program_imports_a_report_and_has_a_letter_sent(tmp_path: Path) -> None:
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port, config=config(tmp_path / "in")) as gateway:
        await gateway.run(
            "user", "add", "root", "--role", "admin", "--password-stdin", input=b"correct horse\n"
        )
        _, secret, _ = await gateway.run("token", "add", "root", "--scope", "review")
        body = shop.report(tmp_path / "o.txt", [JAPANESE]).read_bytes()
        letter = {"letter": "review-request", "order_id": JAPANESE.order, "send": True}
        headers = {"authorization": f"Bearer {secret.strip()}"}
        async with httpx.AsyncClient(
            base_url=f"{gateway.site}/api/v1/", headers=headers, timeout=60
        ) as client:
            tsv = {"content-type": "text/tab-separated-values"}
            imported = (await client.post("imports?name=o.txt", content=body, headers=tsv)).json()
            first = (await client.post("letters", json=letter)).json()
            second = (await client.post("letters", json=letter | {"html": True})).json()
        claims = await gateway.json("reviews", "list")
    assert imported["rows"] == 1
    assert (first["language"], first["answer"], second["answer"]) == ("ja", "relayed", "refused")
    assert [(each["order_id"], each["state"]) for each in claims] == [(JAPANESE.order, "confirmed")]

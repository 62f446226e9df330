"""Pictures through a whole gateway: the first one after a start is answered in time, and truly."""

from __future__ import annotations

from email.message import EmailMessage
from pathlib import Path

import pytest

pytest.importorskip("rapidocr", reason="gatepost[vision] is not installed")

from kit import pictures
from kit.gateway import Gateway
from kit.messages import BUYER
from kit.smtp_sink import Sink
from kit.submit import submit

CONFIG = {
    "vision": {"warm": True, "seconds": 55},
    "policy": {"judge_seconds": 58},
    "smtp": {"times": {"reply_seconds": 60}},
}


def with_picture(content: bytes) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "help@shop.example", BUYER, "Order 112-1234567-1234567"
    mail.set_content("Your lamp has been repaired and is on its way back to you.")
    mail.add_attachment(content, maintype="image", subtype="png", filename="logo.png")
    return mail.as_bytes()


async def test_the_first_pictures_after_a_start_are_judged(tmp_path: Path) -> None:
    async with Sink() as sink, Gateway(tmp_path, relay=sink.port, config=CONFIG) as gateway:
        clean = await submit(gateway.port, with_picture(pictures.picture("Lamp Shop")))
        shown = await submit(gateway.port, with_picture(pictures.picture("www.lampshop.com")))
    assert clean[0] == 250
    assert "Held" not in clean[1]
    assert shown[0] == 550
    assert "p3-linked-logo" in shown[1]
    assert len(sink.received) == 1

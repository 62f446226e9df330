"""Whole mails and all that is read of them; `make golden` writes the expectations anew."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from gatepost_policies.facts import read
from gatepost_policies.model import Reading, Span

FOLDER = Path(__file__).parents[1] / "corpus" / "reading"
MAILS = sorted(FOLDER.glob("*.eml"))


def told(reading: Reading) -> dict[str, Any]:
    """A reading as plain values, each fact by the words it stands for."""
    mail, facts = reading.mail, reading.facts

    def words(span: Span | None) -> str:
        return mail.passages[span.passage].text[span.start : span.end] if span else ""

    return {
        "subject": mail.subject,
        "defects": list(mail.defects),
        "passages": {
            f"{number} {passage.label}": [
                [stretch.section.value, passage.text[stretch.start : stretch.end]]
                for stretch in passage.stretches
            ]
            for number, passage in enumerate(mail.passages)
        },
        "links": [[link.kind.value, link.host, link.url, link.shown, link.image] for link in mail.links],
        "images": [
            [image.src, image.alt, image.linked_to, image.width, image.digest[:8]] for image in mail.images
        ],
        "hidden": [[hidden.how.value, hidden.text] for hidden in mail.hidden],
        "attachments": [
            [file.name, file.content_type, file.detected_type, file.path] for file in mail.attachments
        ],
        "order_ids": [order.id for order in facts.order_ids],
        "tracking": [[one.number, one.carrier, one.valid] for one in facts.tracking],
        "carriers": [[name.carrier, words(name.span)] for name in facts.carriers],
        "days": [[str(day.first), str(day.last), words(day.span)] for day in facts.days],
        "amounts": [[str(amount.value), amount.currency, words(amount.span)] for amount in facts.amounts],
        "items": [[item.name, item.quantity] for item in facts.items],
        "addresses": [words(span) for span in facts.addresses],
        "emails": [words(span) for span in facts.emails],
        "phones": [words(span) for span in facts.phones],
    }


@pytest.mark.parametrize("path", MAILS, ids=[path.stem for path in MAILS])
def test_a_whole_mail_is_read_as_written_down(path: Path) -> None:
    found = told(read(path.read_bytes()))
    expected = path.with_suffix(".json")
    if os.environ.get("GATEPOST_WRITE_GOLDEN"):
        expected.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    assert found == json.loads(expected.read_text(encoding="utf-8"))


def test_there_are_mails() -> None:
    assert MAILS

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from gatepost.config.schema import Notices, Webhook
from kit.messages import BUYER

HOOK = {"name": "chat", "url": "https://chat.example/x", "secret_file": Path("/s")}


@pytest.mark.parametrize(
    "given",
    [
        {"reviewers": [BUYER]},
        {"reviewers": ["rita"]},
        {"reviewers": ["a@b\r\nBcc: c@d"]},
        {"from_address": BUYER},
        {"digest_at": ["7:00"]},
        {"digest_at": ["24:00"]},
        {"time_zone": "Europe/Nowhere"},
        {"time_zone": "../../etc/passwd"},
        {"alarm_hours": [0]},
        {"webhooks": [HOOK, HOOK]},
    ],
)
def test_what_can_not_be_meant_is_refused(given: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Notices.model_validate(given)


@pytest.mark.parametrize(
    "url",
    [
        "http://chat.example/x",
        "ftp://chat.example/x",
        "https://user:secret@chat.example/x",
        "https:///x",
        "chat.example",
    ],
)
def test_a_webhook_goes_over_tls_and_holds_no_password(url: str) -> None:
    with pytest.raises(ValidationError, match="https"):
        Webhook.model_validate({**HOOK, "url": url})


def test_a_webhook_on_this_machine_needs_no_tls() -> None:
    assert Webhook.model_validate({**HOOK, "url": "http://127.0.0.1:9/x"}).events[0] == "held"


def test_what_the_sender_is_told_is_told_only_when_notices_are_on() -> None:
    assert Notices(enabled=True).tells("held")
    assert not Notices().tells("held")
    assert not Notices(enabled=True, sender=("held",)).tells("rejected")


def test_a_zone_is_known_by_its_name() -> None:
    assert Notices(time_zone="Europe/Berlin").time_zone == "Europe/Berlin"

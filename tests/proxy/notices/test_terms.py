from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from gatepost.config.schema import Notices as Settings
from gatepost.model import MessageState
from gatepost.notices.terms import Terms, last_slot
from kit.telling import ON, SITE

BERLIN = ZoneInfo("Europe/Berlin")


def test_the_sender_is_told_what_the_settings_name() -> None:
    terms = Terms(ON, "gate.example", SITE)

    assert terms.tells_sender(MessageState.HELD)
    assert not terms.tells_sender(MessageState.BOUNCED)
    assert not Terms(Settings(), "gate.example", SITE).tells_sender(MessageState.HELD)


def test_notices_come_from_the_gateways_postmaster_unless_said_otherwise() -> None:
    own = ON.model_copy(update={"from_address": "gate@shop.example"})

    assert Terms(ON, "gate.example", SITE).sender == "postmaster@gate.example"
    assert Terms(own, "gate.example", SITE).sender == "gate@shop.example"


@pytest.mark.parametrize(
    ("now", "slot"),
    [
        ("2026-11-23T06:00", "2026-11-23T06:00"),  # 07:00 in Berlin
        ("2026-11-23T05:59", None),
        ("2026-11-23T17:59", "2026-11-23T06:00"),
        ("2026-11-23T18:00", None),  # missed by half a day: the next one comes soon
        ("2026-07-01T05:10", "2026-07-01T05:00"),  # summer time
    ],
)
def test_a_digest_is_due_from_its_time_on_and_not_for_ever(now: str, slot: str | None) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=UTC)

    assert last_slot(at, ["07:00"], BERLIN) == (
        datetime.fromisoformat(slot).replace(tzinfo=UTC) if slot else None
    )


def test_of_several_times_the_latest_counts() -> None:
    at = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)

    assert last_slot(at, ["07:00", "13:00", "19:00"], UTC) == datetime(2026, 11, 23, 13, 0, tzinfo=UTC)

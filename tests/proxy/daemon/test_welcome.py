"""What a person reads at the first start."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from gatepost.daemon.welcome import Places, welcome

PLACES = Places(
    smtp=[("127.0.0.1", 2525)],
    site="http://127.0.0.1:8025",
    store="var/gatepost.db",
    relay="",
    edition="amazon-2018-10",
    admin=("admin", "s3cret"),
)


def test_it_says_where_everything_is(tmp_path: Path) -> None:
    text = welcome(PLACES, tmp_path)
    for place in ("127.0.0.1:2525", "http://127.0.0.1:8025", "amazon-2018-10", "var/gatepost.db"):
        assert place in text


def test_the_one_time_password_is_said_on_the_first_start_only(tmp_path: Path) -> None:
    assert "admin / s3cret" in welcome(PLACES, tmp_path)
    assert "First login" not in welcome(replace(PLACES, admin=None), tmp_path)


def test_it_gives_the_commands_that_send_both_mails() -> None:
    text = welcome(PLACES, Path(__file__).parents[3] / "docs" / "examples")
    assert "send.py" in text
    assert "compliant.eml" in text
    assert "refused.eml" in text


def test_on_another_port_the_commands_name_it() -> None:
    there = replace(PLACES, smtp=[("127.0.0.1", 2600)])
    assert ".eml 127.0.0.1:2600" in welcome(there, Path(__file__).parents[3] / "docs" / "examples")

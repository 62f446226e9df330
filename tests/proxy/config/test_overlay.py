from __future__ import annotations

from typing import Any

import pytest

from gatepost.config import Config
from gatepost.config.overlay import SETTABLE, overlaid, value_of, with_setting
from gatepost.config.schema import Policy, Relay
from gatepost.errors import ConfigError
from kit.messages import BUYER


def test_every_settable_key_is_one_and_takes_its_own_value() -> None:
    for name in SETTABLE:
        assert with_setting(Config(), name, value_of(Config(), name)) == Config()


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("policy.modes", {"style": "of"}, "expected one of"),
        ("policy.modes", ["style"], "expected keys and values"),
        ("policy.allowed_hosts", "shop.example", "expected a list"),
        ("notices.enabled", "yes", "true or false"),
        ("notices.reviewers", [BUYER], "never goes to a buyer"),
        ("site.require_totp", ["king"], "expected one of"),
        ("relay.host", "evil.example", "can't be set"),
        ("store.path", "/x", "can't be set"),
        ("policy", {}, "can't be set"),
    ],
)
def test_what_the_file_would_refuse_is_refused(name: str, value: Any, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        with_setting(Config(), name, value)


def test_settings_win_and_what_does_not_fit_is_left_out_with_its_reason() -> None:
    filed = Config(policy=Policy(modes={"style": "off"}), relay=Relay(host="mail.example"))
    under = overlaid(
        filed, {"policy.modes": {"marketing": "shadow"}, "notices.enabled": True, "notices.sender": "all"}
    )

    assert under.config.policy.modes == {"marketing": "shadow"}
    assert under.config.notices.enabled
    assert under.config.relay == filed.relay
    assert list(under.refused) == ["notices.sender"]

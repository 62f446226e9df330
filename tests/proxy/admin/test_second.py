from __future__ import annotations

from datetime import timedelta

import pyotp
import pytest

from gatepost.admin import second
from gatepost.admin.second import address_for, matching_step, new_secret, picture_of, recovery_codes
from kit.messages import AT

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
STEP = int(AT.timestamp()) // 30


@pytest.mark.parametrize("away", [-1, 0, 1])
def test_the_codes_of_now_and_of_its_neighbours_match(away: int) -> None:
    code = pyotp.TOTP(SECRET).at(AT + timedelta(seconds=30 * away))

    assert matching_step(SECRET, f"{code[:3]} {code[3:]}", AT) == STEP + away


@pytest.mark.parametrize("away", [-2, 2])
def test_older_and_later_codes_do_not_match(away: int) -> None:
    code = pyotp.TOTP(SECRET).at(AT + timedelta(seconds=30 * away))

    assert matching_step(SECRET, code, AT) is None


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12345\n"])
def test_what_is_no_code_does_not_match(code: str) -> None:
    assert matching_step(SECRET, code, AT) is None


def test_without_a_secret_nothing_matches() -> None:
    assert matching_step("", "123456", AT) is None


def test_secrets_and_recovery_codes_are_new_each_time() -> None:
    assert len({new_secret() for _ in range(20)}) == 20
    codes = [code for _ in range(20) for code in recovery_codes()]
    assert len(set(codes)) == 200
    assert {len(code) for code in codes} == {19}


def test_the_picture_is_one_svg_without_script_or_requests() -> None:
    svg = picture_of(address_for(SECRET, name='rita"><script>', issuer="Gatepost"))

    assert svg.startswith("<svg ")
    assert "<script" not in svg
    assert "http" not in svg


def test_without_the_library_no_code_is_right_and_nothing_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second, "is_available", lambda: False)
    assert matching_step(SECRET, pyotp.TOTP(SECRET).at(AT), AT) is None

from __future__ import annotations

import pytest

from gatepost_policies.facts.checkdigits import CHECKS

VALID = {
    "ups": ["1Z5R89390357567127", "1Z879E930346834440", "1Z410E7W0392751591", "1Z8V92A70367203024"],
    "ups-waybill": ["K2479825491", "J4603636537", "V0490119172"],
    "fedex12": ["986578788855", "477179081230", "799531274483", "790535312317"],
    "mod10": [
        "041441760228964",
        "568283610012000",
        "9400111202555842332669",
        "9261292700768711948021",
        "0073938000549297",
    ],
    "mod7": ["3318810025", "8487135506", "3318810036", "3318810014"],
    "s10": ["RB123456785GB", "RB123456785US", "RR123456785US"],
    "ontrac": ["C11031500001879", "C10999911320231"],
}


@pytest.mark.parametrize(
    ("check", "number"), [(check, number) for check, numbers in VALID.items() for number in numbers]
)
def test_published_numbers_pass(check: str, number: str) -> None:
    assert CHECKS[check](number)


@pytest.mark.parametrize(
    ("check", "number"), [(check, number) for check, numbers in VALID.items() for number in numbers]
)
def test_another_last_digit_fails(check: str, number: str) -> None:
    at = 10 if check == "s10" else len(number) - 1
    wrong = number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :]
    assert not CHECKS[check](wrong)


def test_the_dpd_character_is_one_of_thirty_six() -> None:
    body = "00981234567890"
    fitting = [letter for letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" if CHECKS["mod37"](body + letter)]
    assert len(fitting) == 1

"""The check-digit rules of carriers' parcel numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final


def _value(letter: str) -> int:
    """The value of a digit or a letter in the carriers' sums: letters count (code - 3) modulo 10."""
    return int(letter) if letter.isdigit() else (ord(letter) - 3) % 10


def mod10(number: str) -> bool:
    """GS1: weights 3 and 1 from the right (USPS, FedEx Ground, Canada Post)."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(number[:-1])))
    return (10 - total % 10) % 10 == int(number[-1])


def _weighted_1_2(body: str, check: str) -> bool:
    total = sum(_value(letter) * (2 if at % 2 else 1) for at, letter in enumerate(body))
    return check.isdigit() and (10 - total % 10) % 10 == int(check)


def ups(number: str) -> bool:
    """UPS 1Z numbers: fifteen characters after 1Z, weights 1 and 2."""
    return _weighted_1_2(number[2:-1], number[-1])


def ups_waybill(number: str) -> bool:
    """UPS waybills of a letter and ten digits: the letter does not count."""
    return _weighted_1_2(number[1:-1], number[-1])


def fedex12(number: str) -> bool:
    """FedEx Express: weights 3, 1, 7, modulo 11, then 10."""
    total = sum(int(digit) * (3, 1, 7)[at % 3] for at, digit in enumerate(number[:-1]))
    return total % 11 % 10 == int(number[-1])


def mod7(number: str) -> bool:
    """DHL Express: the number before the last digit, modulo 7."""
    return int(number[:-1]) % 7 == int(number[-1])


def s10(number: str) -> bool:
    """The posts' international numbers (UPU S10)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(number[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True)
    )
    check = 11 - total % 11
    return {10: 0, 11: 5}.get(check, check) == int(number[10])


def mod37(number: str) -> bool:
    """DPD: ISO/IEC 7064, MOD 37,36."""
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 36
    for letter in number[:-1]:
        rest += alphabet.index(letter)
        rest = rest - 36 if rest > 36 else rest
        rest = rest * 2 % 37
    return alphabet[(37 - rest) % 36] == number[-1]


def ontrac(number: str) -> bool:
    """OnTrac: the letter counts as 4 (C) or 5 (D), weights 1 and 2."""
    return _weighted_1_2(("4" if number[0] == "C" else "5") + number[1:-1], number[-1])


CHECKS: Final[Mapping[str, Callable[[str], bool]]] = {
    "mod10": mod10,
    "ups": ups,
    "ups-waybill": ups_waybill,
    "fedex12": fedex12,
    "mod7": mod7,
    "s10": s10,
    "mod37": mod37,
    "ontrac": ontrac,
}

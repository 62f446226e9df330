"""The second factor: time-based codes (RFC 6238), their picture for a phone, recovery codes.

The libraries come with the extra `gatepost[totp]`; without them nobody can enrol.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from importlib.util import find_spec

STEP_SECONDS = 30
RECOVERY_CODES = 10
_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"  # 32, without those that are mixed up


def is_available() -> bool:
    """Whether the libraries are there."""
    return find_spec("pyotp") is not None and find_spec("segno") is not None


def new_secret() -> str:
    """A secret to share with a phone: 160 random bits in base32."""
    import pyotp

    return str(pyotp.random_base32(32))


def matching_step(secret: str, code: str, now: datetime) -> int | None:
    """The time step whose code that is, of now and the one before and after; None for a wrong code."""
    digits = code.replace(" ", "")
    if not secret or len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    if not is_available():  # recovery codes still open; `gatepost doctor` says what is missing
        return None
    import pyotp

    totp, current = pyotp.TOTP(secret), int(now.timestamp()) // STEP_SECONDS
    for step in (current, current - 1, current + 1):
        at = datetime.fromtimestamp(0, now.tzinfo) + timedelta(seconds=step * STEP_SECONDS)
        if secrets.compare_digest(totp.at(at), digits):
            return step
    return None


def address_for(secret: str, *, name: str, issuer: str) -> str:
    """The otpauth: address that a phone's program takes."""
    import pyotp

    return str(pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer))


def picture_of(address: str) -> str:
    """That address as a QR code: one SVG element, without script and without requests."""
    import segno

    code = segno.make(address, error="m", micro=False)
    return str(code.svg_inline(scale=4, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None))


def recovery_codes() -> list[str]:
    """New recovery codes, each of 80 random bits."""
    return ["-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
            for _ in range(RECOVERY_CODES)]  # fmt: skip

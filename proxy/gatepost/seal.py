"""Words that only this gateway can have written, until they expire: for links in notices. Pure."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from datetime import datetime

LONGEST = 1_000


def seal(words: Mapping[str, str], *, key: bytes, until: datetime) -> str:
    """`words` as a token for an address: readable by anyone, changed by nobody, valid until then."""
    payload = json.dumps([int(until.timestamp()), dict(words)], separators=(",", ":")).encode()
    return f"{_text(payload)}.{_text(_mac(key, payload))}"


def unseal(token: str, *, key: bytes, now: datetime) -> Mapping[str, str] | None:
    """The words of a token; None when it is not ours, was changed, or has expired."""
    if len(token) > LONGEST or not token.isascii():
        return None
    head, _, tail = token.partition(".")
    try:
        payload, mac = _bytes(head), _bytes(tail)
    except (binascii.Error, ValueError):
        return None
    if not hmac.compare_digest(mac, _mac(key, payload)):
        return None
    until, words = json.loads(payload)
    return words if now.timestamp() < until else None


def _mac(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, b"gatepost link\0" + payload, hashlib.sha256)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))

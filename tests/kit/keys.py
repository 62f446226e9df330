"""DKIM keys for tests, and the DNS that publishes them."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from gatepost.upstream.sign import Key

PrivateKey = RSAPrivateKey | Ed25519PrivateKey


def record_of(key: Key) -> bytes:
    """The TXT record of a key (RFC 6376 §3.6.1, RFC 8463 §4)."""
    public = key.private.public_key()
    if isinstance(key.private, RSAPrivateKey):
        der = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)
    return b"v=DKIM1; k=ed25519; p=" + base64.b64encode(public.public_bytes_raw())  # type: ignore[union-attr] # only Ed25519 is left


def dns_of(*keys: Key) -> Callable[..., bytes | None]:
    """A look-up of TXT records as dkimpy wants it, which knows these keys only."""
    records = {f"{key.selector}._domainkey.{key.domain}.".encode(): record_of(key) for key in keys}

    def look_up(name: bytes, timeout: float = 5) -> bytes | None:
        return records.get(name)

    return look_up


def pem_of(key: Key) -> bytes:
    """The private key as dkimpy reads it."""
    return key.private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())


def write_key(file: Path, private: PrivateKey, mode: int = 0o600) -> Path:
    """Write a private key as PEM."""
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(mode)
    return file

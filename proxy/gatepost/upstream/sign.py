"""DKIM signatures (RFC 6376), relaxed/relaxed, by the domain of the From header.

dkimpy reads, canonicalises, hashes and folds the header; the private key's arithmetic is done by
`cryptography`, a tenth of the cost (RFC 8463 for Ed25519). The body hash is made here, since dkimpy's
takes quadratic time on long runs of blanks.
"""

from __future__ import annotations

import asyncio
import base64
import stat
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import dkim
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from dkim.canonicalization import CanonicalizationPolicy

from gatepost.config.schema import Dkim, DkimKey
from gatepost.errors import ConfigError, Refused, TryLater
from gatepost.model import RelayReply
from gatepost.ports import Clock
from gatepost.upstream import head

MOST_HEADER_BYTES = 65_536
"""Of the header block of a mail to be signed: dkimpy joins folded lines in quadratic time."""

INLINE_BYTES = 32_768
"""A mail up to this size is signed on the loop: that takes about a millisecond, a thread hardly less."""

_SEALED = (b"from", b"to", b"subject", b"date", b"reply-to")
"""Signed once more than they occur, so that none can be added."""

_SIGNED = (
    *_SEALED,
    *(b"sender", b"cc", b"message-id", b"in-reply-to", b"references", b"mime-version"),
    *(b"content-type", b"content-transfer-encoding"),
)
_POLICY: Any = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")

_TWO_FROMS = RelayReply(554, "5.6.0", "The mail has not exactly one From header and can't be signed")
_TOO_LONG = RelayReply(554, "5.6.0", "The mail's header is too long to be signed")


@dataclass(frozen=True, slots=True)
class Key:
    """A private key that signs for one domain."""

    domain: str
    selector: str
    private: RSAPrivateKey | Ed25519PrivateKey

    @property
    def algorithm(self) -> bytes:
        """The value of a= (RFC 6376 §3.3, RFC 8463 §3)."""
        return b"rsa-sha256" if isinstance(self.private, RSAPrivateKey) else b"ed25519-sha256"

    def sign(self, digest: bytes) -> bytes:
        """The signature of a SHA-256 digest."""
        if isinstance(self.private, RSAPrivateKey):
            return self.private.sign(digest, PKCS1v15(), Prehashed(hashes.SHA256()))
        return self.private.sign(digest)


class Signer:
    """Signs mail whose From domain has keys; other mail goes out as it is."""

    def __init__(self, keys: Sequence[Key], clock: Clock) -> None:
        self._clock = clock
        self._keys: dict[str, list[Key]] = {}
        for key in keys:
            self._keys.setdefault(key.domain, []).append(key)

    async def sign(self, raw: bytes) -> bytes:
        """The DKIM-Signature fields to put above `raw`, one a key; none where no key is for its sender.

        Raises Refused for a mail that must not be signed, TryLater when signing failed: a mail of a domain
        that signs never goes out without its signature.
        """
        keys = self._keys.get(head.from_domain(raw), [])
        if not keys:
            return b""
        fields = _fields(raw)
        at = int(self._clock.now().timestamp())
        try:
            if len(raw) <= INLINE_BYTES:
                return _signatures(keys, fields, raw, at)
            return await asyncio.to_thread(_signatures, keys, fields, raw, at)
        except Exception as error:  # dkimpy raises of all kinds; whichever, nothing goes out
            raise TryLater("the mail could not be signed") from error


def load_signer(settings: Dkim, clock: Clock) -> Signer | None:
    """A signer with the configured keys; None when there are none. Raises ConfigError."""
    return Signer([load_key(key) for key in settings.keys], clock) if settings.keys else None


def load_key(settings: DkimKey) -> Key:
    """The key of one configured domain. Raises ConfigError: not there, no key, too weak, open to others."""
    path = Path(settings.key_file)
    try:
        mode = path.stat().st_mode
        private = load_pem_private_key(path.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise ConfigError(f"dkim: {path}: {error}") from error
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        raise ConfigError(f"dkim: {path}: open to others (mode {stat.S_IMODE(mode):o}): chmod 600")
    if not isinstance(private, RSAPrivateKey | Ed25519PrivateKey):
        raise ConfigError(f"dkim: {path}: neither an RSA nor an Ed25519 key")
    if isinstance(private, RSAPrivateKey) and private.key_size < 1024:
        raise ConfigError(f"dkim: {path}: a key of {private.key_size} bits is refused by receivers")
    return Key(settings.domain.lower().rstrip("."), settings.selector, private)


def _fields(raw: bytes) -> list[tuple[bytes, bytes]]:
    """The header fields that are signed, as name and value, in order. Raises Refused."""
    block = head.block(raw)
    if len(block) > MOST_HEADER_BYTES:
        raise Refused(_TOO_LONG)
    if head.count(block, b"from") != 1:  # a second one would be shown and not be what was signed
        raise Refused(_TWO_FROMS)
    pairs = (field.partition(b":")[::2] for field in head.fields(block))
    return [(name, value) for name, value in pairs if name.lower() in _SIGNED]


def _signatures(keys: list[Key], fields: list[tuple[bytes, bytes]], raw: bytes, at: int) -> bytes:
    canonical = _POLICY.canonicalize_headers(fields)
    body_hash = base64.b64encode(sha256(relaxed_body(raw[len(head.block(raw)) + 2 :])).digest())
    return b"".join(_signature(key, canonical, body_hash, at) for key in keys)


def _signature(key: Key, canonical: list[tuple[bytes, bytes]], body_hash: bytes, at: int) -> bytes:
    names = [name for name, _ in canonical]
    names += [name for name in _SEALED if name == b"from" or name in names]
    tags = b"; ".join(
        (
            b"v=1",
            b"a=" + key.algorithm,
            b"c=relaxed/relaxed",
            b"d=" + key.domain.encode(),
            b"s=" + key.selector.encode(),
            b"t=%d" % at,
            b"h=" + b" : ".join(names),
            b"bh=" + body_hash,
            b"b=",
        )
    )
    value: bytes = b" " + dkim.fold(tags, namelen=len(b"DKIM-Signature"))
    digest = sha256()
    dkim.hash_headers(digest, _POLICY, canonical, names, (b"DKIM-Signature", value), {})
    signature: bytes = dkim.fold(base64.b64encode(key.sign(digest.digest())))
    return b"DKIM-Signature:" + value + b"\r\n " + signature + b"\r\n"


def relaxed_body(body: bytes) -> bytes:
    """`body` in relaxed canonical form (RFC 6376 §3.4.4), in linear time."""
    body = body.replace(b"\t", b" ")
    while b"  " in body:  # runs halve: seventeen rounds for the longest line there can be
        body = body.replace(b"  ", b" ")
    body = body.replace(b" \r\n", b"\r\n").removesuffix(b" ")
    body = body.rstrip(b"\r\n")
    return body + b"\r\n" if body else b""

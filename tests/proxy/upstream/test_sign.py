"""gatepost.upstream.sign: signatures verify, and what can't be signed is never sent unsigned."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dkim
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from dkim.canonicalization import Relaxed
from hypothesis import given
from hypothesis import strategies as st

from gatepost.config.schema import Dkim, DkimKey
from gatepost.errors import ConfigError, Refused, TryLater
from gatepost.upstream.sign import INLINE_BYTES, Key, Signer, load_key, load_signer, relaxed_body
from kit.keys import dns_of, write_key
from kit.outgoing import mail, of_size
from kit.ports import StillClock

CLOCK = StillClock(datetime(2024, 1, 1, tzinfo=UTC))  # a signature of the future is none
RSA = Key("shop.example", "s1", rsa.generate_private_key(65537, 2048))
ED = Key("shop.example", "s2", Ed25519PrivateKey.generate())

bodies = st.lists(st.sampled_from([b" ", b"\t", b"\r\n", b"x", b".", b"\x00", b"\xff"])).map(b"".join)


@given(bodies)
def test_signed_mail_verifies_whatever_its_body(body: bytes) -> None:
    raw = mail() + body + b"\r\n"
    signed = asyncio.run(Signer([RSA], CLOCK).sign(raw)) + raw
    assert dkim.verify(signed, dnsfunc=dns_of(RSA))


@given(bodies)
def test_the_body_is_canonicalised_as_dkimpy_does(body: bytes) -> None:
    whole = body + b"\r\n"
    assert relaxed_body(whole) == Relaxed.canonicalize_body(whole)


@given(st.lists(st.sampled_from(["A: b", "to:  x@y.test ", "SUBJECT:\tz", "Cc: a,\r\n b@c.test", "X:"])))
def test_signed_mail_verifies_whatever_its_headers(lines: list[str]) -> None:
    raw = mail("body", headers=tuple(lines))
    signed = asyncio.run(Signer([RSA], CLOCK).sign(raw)) + raw
    assert dkim.verify(signed, dnsfunc=dns_of(RSA))


async def test_a_large_mail_is_signed_off_the_loop_and_verifies() -> None:
    raw = of_size(INLINE_BYTES + 10_000)
    assert dkim.verify(await Signer([RSA], CLOCK).sign(raw) + raw, dnsfunc=dns_of(RSA))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"parcel", b"Parcel"),
        (b"Subject: Your", b"Subject: My"),
        (b"Subject:", b"Subject: another\r\nSubject:"),
        (b"From:", b"From: evil@shop.example\r\nFrom:"),
        (b"To:", b"To: more@c.test\r\nTo:"),
    ],
)
async def test_a_changed_mail_does_not_verify(old: bytes, new: bytes) -> None:
    raw = mail("your parcel")
    signed = await Signer([RSA], CLOCK).sign(raw) + raw
    assert not dkim.verify(signed.replace(old, new, 1), dnsfunc=dns_of(RSA))


async def test_the_signature_names_domain_selector_time_and_form() -> None:
    signature = (await Signer([RSA], CLOCK).sign(mail())).decode()
    assert signature.startswith("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=shop.example;")
    assert " s=s1;" in signature
    assert " t=1704067200;" in signature
    assert max(len(line) for line in signature.split("\r\n")) <= 78
    assert signature.endswith("\r\n")


async def test_each_key_of_the_domain_signs() -> None:
    raw = mail("body")
    fields = await Signer([RSA, ED], CLOCK).sign(raw)
    assert fields.count(b"DKIM-Signature:") == 2
    assert dkim.verify(fields + raw, dnsfunc=dns_of(RSA))
    assert verifies_ed25519(fields + raw, index=1)


def verifies_ed25519(signed: bytes, index: int) -> bool:
    """dkimpy's own check, with `cryptography` where it wants PyNaCl."""

    class PublicKey:
        def verify(self, digest: bytes, signature: bytes) -> None:
            assert isinstance(ED.private, Ed25519PrivateKey)
            ED.private.public_key().verify(signature, digest)

    verifier: Any = dkim.DKIM(signed)
    tags, names, headers = verifier.verify_headerprep(index)
    verifier.pk, verifier.keysize, verifier.ktag = PublicKey(), 256, b"ed25519"
    return bool(verifier.verify_sig_process(tags, names, headers[index], None))


async def test_a_changed_mail_does_not_verify_by_ed25519() -> None:
    raw = mail("body")
    signed = await Signer([ED], CLOCK).sign(raw) + raw
    with pytest.raises((InvalidSignature, NameError)):  # dkimpy would catch PyNaCl's error here
        verifies_ed25519(signed.replace(b"Subject: Your", b"Subject: My"), index=0)


@pytest.mark.parametrize("sender", ["a@other.example", "a@sub.shop.example", "nobody", ""])
async def test_mail_of_other_domains_is_left_alone(sender: str) -> None:
    assert await Signer([RSA], CLOCK).sign(mail(sender=sender)) == b""


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(mail(headers=("From: other@x.test",)), id="two From headers"),
        pytest.param(mail(headers=("FROM: other@x.test",)), id="in capitals"),
        pytest.param(mail(headers=("X: y\r\n z" * 10_000,)), id="a header too long"),
    ],
)
async def test_what_must_not_be_signed_is_refused(raw: bytes) -> None:
    with pytest.raises(Refused):
        await Signer([RSA], CLOCK).sign(raw)


async def test_a_failing_key_is_try_later() -> None:
    broken: Any = None
    with pytest.raises(TryLater):
        await Signer([Key("shop.example", "s1", broken)], CLOCK).sign(mail())


def test_long_runs_of_blanks_take_no_time() -> None:
    assert relaxed_body(b" " * 5_000_000 + b"x\r\n") == b" x\r\n"


@pytest.mark.parametrize("kind", [RSA, ED])
async def test_keys_are_read_from_files(kind: Key, tmp_path: Path) -> None:
    file = write_key(tmp_path / "key.pem", kind.private)
    signer = load_signer(
        Dkim(keys=(DkimKey(domain="Shop.Example.", selector="s1", key_file=file),)), StillClock()
    )
    assert signer is not None
    assert await signer.sign(mail())


def test_without_keys_nothing_signs() -> None:
    assert load_signer(Dkim(), StillClock()) is None


def settings(file: Path) -> DkimKey:
    return DkimKey(domain="shop.example", selector="s1", key_file=file)


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604, 0o622])
def test_a_key_open_to_others_is_refused(mode: int, tmp_path: Path) -> None:
    file = write_key(tmp_path / "key.pem", RSA.private, mode)
    with pytest.raises(ConfigError, match="open to others"):
        load_key(settings(file))


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o640])
def test_a_key_for_its_owner_and_group_is_taken(mode: int, tmp_path: Path) -> None:
    assert load_key(settings(write_key(tmp_path / "key.pem", RSA.private, mode))).domain == "shop.example"


@pytest.mark.parametrize("content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n"])
def test_a_file_that_is_no_key_is_refused(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    file.write_bytes(content)
    with pytest.raises(ConfigError, match=r"key\.pem"):
        load_key(settings(file))


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "key.pem"
    private = ec.generate_private_key(ec.SECP256R1())
    file.write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    with pytest.raises(ConfigError, match="neither"):
        load_key(settings(file))


def test_a_missing_key_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"none\.pem"):
        load_key(settings(tmp_path / "none.pem"))

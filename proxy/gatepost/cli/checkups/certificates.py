"""The listeners' certificates: loadable, with the right key, for how long."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509

from gatepost.cli.checkups.found import Finding, ok, problem, warning
from gatepost.config.schema import Listener, ListenerTls
from gatepost.daemon.clock import SystemClock

SOON = timedelta(days=21)
"""Before the end of a certificate: renewal by ACME should have come."""


def listener(listener: Listener, now: datetime | None = None) -> list[Finding]:
    """Examine the certificate of one listener; nothing to say about one without TLS."""
    return list(_examined(listener, now or SystemClock().now()))


def _examined(listener: Listener, now: datetime) -> Iterator[Finding]:
    name = f"certificate of {listener.address}"
    if listener.tls is ListenerTls.NONE or listener.certificate is None or listener.key is None:
        return
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(listener.certificate, listener.key)
        certificate = x509.load_pem_x509_certificate(_read(listener.certificate))
    except (OSError, ValueError) as error:
        yield problem(name, f"can't be used: {error}", "check smtp.listeners certificate and key")
        return
    ends = certificate.not_valid_after_utc
    if ends <= now:
        yield problem(name, f"ended on {ends:%Y-%m-%d}", "renew it, then reload the gateway")
    elif certificate.not_valid_before_utc > now:
        yield problem(name, f"begins on {certificate.not_valid_before_utc:%Y-%m-%d}", "check the clock")
    elif ends - now < SOON:
        yield warning(name, f"ends on {ends:%Y-%m-%d}", "renew it, then reload the gateway")
    else:
        yield ok(name, f"good until {ends:%Y-%m-%d} for {', '.join(_names(certificate)) or 'no name'}")


def _read(path: Path) -> bytes:
    return path.read_bytes()


def _names(certificate: x509.Certificate) -> list[str]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return extension.value.get_values_for_type(x509.DNSName)

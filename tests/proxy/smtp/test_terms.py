"""The terms of a listener."""

from __future__ import annotations

import ssl
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest

from gatepost.config.schema import Listener, ListenerTls
from gatepost.errors import ConfigError
from gatepost.smtp.terms import Entrance, is_within
from kit.certificates import Authority
from kit.intake import greeted, running

NETWORKS = (ip_network("192.0.2.0/24"), ip_network("2001:db8::/32"))


@pytest.fixture
def listener(tmp_path: Path) -> Listener:
    server = Authority(tmp_path).server()
    return Listener(tls=ListenerTls.IMPLICIT, certificate=server.certificate, key=server.key)


def test_tls_begins_at_version_1_2_with_forward_secrecy(listener: Listener) -> None:
    context = Entrance(listener).tls
    assert context is not None
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    ciphers = [cipher["name"] for cipher in context.get_ciphers()]
    assert all(name.startswith(("TLS_", "ECDHE-", "DHE-")) for name in ciphers)
    assert not any("CBC3" in name or "RC4" in name or "NULL" in name for name in ciphers)


def test_a_certificate_that_can_not_be_read_is_a_fault_of_the_configuration(listener: Listener) -> None:
    assert listener.certificate is not None
    listener.certificate.write_text("nonsense")
    with pytest.raises(ConfigError, match="certificate"):
        Entrance(listener)


def test_without_tls_there_is_no_certificate() -> None:
    assert Entrance(Listener()).tls is None


@pytest.mark.parametrize(
    ("address", "within"),
    [("192.0.2.9", True), ("192.0.3.9", False), ("2001:db8::1", True), ("::1", False), (None, False)],
)
def test_an_address_lies_in_a_network_or_not(address: str | None, within: bool) -> None:
    assert is_within(ip_address(address) if address else None, NETWORKS) is within


def test_only_named_peers_speak_proxy() -> None:
    entrance = Entrance(Listener(proxy_protocol_from=NETWORKS))
    assert entrance.speaks_proxy(ip_address("192.0.2.1"))
    assert not entrance.speaks_proxy(ip_address("127.0.0.1"))


async def test_where_mail_is_taken_for_some_only_the_others_are_refused_and_nobody_logs_in() -> None:
    listener = {"auth_without_tls": True}
    async with (
        running(listener=listener, takes=lambda address: address == "desk@shop.example") as house,
        greeted(house, hello=False) as client,
    ):
        hello = await client.ask("EHLO mail.example")
        assert "AUTH" not in hello.text
        assert (await client.ask("MAIL FROM:<x@bounces.example>")).code == 250
        assert (await client.ask("RCPT TO:<someone@elsewhere.example>")).text.startswith("550 5.1.1")
        assert (await client.ask("RCPT TO:<desk@shop.example>")).code == 250
